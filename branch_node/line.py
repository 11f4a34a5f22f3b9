"""The line to the hub: one HTTP round trip, and what can be wrong with it."""

import time
from urllib.parse import urlsplit

import requests
import urllib3

from branch_node.line_pace import Pace
from sync import exchange, limits
from sync.errors import HubAnswerUnreadable, HubUnreachable, PlainHttpRefused, from_refusal

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEADERS = {"User-Agent": "cabang", "Accept-Encoding": None, "Accept": None, "Content-Type": exchange.CONTENT_TYPE}
BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)  # what a cut looks like, wherever it falls


def check_url(url: str, plain_http: bool = False) -> str:
    """The hub's address without a trailing slash; raises PlainHttpRefused for http beyond this machine."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HubUnreachable(url=url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain_http:
        raise PlainHttpRefused(url=url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


class Line:
    """One kept-open connection to the hub at *url*; ``pace`` knows how much it carries."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pace = Pace()
        self._session = requests.Session()

    def post(self, path: str, data: bytes) -> bytes:
        """The hub's answer to *data*.  Raises HubUnreachable, HubAnswerUnreadable, or the error the hub names."""
        timeout = (limits.CONNECT_TIMEOUT_S_MAX, limits.READ_TIMEOUT_S_MAX)
        began = time.monotonic()
        try:
            response = self._session.post(
                self.url + path, data=data, headers=HEADERS, timeout=timeout, allow_redirects=False, stream=True
            )
            answered = time.monotonic()
            body = response.raw.read(limits.ANSWER_BYTES_MAX + 1, decode_content=False)
            if _is_cut(response, len(body)):
                raise ConnectionError
        except BROKEN as error:
            self.pace.cut()
            raise HubUnreachable(url=self.url) from error
        self.pace.took(len(data), answered - began, len(body), time.monotonic() - answered)
        judge(self.url, response, body)
        return bytes(body)

    def close(self) -> None:
        """Closes the connection."""
        self._session.close()


def _is_cut(response: requests.Response, size: int) -> bool:
    """Fewer bytes came than the head promises; or the head itself was cut: its last line may look like a whole one."""
    promised = response.headers.get("Content-Length", "")
    return size < min(int(promised), limits.ANSWER_BYTES_MAX) if promised.isdecimal() else size == 0


def judge(url: str, response: requests.Response, body: bytes) -> None:
    """Raises what an answer that is no answer means: HubAnswerUnreadable, or the error the hub names."""
    if response.headers.get("Content-Type") != exchange.CONTENT_TYPE:
        raise HubAnswerUnreadable(url=url, why=f"{response.status_code} {response.headers.get('Content-Type')}")
    if len(body) > limits.ANSWER_BYTES_MAX:
        raise HubAnswerUnreadable(url=url, why=exchange.TOO_LONG)
    if response.status_code != 200:
        raise from_refusal(exchange.read_refusal(body, url))
