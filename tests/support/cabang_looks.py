"""What axe and a ruler find on a page in a browser, at every width and in both themes."""

from collections.abc import Iterable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

WIDTHS, SCHEMES, HEIGHT = (360, 1280), ("light", "dark"), 740
TARGETS = ".btn, .room, .chip, .tile, .menu-item, .icon-button, .form-control, .hit"
# What pages are made of is looked at in both; whole pages in the second one in the proof.
THEMES = (SCHEMES[0], pytest.param(SCHEMES[1], marks=pytest.mark.proof))
AXE = Axe().axe_script
COLOURS = ("color-contrast", "link-in-text-block")  # of axe's rules those that a theme can break
SETTLE = """async scheme => {
    while (document.documentElement.dataset.bsTheme !== scheme) await new Promise(requestAnimationFrame);
    const changing = document.getAnimations().filter(one => one instanceof CSSTransition);
    changing.forEach(one => one.finish());
}"""
LOOK = """async ([targets, rules]) => {
    const lean = {resultTypes: ["violations"], selectors: false, preload: false, iframes: false};
    const {violations} = await axe.run({...lean, ...(rules && {runOnly: rules})});
    const root = document.documentElement, wide = root.scrollWidth - root.clientWidth;
    const low = one => one.offsetParent !== null && one.getBoundingClientRect().height < 44;
    const small = targets ? Array.from(document.querySelectorAll(targets)).filter(low) : [];
    return [
        ...violations.map(fault => `${fault.id}: ${fault.nodes[0].html.slice(0, 160)}`),
        ...(wide ? [`${wide} px too wide`] : []),
        ...small.map(one => one.outerHTML.slice(0, 90)),
    ];
}"""


def faults_of(page: Any, targets: str = "") -> list[str]:
    """What axe finds, a page wider than its window, and elements among *targets* lower than 44 px."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return list(page.evaluate(LOOK, [targets, None]))


def faults_of_pages(
    page: Any, start: str, paths: Iterable[str], scheme: str, targets: str = ""
) -> dict[str, list[str]]:
    """Opens *start* + each path once and looks at it at each width in one theme; path and width → faults, if any.

    In the second theme the colours alone are another; the rest is looked at in the first.
    """
    found = {}
    rules = None if scheme == SCHEMES[0] else COLOURS
    page.emulate_media(color_scheme=scheme)
    for path in paths:
        page.goto(start + path)
        page.evaluate(AXE)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.evaluate(SETTLE, scheme)
            if faults := page.evaluate(LOOK, [targets, rules]):
                found[f"{path}, {width} px"] = list(faults)
    return found
