"""Cross-site requests, sizes, and the database a request reads."""

from contextlib import ExitStack

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect

from sync.database import using
from sync.limits import REQUEST_BYTES_MAX
from ui.node import node

csrf = CSRFProtect()


def _enter_store() -> None:
    g.store_scope = ExitStack()
    g.store_scope.enter_context(using(node().store))


def _leave_store(_error: BaseException | None) -> None:
    scope: ExitStack | None = g.pop("store_scope", None)
    if scope is not None:
        scope.close()


def install(app: Flask) -> None:
    """Every request reads its own node's store; every form carries this session's token, however long it stood open."""
    if app.config["MAX_CONTENT_LENGTH"] is None:
        app.config["MAX_CONTENT_LENGTH"] = 2 * REQUEST_BYTES_MAX
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.before_request(_enter_store)
    app.teardown_request(_leave_store)
    csrf.init_app(app)
