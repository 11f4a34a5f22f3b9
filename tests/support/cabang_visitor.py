"""Somebody who uses a node's pages without scripts: keeps cookies and the token that every form needs."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

PASSWORD, PIN = "kata sandi panjang", "2580"


class Visitor:
    """A browser without scripts."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str, status: int = 200, **query: Any) -> str:
        """The page's text; its status must be *status*."""
        answer = self.client.get(path, query_string=query or None)
        text = answer.get_data(as_text=True)
        assert status == answer.status_code, f"{path}: {answer.status_code}\n{text[-2000:]}"
        return text

    def token(self) -> str:
        """The session's token."""
        self._token = self._token or value_of(self.get("/password"), "csrf_token")
        return self._token

    def send(self, path: str, form: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """POSTs *form*, whose values may be lists, with the session's token."""
        return self.client.post(path, data={"csrf_token": self.token(), **(form or {})}, headers=headers)

    def done(self, path: str, **form: str) -> str:
        """POSTs *form*, which must succeed, and gives the address it leads to."""
        answer = self.send(path, form)
        assert 302 == answer.status_code, answer.get_data(as_text=True)[-3000:]
        return str(answer.headers["Location"])

    def refused(self, path: str, **form: str) -> str:
        """POSTs *form*, which must be refused beside a field, and gives the page."""
        answer = self.send(path, form)
        text = str(answer.get_data(as_text=True))
        assert (422, True) == (answer.status_code, "field-error" in text), text[-3000:]
        return text

    def log_in(self, username: str, password: str = PASSWORD) -> "Visitor":
        """Through the real form."""
        form = {"csrf_token": value_of(self.get("/login"), "csrf_token"), "username": username, "password": password}
        assert 302 == self.client.post("/login", data=form).status_code
        return self

    def speak(self, language: str) -> None:
        """Chooses "id" or "en"."""
        self.client.set_cookie("lang", language)


def signing_in(app: Flask) -> Callable[[str], Visitor]:
    """Makes browsers with the cookie of a person who gave the password once, and uses the first browser ever since."""
    first = cache(lambda username: Visitor(app.test_client()).log_in(username))

    def signed_in(username: str) -> Visitor:
        first(username).get("/password")
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = first(username).client.get_cookie(name)
        assert cookie is not None
        made = Visitor(app.test_client())
        made.client.set_cookie(name, cookie.decoded_value)
        return made

    return signed_in


def value_of(page: str, name: str) -> str:
    """The value of the first input called *name*."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def values_of(page: str, name: str) -> list[str]:
    """The values of all inputs called *name*."""
    return [part.partition('"')[0] for part in page.split(f'name="{name}" value="')[1:]]
