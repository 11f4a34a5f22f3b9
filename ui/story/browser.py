"""A person at a page: signs in, scans, pays, edits a card.  Real forms over real HTTP."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

import requests

from ui.story.errors import PageRefused

WAIT_S_MAX = 30
CARD = re.compile(r"/customers/([0-9a-f]+)\b")
RECEIPT = re.compile(r"\b[A-Z0-9]{2,6}-\d+-\d{6}\b")
SHOWN, NOT_FOUND = 200, 404


class Sold(NamedTuple):
    """A finished sale: its id in addresses, the number on the receipt, its total in rupiah."""

    id: str
    receipt: str
    total: int


class _Inputs(HTMLParser):
    """Every input of a page: (name, value) in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "input" and named.get("name"):
            self.found.append((named["name"] or "", named.get("value") or ""))


class Browser:
    """A browser at the node *url*."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def open(self, path: str, **query: str) -> str:
        """The page at *path*; raises PageRefused."""
        return self._good(self._session.get(self.url + path, params=query, timeout=WAIT_S_MAX)).text

    def is_there(self, path: str) -> bool:
        """Does *path* lead to a page?"""
        answer = self._session.get(self.url + path, timeout=WAIT_S_MAX, allow_redirects=False)
        return answer.status_code != NOT_FOUND and bool(self._good(answer))

    def _good(self, answer: requests.Response) -> requests.Response:
        if answer.status_code != SHOWN:
            raise PageRefused(address=answer.url, why=answer.status_code)
        return answer

    def _send(self, path: str, values: list[tuple[str, str]]) -> requests.Response:
        """Sends a form; the answer leads elsewhere when it was taken."""
        answer = self._session.post(self.url + path, data=values, timeout=WAIT_S_MAX, allow_redirects=False)
        if answer.status_code not in (302, 303):
            raise PageRefused(address=self.url + path, why=answer.status_code)
        return answer

    def log_in(self, username: str, password: str) -> None:
        """Signs in."""
        hidden = _Inputs(self.open("/login")).found
        typed = [("username", username), ("password", password)]
        self._send("/login", [*_named(hidden, "csrf_token"), *typed])

    def sell(self, barcodes: list[str], total: int, customer: str = "") -> Sold:
        """Scans each code once, takes cash; *total* in rupiah is what the goods cost, *customer* an id in addresses."""
        hidden = _named(_Inputs(self.open("/till")).found, "csrf_token", "token")
        lines = [(name, value) for code in barcodes for name, value in self._scan(code)]
        paid = [("method", "cash"), ("tendered", str(total)), ("customer", customer)]
        address = self._send("/till", [*hidden, *lines, *paid]).headers["Location"]
        printed = RECEIPT.search(self.open(address))
        if printed is None:
            raise PageRefused(address=self.url + address, why="-")
        return Sold(address.rpartition("/")[2], printed[0], total)

    def _scan(self, code: str) -> list[tuple[str, str]]:
        """What the first hit adds to the basket."""
        offers = _named(_Inputs(self.open("/till/find", q=code)).found, "offer")
        if not offers:
            raise PageRefused(address=f"{self.url}/till/find?q={code}", why="-")
        return [offers[0], ("quantity", "1")]

    def find_customer(self, number: str) -> str:
        """The id, as it stands in addresses, of the customer with this number."""
        found = CARD.search(self.open("/customers", q=number))
        if found is None:
            raise PageRefused(address=f"{self.url}/customers?q={number}", why="-")
        return found[1]

    def change_customer(self, customer: str, **values: str) -> None:
        """Opens the card's form, types *values*, saves."""
        path = f"/customers/{customer}/edit"
        form = dict(_Inputs(self.open(path)).found)
        self._send(path, list({**form, "kind": "individual", **values}.items()))

    def shows(self, path: str, *texts: str) -> bool:
        """Does the page at *path* show all of *texts*?"""
        page = unescape(self.open(path))
        return all(text in page for text in texts)


def _named(found: list[tuple[str, str]], *names: str) -> list[tuple[str, str]]:
    """The first value of each of *names*."""
    firsts = dict(reversed(found))
    return [(name, firsts[name]) for name in names if name in firsts]
