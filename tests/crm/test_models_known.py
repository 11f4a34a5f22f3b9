"""A node's file is made by commands that know no page: the tables must be known to who imports the business alone."""

import subprocess
import sys

import branch_node.app
import central_hub.app
from sync.model import TABLES
from sync.schema import LOCAL_MODELS

_SAY = (
    "import crm; from sync.model import TABLES; from sync.schema import LOCAL_MODELS;"
    "print(*sorted([*TABLES, *(model._meta.table_name for model in LOCAL_MODELS)]))"
)


def test_the_business_alone_knows_every_table() -> None:
    """Goal: no page asks for a table that was never made. Method: a fresh Python against both nodes' programs."""
    assert branch_node.app and central_hub.app
    known = subprocess.run([sys.executable, "-c", _SAY], capture_output=True, text=True, check=True).stdout.split()
    assert sorted([*TABLES, *(model._meta.table_name for model in LOCAL_MODELS)]) == known
