"""What people see, shared by branch and head office: look, language, session, errors.

``install(app)`` gives all of it to an application whose ``app.extensions["cabang"]`` is the node.  Importing a single
module, such as ``ui.translate``, brings no web framework along: the command line starts fast.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def install(app: "Flask") -> None:
    """Everything the two nodes share; call it once, before or after the node's own blueprints."""
    from ui.wiring import wire

    wire(app)
