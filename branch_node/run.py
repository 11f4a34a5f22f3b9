"""``cabang branch run``: pages, sync and hand-over in one process, and the child that opens feed pages."""

import secrets
from collections.abc import Callable

from branch_node.app import create_app
from branch_node.commands import COMMANDS
from branch_node.node import BranchNode
from branch_node.sms_greetings import GREETINGS, RIGHTS
from crm.commands import bound
from crm.jobs import JOBS, Jobs
from sync.child import PageChild
from sync.folder import Folder
from sync.handover_server import HAS_UNIX_SOCKETS, HandoverServer
from ui.running import serve_until_stopped
from ui.serve import WebServer

TOKEN_BYTES = 16


def run(home: Folder, host: str, port: int, plain_http: bool, ready: Callable[[str], None]) -> None:
    """Serves the branch in *home* until it is told to stop; calls *ready* with its address."""
    home.database()
    with home.take() as lock:
        child = PageChild()
        node = BranchNode.open(home, child)
        server = WebServer(create_app(node), host, port, plain_http)
        token = "" if HAS_UNIX_SOCKETS else secrets.token_hex(TOKEN_BYTES)
        with HandoverServer(lock, bound(node, COMMANDS), token=token, url=server.url):
            jobs = Jobs(node, (*JOBS, RIGHTS, GREETINGS))
            node.sync.start()
            node.sms.start()
            node.mirror.start()
            jobs.start()
            serve_until_stopped(server, ready)
            jobs.stop()
            node.sms.stop()
            node.sync.stop()
            node.mirror.stop()
        node.close()
        child.close()
