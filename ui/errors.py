"""Error pages and error parts: whatever goes wrong ends in three plain sentences with the right status."""

import secrets
import sqlite3

import peewee
from flask import Flask, Response, current_app, g, make_response, render_template
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from sync.errors import CabangError
from sync.store import is_of_disk
from ui.explain import explained
from ui.preferences import language
from ui.problems import EXPIRED, UNREADABLE, Problem, problem_of_error, problem_of_status
from ui.render import is_fragment
from ui.translate import text

DATABASE_ERRORS = (sqlite3.DatabaseError, peewee.DatabaseError)
REFERENCE_BYTES = 4
SERVER_FAULT = 500


def show(problem: Problem, reference: str = "") -> Response:
    """The answer for *problem*, whose sentences are already in the person's language.

    A page needs to know the person at it; when the disk does not say, another problem is told, to nobody in particular.
    """
    try:
        return _rendered(problem, reference)
    except DATABASE_ERRORS as error:
        if not is_of_disk(error):
            raise
        g._login_user = AnonymousUserMixin()  # as Flask-Login keeps who it has found
        return _rendered(_said(UNREADABLE), reference)


def _rendered(problem: Problem, reference: str) -> Response:
    template = "errors/fragment.html" if is_fragment() else "errors/page.html"
    answer = make_response(render_template(template, problem=problem, reference=reference), problem.status)
    if is_fragment():
        answer.headers.update({"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"})
    return answer


def _said(problem: Problem) -> Problem:
    locale = language()
    return Problem(problem.status, *(text(sentence, locale) for sentence in problem[1:]))


def on_http(error: HTTPException) -> Response:
    """abort(404) and its like; redirects and answers made beforehand pass unchanged."""
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    answer = show(_said(problem_of_status(error.code)))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers.setdefault(name, value)
    return answer


def on_expired(error: CSRFError) -> Response:
    """A form without this session's token."""
    return show(_said(EXPIRED))


def on_cabang(error: CabangError) -> Response:
    """An error the code raised on purpose; our own faults are logged too."""
    problem = problem_of_error(error)
    happened, todo = explained(error)
    reference = _log(error) if problem.status == SERVER_FAULT else ""
    return show(_said(problem)._replace(happened=happened, todo=todo), reference)


def on_database(error: Exception) -> Response:
    """What SQLite says: the disk's trouble, or our own mistake."""
    return show(_said(UNREADABLE), _log(error)) if is_of_disk(error) else on_fault(error)


def on_fault(error: Exception) -> Response:
    """The outermost edge: anything nobody expected."""
    return show(_said(problem_of_status(SERVER_FAULT)), _log(error))


def _log(error: Exception) -> str:
    reference = secrets.token_hex(REFERENCE_BYTES)
    current_app.logger.error("fault %s", reference, exc_info=error)
    return reference


def install(app: Flask) -> None:
    """Handlers for everything that can go wrong in *app*."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(CSRFError, on_expired)
    app.register_error_handler(CabangError, on_cabang)
    for kind in DATABASE_ERRORS:
        app.register_error_handler(kind, on_database)
    app.register_error_handler(Exception, on_fault)
