"""The ``cabang`` command: it only puts together what each package brings."""

import branch_node.cli
import branch_node.sms_cli
import central_hub.cli
from bench.main import bench
from sync.folder import BRANCH, HUB
from ui.console import backups, checks, doctor, imports, people, reports
from ui.console.language import _
from ui.console.program import Program
from ui.console.simulate import simulate
from ui.story.command import demo

main = Program(
    "cabang",
    context_settings={"obj": {HUB: central_hub.cli.kind, BRANCH: branch_node.cli.kind}, "max_content_width": 100},
    help=_(
        "Cabang: a till, customer book and stock book for branches whose line is slow, dear or cut."
        "\n\nBegin with 'cabang demo', or with 'cabang hub init'. Facts go to standard output, progress to standard"
        " error. Exit codes: 0 fine, 1 something went wrong (said in words), 2 wrong usage."
    ),
    commands=[
        demo,
        central_hub.cli.hub,
        branch_node.cli.branch,
        branch_node.cli.sync,
        branch_node.cli.rotate_key,
        branch_node.sms_cli.sms,
        people.add_user,
        imports.imports,
        reports.report,
        checks.digest,
        checks.verify,
        doctor.command(branch_node.cli.reach_hub),
        backups.back_up,
        backups.restore,
        backups.recovery_phrase,
        bench,
        simulate,
    ],
)
