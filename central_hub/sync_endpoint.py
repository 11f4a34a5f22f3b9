"""The two addresses branches talk to, exchange and enrolment: no cookies, no pages, as few bytes as HTTP allows."""

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from central_hub.node import HubNode
from sync import exchange, limits, wire
from sync.errors import CabangError, InvariantBroken, Malformed, TooLarge

BAD_REQUEST = 400


def create_sync_app(node: HubNode) -> Flask:
    """A small application of its own: it shares nothing with the pages but the node."""
    app = Flask("central_hub.sync", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = limits.REQUEST_BYTES_MAX + 1024

    @app.post(exchange.PATH)
    def exchange_with_branch() -> Response:
        return _bytes(wire.encode(node.exchange.answer(request.get_data(cache=False))))

    @app.post(exchange.ENROL_PATH)
    def enrol_branch() -> Response:
        return _bytes(node.admit(request.get_data(cache=False)))

    @app.errorhandler(CabangError)
    def refused(error: CabangError) -> Response:
        return _bytes(wire.encode(exchange.refusal_of(error)), BAD_REQUEST)

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


def _bytes(data: bytes, status: int = 200) -> Response:
    return Response(data, status=status, content_type=exchange.CONTENT_TYPE)
