"""Near-live: what one branch commits is on another's screen within seconds, and nobody asks all the time."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests
from cabang_office import Office
from cabang_serving import serving
from cabang_visitor import PASSWORD, PIN, signing_in

from branch_node.app import create_app
from branch_node.sync_client import SETTLE_S
from crm import customers, users
from sync import exchange, limits
from sync.database import using
from ui.serve import WebServer

ON_SCREEN_S = 5
Asked = Counter[int]


@pytest.fixture(scope="module")
def asked(office: Office) -> Iterator[Asked]:
    """How often each branch has spoken to head office, to exchange or to wait."""
    counted: Asked = Counter()
    answer, caller = office.hub.exchange.answer, office.hub.caller

    def exchanged(data: bytes) -> exchange.Answer:
        counted[exchange.read_request(data).stream] += 1
        return answer(data)

    def called(data: bytes) -> tuple[int, int]:
        stream, known = caller(data)
        counted[stream] += 1
        return stream, known

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office.hub.exchange, "answer", exchanged)
        patch.setattr(office.hub, "caller", called)
        yield counted


@pytest.fixture(scope="module")
def live(office: Office, asked: Asked) -> Iterator[Office]:
    """Both branches work as they do behind ``cabang branch run``, each waiting at the door."""
    for node in office.branches.values():
        node.sync.start()
    wait_until(lambda: all_listen(office), 30)
    yield office
    for node in office.branches.values():
        node.sync.stop()


def all_listen(office: Office) -> bool:
    return all(node.sync.doorbell.listening for node in office.branches.values())


def is_still(asked: Asked) -> bool:
    """Does nobody speak for a second, longer than a branch waits for a second sale behind the first?"""
    before = asked.copy()
    time.sleep(2 * SETTLE_S)
    return before == asked


def wait_until(true: Callable[[], object], at_most_s: float) -> None:
    until = time.monotonic() + at_most_s
    while not true():
        assert time.monotonic() < until, f"not within {at_most_s} seconds"
        time.sleep(0.05)


@pytest.fixture
def screen(office: Office) -> Iterator[Callable[[str], str]]:
    """What the spa's page of customers shows of a name, over HTTP."""
    node = office.branches["DPS"]
    who: dict[str, Any] = {"username": "nita", "name": "Nita", "role": "cashier", "branch": node.branch_id}
    with using(node.store), node.journal.unit() as unit:
        users.create_user(unit, **who, password=PASSWORD, pin=PIN)
    app = create_app(node)
    app.config["TESTING"] = True
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = signing_in(app)("nita").client.get_cookie(name)
    assert cookie is not None
    with serving(WebServer(app, "127.0.0.1", 0)) as server, requests.Session() as session:
        session.cookies.set(name, cookie.decoded_value)

        def shown(text: str) -> str:
            page = session.get(f"{server.url}customers", params={"q": text}, timeout=ON_SCREEN_S)
            assert 200 == page.status_code, page.text[:3000]
            return page.text

        yield shown


def test_a_change_is_on_another_branchs_screen_within_seconds(live, screen) -> None:
    """Goal: 5 s from a commit at one branch to another's page. Method: two live branches, real HTTP, two customers
    one after another; nobody is nudged.
    """
    node = live.branches["PTK"]

    def is_shown(name: str) -> bool:
        return f"{name}<" in screen(name)

    for name in ("Segera Sekali", "Segera Lagi"):
        assert not is_shown(name)
        with using(node.store), node.journal.unit() as unit:
            customers.create_customer(unit, name=name, hash_key=node.company_key)
        wait_until(partial(is_shown, name), ON_SCREEN_S)


@pytest.mark.parametrize("seconds", [2, pytest.param(2 * limits.SYNC_INTERVAL_S + 1, marks=pytest.mark.proof)])
def test_idle_branches_ask_seldom(live, asked, seconds) -> None:
    """Goal: no branch asks more often than every 20 s when idle. Method: its requests at head office, counted."""
    wait_until(lambda: all_listen(live) and is_still(asked), 30)
    before = asked.copy()
    time.sleep(seconds)
    for node in live.branches.values():
        assert asked[node.stream] - before[node.stream] <= seconds // limits.SYNC_INTERVAL_S
