"""What axe and a ruler find on a page in a browser, at every width and in both themes."""

from collections.abc import Iterable, Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe

WIDTHS, SCHEMES, HEIGHT = (360, 1280), ("light", "dark"), 740
TARGETS = ".btn, .room, .chip, .tile, .menu-item, .icon-button, .form-control, .hit"
AXE = Axe().axe_script
SETTLE = """async scheme => {
    while (document.documentElement.dataset.bsTheme !== scheme) await new Promise(requestAnimationFrame);
    const changing = document.getAnimations().filter(one => one instanceof CSSTransition);
    changing.forEach(one => one.finish());
}"""
LOOK = """async targets => {
    const {violations} = await axe.run({resultTypes: ["violations"]});
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
    return list(page.evaluate(LOOK, targets))


def faults_of_pages(page: Any, start: str, paths: Iterable[str], targets: str = "") -> dict[str, list[str]]:
    """Opens *start* + each path once, looks at it at each width in each theme; path, width, theme → faults, if any."""
    found = {}
    for path in paths:
        page.goto(start + path)
        for look in _looks(page):
            if faults := faults_of(page, targets):
                found[f"{path}, {look}"] = faults
    return found


def _looks(page: Any) -> Iterator[str]:
    """The open page at each width in each theme, as it stands when its colours have changed."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLE, scheme)
            yield f"{width} px, {scheme}"
