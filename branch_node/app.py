"""The branch's application factory."""

from flask import Flask, g

import ui
from branch_node import pages
from branch_node.node import BranchNode
from ui import navigation, throttle


def create_app(node: BranchNode) -> Flask:
    """The branch's pages.  While a person waits for one, the sync client pauses between its slices."""
    app = Flask(__name__)
    app.extensions["cabang"] = node

    def person_waits() -> None:
        g.person = node.store.request()
        g.person.__enter__()

    def person_served(error: BaseException | None) -> None:
        person = g.pop("person", None)
        if person is not None:
            person.__exit__(None, None, None)

    app.before_request(person_waits)
    app.teardown_request(person_served)
    ui.install(app)
    for area in pages.PAGES:
        app.register_blueprint(area)
    throttle.guard_pin(app, "till.approve")
    navigation.register(app, pages.ROOMS, line=pages.LINE, behind=pages.BEHIND_NAME)
    return app
