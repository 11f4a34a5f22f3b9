"""Every route says who may use it, every form proves where it comes from."""

from ui.access import unguarded


def test_every_shared_route_is_marked(app) -> None:
    """Goal: no route is open by accident. Method: walk the URL map."""
    assert [] == unguarded(app)


def test_a_route_without_a_mark_is_not_served(app) -> None:
    """Goal: forgetting the mark shuts the door. Method: add such a route and ask for it."""
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 500
    assert "open to all" not in answer.get_data(as_text=True)
    assert ["forgotten"] == unguarded(app)


def test_a_form_without_its_token_is_refused(visitor) -> None:
    """Goal: another site cannot post for a person. Method: post without, and with a foreign token."""
    visitor.log_in("sari")
    for form in ({}, {"csrf_token": "forged"}):
        answer = visitor.client.post("/manage", data=form)
        assert answer.status_code == 400
        assert "Halaman sudah lama" in answer.get_data(as_text=True)
    assert visitor.send("/manage", "/password").status_code == 200


def test_the_token_may_come_in_a_header(visitor) -> None:
    """Goal: small swaps carry the token of the page. Method: post as htmx does."""
    visitor.log_in("sari")
    token = visitor.token("/password")
    assert visitor.client.post("/manage", headers={"X-CSRFToken": token}).status_code == 200


def test_a_part_asked_without_a_session_leads_to_the_login(visitor) -> None:
    """Goal: a swap never puts a login page into a page. Method: ask as htmx does."""
    answer = visitor.client.get("/room0", headers={"HX-Request": "true"})
    assert (401, "/login") == (answer.status_code, answer.headers["HX-Redirect"])


def test_the_gallery_is_for_builders(app, visitor) -> None:
    """Goal: ordinary people do not meet the gallery. Method: without the setting, as nobody, cashier and admin."""
    app.config["CABANG_GALLERY"] = False
    assert visitor.client.get("/_ui").status_code == 404
    visitor.log_in("dewi")
    assert visitor.client.get("/_ui").status_code == 404
    visitor.log_in("sari")
    assert visitor.client.get("/_ui").status_code == 200
