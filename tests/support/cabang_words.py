"""What a page says to people who look at it: its visible words, its links by their text, words nobody should read."""

import re
from html.parser import HTMLParser

FORBIDDEN = {"hash", "seq", "epoch", "stream", "segment", "hlc", "quarantine", "merge"}
UNSEEN = ("script", "style", "template")
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Reader(HTMLParser):
    """``words``: all that is seen; ``links``: (text, address) of each link."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a":
            self._link, self._text = dict(attrs).get("href"), list[str]()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]
        if tag == "a" and self._link is not None:
            self.links.append((" ".join(self._text), self._link))
            self._link = None

    def handle_data(self, data: str) -> None:
        if not any(tag in UNSEEN for tag in self._open):
            self.words += data.split()
            if self._link is not None:
                self._text += data.split()


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def links(page: str) -> list[tuple[str, str]]:
    """(text, address) of every link."""
    return _read(page).links


def link(page: str, words: str) -> str:
    """The address of the first link whose text holds *words*."""
    found = [address for text, address in links(page) if words in text]
    assert found, f"no link says {words!r}"
    return found[0]


def jargon(page: str) -> set[str]:
    """The words of a page's main part that are ours and not people's."""
    said = " ".join(_read("<main" + page.partition("<main")[2]).words).lower()
    return FORBIDDEN & set(re.findall(r"[a-z]+", said))
