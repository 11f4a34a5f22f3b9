"""The addresses branches talk to: exchange, doorbell, enrolment, change of keys.

No cookies, no pages, as few bytes as HTTP allows.
"""

from collections.abc import Callable
from functools import partial

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from central_hub.node import HubNode
from sync import doorbell, exchange, limits, reminder, rotation, wire
from sync.errors import CabangError, DoorbellFull, HubBusy, InvariantBroken, Malformed, TooLarge
from ui.kept_connections import KEEP

BAD_REQUEST, BUSY = 400, 503


def create_sync_app(node: HubNode) -> Flask:
    """A small application of its own: it shares nothing with the pages but the node."""
    app = Flask("central_hub.sync", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = limits.REQUEST_BYTES_MAX + 1024

    @app.post(exchange.PATH)
    def exchange_with_branch() -> Response:
        with node.turnstile.passing():
            return _bytes(wire.encode(node.exchange.answer(request.get_data(cache=False))))

    @app.post(doorbell.PATH)
    def wait_for_news() -> Response:
        stream, known = node.caller(request.get_data(cache=False))
        node.doorbell.admit(stream)
        keep = request.environ.get(KEEP)
        if keep is None:
            raise DoorbellFull
        keep(lambda connection: node.doorbell.wait(stream, known, connection))
        return _bytes(b"", head_of=len(doorbell.NEWS))

    for path, answer in (
        (exchange.ENROL_PATH, node.admit),
        (rotation.PATH, node.countersign),
        (reminder.PATH, node.be_reminded),
    ):
        app.add_url_rule(path, path, partial(_answered, answer), methods=["POST"])

    @app.errorhandler(CabangError)
    def refused(error: CabangError) -> Response:
        status = BUSY if isinstance(error, HubBusy) else BAD_REQUEST
        return _bytes(wire.encode(exchange.refusal_of(error)), status)

    @app.errorhandler(HTTPException)
    def odd(error: HTTPException) -> Response:
        known: CabangError = Malformed(what="request", why=error.name)
        if error.code == 413:
            known = TooLarge(what="request", limit=limits.REQUEST_BYTES_MAX)
        return _bytes(wire.encode(exchange.refusal_of(known)), error.code or BAD_REQUEST)

    @app.errorhandler(msgspec.MsgspecError)
    def unspeakable(error: msgspec.MsgspecError) -> Response:
        return refused(InvariantBroken(fact=f"an answer can be said: {error}"))

    return app


def _answered(answer: Callable[[bytes], bytes]) -> Response:
    """What *answer* says to the request's bytes."""
    return _bytes(answer(request.get_data(cache=False)))


def _bytes(data: bytes, status: int = 200, head_of: int = 0) -> Response:
    """An answer; *head_of*: the head alone of one whose body of so many bytes comes later."""
    response = Response(data, status=status, content_type=exchange.CONTENT_TYPE)
    if head_of:
        response.headers["Content-Length"] = str(head_of)
    return response
