"""Who may open what: every route of the branch, taken from its own map."""

from typing import Any

import pytest
from cabang_visitor import value_of

from branch_node import pages
from crm.users import may
from ui.access import access_of, unguarded

SHARED = ("ui", "session", "static")
ROLES = {"leader": "supervisor", "cashier": "cashier", "therapist": "therapist"}
NOBODY = "0" * 28


def routes(app) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every route of the branch's own."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in SHARED:
            address = rule.rule
            for place in rule.arguments:
                address = address.replace(f"<{place}>", NOBODY)
            found += [(rule.endpoint, method, address) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def test_every_route_says_who_may_use_it(app) -> None:
    """Goal: nothing is open by oversight. Method: marks of all routes; each room's views stand in its files."""
    assert [] == unguarded(app)
    assert {area.name for area in pages.PAGES} == {endpoint.split(".")[0] for endpoint, _, _ in routes(app)}
    for area, files in pages.PAGES.items():
        views = {view.__module__ for name, view in app.view_functions.items() if name.startswith(f"{area.name}.")}
        assert {page.__name__ for page in files} == views


@pytest.mark.row("H-10")
def test_a_stranger_is_led_to_the_login(app, stranger) -> None:
    """Goal: nothing without login. Method: every route, anonymous: GET leads to the login, POST is refused."""
    for endpoint, method, address in routes(app):
        token = value_of(stranger.get("/login"), "csrf_token")
        answer = stranger.client.open(address, method=method, data={"csrf_token": token})
        assert (302, True) == (answer.status_code, "/login" in answer.headers["Location"]), endpoint


@pytest.mark.parametrize("who", ROLES)
def test_a_role_is_kept_to_its_rooms(app, request, who) -> None:
    """Goal: roles hold on every route. Method: each route of each role is 403 exactly when the role may not."""
    visitor: Any = request.getfixturevalue(who)
    for endpoint, method, address in routes(app):
        if endpoint in ("status.send_now", "status.confirm_clock"):
            continue  # everybody signed in may; they do something
        access = access_of(app, endpoint)
        assert access, endpoint
        permission = access.permission
        data = {"csrf_token": visitor.token()} if method == "POST" else None
        status = visitor.client.open(address, method=method, data=data).status_code
        allowed = permission is None or may(ROLES[who], permission)
        assert allowed is (status != 403), (endpoint, status)


def test_a_form_without_token_is_refused(app, leader) -> None:
    """Goal: no other site can act for us. Method: every POST without the token answers 400."""
    posts = [(endpoint, address) for endpoint, method, address in routes(app) if method == "POST"]
    assert posts
    assert {400} == {leader.client.post(address).status_code for _, address in posts}


@pytest.mark.parametrize(("who", "room"), [("cashier", "/till"), ("therapist", "/customers")])
def test_home_is_the_first_room(request, who, room) -> None:
    """Goal: sellers begin at the till, others where they may. Method: ask for / as both."""
    assert room == request.getfixturevalue(who).client.get("/").headers["Location"]


def test_an_address_that_is_none(leader) -> None:
    """Goal: a wrong address is a plain 404. Method: ids that are no ids, or of nobody."""
    for address in ("/customers/zz", "/products/12", "/sales/" + NOBODY, "/customers/" + NOBODY, "/products/" + NOBODY):
        assert "Tidak ditemukan" in leader.get(address, status=404)
    assert 404 == leader.send(f"/conflicts/{NOBODY}/use").status_code
