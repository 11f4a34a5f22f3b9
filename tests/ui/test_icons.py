"""Icons cut out of the sprite."""

import pytest

from sync.errors import InvariantBroken
from ui.icons import icon


def test_a_decoration_is_hidden_from_screen_readers() -> None:
    """Goal: decoration stays silent. Method: an icon without a label."""
    drawn = icon("search")
    assert drawn.startswith('<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path')
    assert drawn.endswith("</svg>")


def test_a_label_is_spoken_and_escaped() -> None:
    """Goal: an icon that means something says it, safely. Method: a label with markup."""
    assert 'role="img" aria-label="&lt;b&gt; &#34;x&#34;"' in icon("search", '<b> "x"')


def test_an_unknown_icon_is_our_mistake() -> None:
    """Goal: a typing mistake is found at once. Method: a name that does not exist."""
    with pytest.raises(InvariantBroken):
        icon("no-such-icon")
