"""Who may open which page of head office, and what a form needs; generated from the URL map."""

import re

import pytest
from cabang_visitor import Visitor
from flask import Flask
from werkzeug.routing import Rule

from central_hub import pages
from crm.users import PERMISSIONS, ROLES
from ui.access import access_of, unguarded

NOBODY = "00" * 14
PLACES = {
    "other": NOBODY,
    "verdict": "linked",
    "choice": "take",
    "ident": NOBODY,
    "code": "PTK",
    "step": "archive",
    "op": NOBODY,
    "side": "lost",
}
OWN = (
    "home",
    "branches",
    "sales",
    "shifts",
    "products",
    "customers",
    "stock",
    "reports",
    "conflicts",
    "users",
    "vouchers",
    "settings",
)
FILES = (".csv", ".xlsx", ".pdf")
LOGIN = {"owner": "wati", "admin": "sari", "manager": "rudi", "cashier": "dewi"}


def rules(app: Flask) -> list[Rule]:
    """Every route of head office's own pages."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in OWN]


def address(rule: Rule) -> str:
    """The rule with something in each place."""
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda place: PLACES[place[1]], rule.rule)


def ask(visitor: Visitor, app: Flask, rule: Rule, token: str = "") -> int:
    """The status for the rule's main method, with a form that holds the token alone."""
    if "GET" in (rule.methods or ()):
        return int(visitor.client.get(address(rule)).status_code)
    return int(visitor.client.post(address(rule), data={"csrf_token": token}).status_code)


def test_every_route_says_who_may_use_it(app) -> None:
    """Goal: no route is open by accident. Method: walk the URL map."""
    assert [] == unguarded(app)


def test_there_are_pages(app) -> None:
    """Goal: the tests below test something. Method: each room has views, and they stand in its files."""
    assert set(OWN) == {rule.endpoint.split(".")[0] for rule in rules(app)}
    assert set(OWN) == {area.name for area in pages.PAGES}
    for area, files in pages.PAGES.items():
        views = {view.__module__ for name, view in app.view_functions.items() if name.startswith(f"{area.name}.")}
        assert {page.__name__ for page in files} == views


@pytest.mark.row("H-10")
def test_a_stranger_sees_the_login_only(app, stranger) -> None:
    """Goal: nothing is shown before name and password. Method: every page without a session leads to the login."""
    for rule in rules(app):
        if "GET" in (rule.methods or ()):
            answer = stranger.client.get(address(rule))
            assert (302, True) == (answer.status_code, answer.headers["Location"].startswith("/login")), rule
    assert stranger.client.get("/login").status_code == 200


@pytest.mark.parametrize("role", LOGIN)
def test_a_role_opens_its_pages_and_no_others(app, role) -> None:
    """Goal: 403 exactly where the role lacks the permission. Method: every GET route as each role."""
    visitor = Visitor(app.test_client()).log_in(LOGIN[role])
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if "GET" in (rule.methods or ()):
            allowed = access.permission is None or role in PERMISSIONS[access.permission]
            status = ask(visitor, app, rule)
            assert allowed == (status != 403), (rule, status)
            assert status < 500, (rule, status)


def test_a_form_of_a_page_one_may_not_see_is_refused(app, cashier) -> None:
    """Goal: a form is guarded like its page. Method: every POST route as a cashier, with a right token."""
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if "POST" in (rule.methods or ()) and access.permission and "cashier" not in PERMISSIONS[access.permission]:
            answer = cashier.client.post(address(rule), data={"csrf_token": cashier.token()})
            assert 403 == answer.status_code, rule


def test_a_form_without_its_token_is_refused(app, owner) -> None:
    """Goal: another site cannot post for a person. Method: every POST route without the token."""
    for rule in rules(app):
        if "POST" in (rule.methods or ()):
            assert 400 == owner.client.post(address(rule), data={}).status_code, rule


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_speaks_both_languages(app, owner, language) -> None:
    """Goal: each page is whole in both languages. Method: every page without places in its address."""
    owner.speak(language)
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.endswith(FILES):
            page = owner.get(rule.rule)
            assert f'lang="{language}"' in page, rule
            assert ("Lewati" in page or "Langsung" in page) == (language == "id"), rule


def test_an_address_of_nothing_is_answered_in_words(app, owner) -> None:
    """Goal: a wrong address is a 404 in words. Method: unknown ids, and texts that are none."""
    for path in ("products", "customers", "sales", "users"):
        for wrong in (NOBODY, "xyz", "00", "%2e%2e"):
            assert "Tidak ditemukan" in owner.get(f"/{path}/{wrong}", 404)
    assert "Tidak ditemukan" in owner.get("/branches/XX", 404)


def test_a_person_sees_only_rooms_of_the_role(owner, cashier) -> None:
    """Goal: only what the role may use is shown. Method: the rail of an owner and of a cashier."""
    assert 'href="/users"' in owner.get("/")
    assert 'href="/users"' not in cashier.get("/")
    assert set(LOGIN) <= set(ROLES)
