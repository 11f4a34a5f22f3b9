"""The line to the hub: one HTTP round trip, and what can be wrong with it."""

from urllib.parse import urlsplit

import requests

from sync import exchange, limits
from sync.errors import HubAnswerUnreadable, HubUnreachable, PlainHttpRefused, from_refusal

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HEADERS = {"User-Agent": "cabang", "Accept-Encoding": None, "Accept": None, "Content-Type": exchange.CONTENT_TYPE}


def check_url(url: str, plain_http: bool = False) -> str:
    """The hub's address without a trailing slash; raises PlainHttpRefused for http beyond this machine."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HubUnreachable(url=url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain_http:
        raise PlainHttpRefused(url=url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


class Line:
    """One kept-open connection to the hub at *url*."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def post(self, path: str, data: bytes) -> bytes:
        """The hub's answer to *data*.  Raises HubUnreachable, HubAnswerUnreadable, or the error the hub names."""
        timeout = (limits.CONNECT_TIMEOUT_S_MAX, limits.READ_TIMEOUT_S_MAX)
        try:
            response = self._session.post(
                self.url + path, data=data, headers=_HEADERS, timeout=timeout, allow_redirects=False, stream=True
            )
            body = response.raw.read(limits.ANSWER_BYTES_MAX + 1, decode_content=False)
        except (requests.RequestException, OSError) as error:
            raise HubUnreachable(url=self.url) from error
        self._judge(response, body)
        return bytes(body)

    def _judge(self, response: requests.Response, body: bytes) -> None:
        if response.headers.get("Content-Type") != exchange.CONTENT_TYPE:
            raise HubAnswerUnreadable(
                url=self.url, why=f"{response.status_code} {response.headers.get('Content-Type')}"
            )
        if len(body) > limits.ANSWER_BYTES_MAX:
            raise HubAnswerUnreadable(url=self.url, why=exchange.TOO_LONG)
        if response.status_code != 200:
            raise from_refusal(exchange.read_refusal(body, self.url))

    def close(self) -> None:
        """Closes the connection."""
        self._session.close()
