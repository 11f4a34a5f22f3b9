"""A person at the branch's screen: logs in and fills in the real forms, over HTTP."""

import html
import re
import time
from collections.abc import Sequence

import requests

from bench.shop import PASSWORD, USERNAME

TIMEOUT_S = 60
PLENTY = "100.000.000"
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_BASKET = re.compile(r'name="token" value="([^"]+)"')
_OFFER = re.compile(r'name="offer" value="([^"]+)"')


class Cashier:
    """One browser, logged in at the branch at *url*."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._browser = requests.Session()
        self._csrf = _first(_CSRF, self.get("/login"))
        self._post("/login", {"username": USERNAME, "password": PASSWORD})
        self._csrf = _first(_CSRF, self.get("/till"))

    def get(self, path: str, **asked: str) -> str:
        """The page at *path*; raises HTTPError unless it is one."""
        answer = self._browser.get(self._url + path, params=asked, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.text

    def _post(self, path: str, fields: dict[str, str | list[str]]) -> requests.Response:
        answer = self._browser.post(
            self._url + path, {"csrf_token": self._csrf, **fields}, timeout=TIMEOUT_S, allow_redirects=False
        )
        answer.raise_for_status()
        if answer.status_code not in (302, 303):
            raise RuntimeError(f"{path} answered {answer.status_code} and led nowhere")
        return answer

    def offer(self, code: str) -> str:
        """What scanning *code* puts into the basket."""
        return _first(_OFFER, self.get("/till/find", q=code))

    def sell(self, offers: Sequence[str]) -> tuple[float, str]:
        """Sells one of each of *offers* for cash: (seconds the sale took, path of its receipt)."""
        token = _first(_BASKET, self.get("/till"))
        fields: dict[str, str | list[str]] = {
            "token": token, "offer": list(offers), "quantity": ["1"] * len(offers),
            "method": "cash", "tendered": PLENTY,
        }  # fmt: skip
        began = time.perf_counter()
        answer = self._post("/till", fields)
        return time.perf_counter() - began, answer.headers["Location"]


def _first(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise RuntimeError(f"the page has no {pattern.pattern}")
    return html.unescape(found[1])
