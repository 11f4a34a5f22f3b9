"""The hub's application factory: pages for head office, endpoints for branches."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

import ui
from central_hub import pages
from central_hub.node import HubNode
from central_hub.sync_endpoint import create_sync_app
from sync import exchange
from ui import navigation

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def create_app(node: HubNode) -> Flask:
    """The hub's pages."""
    app = Flask(__name__)
    app.extensions["cabang"] = node
    ui.install(app)
    for area in pages.PAGES:
        app.register_blueprint(area)
    navigation.register(app, pages.ROOMS, line=pages.LINE, behind=pages.BEHIND_NAME)
    return app


def create_server_app(node: HubNode) -> Application:
    """Everything the hub serves: pages, and the endpoints for branches."""
    pages_app, sync_app = create_app(node), create_sync_app(node)

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        app = sync_app if environ["PATH_INFO"].startswith(exchange.PATH) else pages_app
        return app(environ, start_response)

    return serve
