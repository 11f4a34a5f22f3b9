"""Error pages: three plain sentences, the right status, in the person's language."""

from typing import NoReturn

import pytest
from flask import abort

from crm.errors import UnknownProduct
from sync.errors import DiskFull, InvariantBroken, NotAllowedHere, WriterBusy
from ui.access import public
from ui.problems import PROBLEMS, problem_of_error, problem_of_status

FAULTS = {
    "busy": WriterBusy(seconds=5),
    "forbidden": NotAllowedHere(what="product", owner="head office"),
    "unknown": UnknownProduct(),
    "broken": InvariantBroken(fact="one is one"),
    "full": DiskFull(),
    "python": ZeroDivisionError("secret words"),
}


@pytest.fixture
def faulty(app):
    """Adds a route for each fault and each status."""

    def fail(name: str) -> str:
        raise FAULTS[name]

    def refuse(code: int) -> NoReturn:
        abort(code)

    app.add_url_rule("/fault/<name>", "fault", public(fail))
    app.add_url_rule("/status/<int:code>", "status", public(refuse))
    return app.test_client()


@pytest.mark.parametrize("status", sorted(PROBLEMS))
@pytest.mark.parametrize(("language", "place"), [("id", 0), ("en", 1)])
def test_every_status_has_its_page(faulty, status, language, place) -> None:
    """Goal: no bare error page. Method: abort with each status in both languages, look for the sentences."""
    faulty.set_cookie("lang", language)
    answer = faulty.get(f"/status/{status}")
    words = answer.get_data(as_text=True)
    assert status == answer.status_code
    assert f'<html lang="{language}"' in words
    assert (PROBLEMS[status].happened in words) == bool(place)


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("busy", 503, "Basis data sibuk selama 5 detik."),
        ("busy", 503, "aman untuk diulang"),
        ("forbidden", 403, "Minta kantor pusat melakukan perubahan itu."),
        ("unknown", 404, "Barang ini tidak dikenal di sini."),
        ("full", 507, "Disk penuh atau tidak bisa ditulisi."),
        ("broken", 500, "Nomor untuk kantor pusat: "),
        ("python", 500, "Cabang membuat kesalahan yang tidak terduga."),
    ],
)
def test_errors_of_the_code(faulty, name, status, said) -> None:
    """Goal: what happened, what to do, what is safe. Method: raise each kind of error in a view."""
    answer = faulty.get(f"/fault/{name}")
    assert status == answer.status_code
    assert said in answer.get_data(as_text=True)
    assert "secret words" not in answer.get_data(as_text=True)


def test_a_fault_is_logged_under_the_number_shown(faulty, caplog) -> None:
    """Goal: head office finds the log line. Method: compare the page's number with the log."""
    words = faulty.get("/fault/python").get_data(as_text=True)
    number = words.partition("Nomor untuk kantor pusat: ")[2][:8]
    assert f"fault {number}" in caplog.text
    assert "secret words" in caplog.text


def test_a_part_of_a_page_gets_a_part(faulty) -> None:
    """Goal: an error of a small swap lands in the notices, the page stays. Method: ask as htmx does."""
    answer = faulty.get("/fault/busy", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#notices"
    assert "<html" not in answer.get_data(as_text=True)


def test_too_much_is_refused(visitor) -> None:
    """Goal: a body over the limit is refused in words. Method: send three million bytes."""
    answer = visitor.client.post("/open", data=b"x" * 3_000_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "Terlalu besar" in answer.get_data(as_text=True)


def test_the_wrong_way_names_the_right_one(visitor) -> None:
    """Goal: 405 keeps its Allow header. Method: GET a route that takes only POST."""
    visitor.log_in("sari")
    answer = visitor.client.get("/lock")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_unlisted_status_borrows_its_words() -> None:
    """Goal: every status has words. Method: two statuses without a text of their own."""
    assert (418, PROBLEMS[400].title) == problem_of_status(418)[:2]
    assert (502, PROBLEMS[500].title) == problem_of_status(502)[:2]
    assert problem_of_error(WriterBusy(seconds=5)).status == 503
