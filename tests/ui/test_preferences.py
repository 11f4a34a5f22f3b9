"""Language and theme of one browser, and the badge of the line."""

import pytest


@pytest.mark.parametrize(("language", "word"), [("en", "Log in"), ("id", "Masuk")])
def test_language(visitor, language, word) -> None:
    """Goal: the page speaks the chosen language, before login too. Method: choose, look at the page."""
    assert visitor.send("/language", lang=language).status_code == 302
    assert word in visitor.client.get("/login").get_data(as_text=True)


def test_indonesian_comes_first(visitor) -> None:
    """Goal: Indonesian unless chosen otherwise. Method: no cookie, and a cookie with nonsense."""
    assert '<html lang="id"' in visitor.client.get("/login").get_data(as_text=True)
    visitor.speak("tlh")
    assert '<html lang="id"' in visitor.client.get("/login").get_data(as_text=True)


def test_theme(visitor) -> None:
    """Goal: light, dark or as the device. Method: choose dark, then nonsense."""
    visitor.send("/theme", theme="dark")
    assert 'data-bs-theme="dark"' in visitor.client.get("/login").get_data(as_text=True)
    assert visitor.send("/theme", theme="pink").status_code == 400


def test_one_stays_on_the_page(visitor) -> None:
    """Goal: choosing a language keeps the page. Method: come from a page, and from another site."""
    home, abroad = "http://localhost/login?next=/room1", "http://evil.example//evil.example/"
    assert visitor.send("/language", headers={"Referer": home}, lang="en").headers["Location"] == "/login?next=/room1"
    assert visitor.send("/language", headers={"Referer": abroad}, lang="en").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("level", "kind"), [("ok", "ok"), ("waiting", "quiet"), ("offline", "quiet"), ("amber", "warn"), ("red", "bad")]
)
def test_the_badge_tells_the_truth_in_words(visitor, node, level, kind) -> None:
    """Goal: the line's state on every page, with a way to its page. Method: each level."""
    node.line = (level, "Kalimat tentang sambungan")
    visitor.log_in("sari")
    page = visitor.client.get("/password").get_data(as_text=True)
    assert f'<a class="line-badge look-{kind}" href="/room2">' in page
    assert "Kalimat tentang sambungan" in page


def test_a_badge_that_still_holds_moves_nothing(visitor, node) -> None:
    """Goal: no swap without news, so the scanner's focus stays. Method: ask with what is shown, then with old news."""
    visitor.log_in("sari")
    level, sentence = node.line
    assert visitor.client.get("/line", query_string={"shown": f"{level} {sentence}"}).status_code == 204
    assert visitor.client.get("/line", query_string={"shown": "ok x"}).status_code == 200
