"""Icons drawn into the page: each one is cut once out of the big sprite Bootstrap-Flask brings along."""

import re
from functools import cache

from markupsafe import Markup, escape

from sync.errors import invariant
from ui.vendor import package_folder

SPOKEN = "%spoken%"


@cache
def _drawing(name: str) -> str:
    sprite = package_folder("flask_bootstrap") / "static/bootstrap5/icons/bootstrap-icons.svg"
    pattern = rf'<symbol[^>]*viewBox="([^"]+)" id="{re.escape(name)}">(.*?)</symbol>'
    found = re.search(pattern, sprite.read_text(encoding="utf-8"), re.DOTALL)
    invariant(found, f"the icon {name} exists")
    box, paths = found.groups()  # type: ignore[union-attr]
    return f'<svg class="icon" viewBox="{box}" fill="currentColor" {SPOKEN}>{paths}</svg>'


def icon(name: str, label: str = "") -> Markup:
    """The icon *name* as inline SVG; without *label* it is decoration and hidden from screen readers."""
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    drawn = _drawing(name).replace(SPOKEN, spoken)
    return Markup(drawn)  # noqa: S704  (the sprite is an installed file, the label is escaped)
