"""``cabang hub run``: pages, endpoints and hand-over in one process."""

import secrets
from collections.abc import Callable

from central_hub import duplicates, greeting_rights
from central_hub.app import create_server_app
from central_hub.commands import COMMANDS
from central_hub.node import HubNode
from crm.commands import bound
from crm.jobs import JOBS, Jobs
from sync.folder import Folder
from sync.handover_server import HAS_UNIX_SOCKETS, HandoverServer
from ui.running import serve_until_stopped
from ui.serve import WebServer

TOKEN_BYTES = 16


def run(home: Folder, host: str, port: int, plain_http: bool, ready: Callable[[str], None]) -> None:
    """Serves the hub in *home* until it is told to stop; calls *ready* with its address."""
    home.database()
    with home.take() as lock:
        node = HubNode.open(home)
        server = WebServer(create_server_app(node), host, port, plain_http)
        token = "" if HAS_UNIX_SOCKETS else secrets.token_hex(TOKEN_BYTES)
        with HandoverServer(lock, bound(node, COMMANDS), token=token, url=server.url):
            jobs = Jobs(node, (*JOBS, duplicates.JOB, greeting_rights.JOB))
            jobs.start()
            serve_until_stopped(server, ready)
            jobs.stop()
        node.close()
