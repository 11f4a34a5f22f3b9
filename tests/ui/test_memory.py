"""The heaps of a node's threads, counted by glibc itself."""

import platform
import subprocess
import sys
from pathlib import Path

from ui.memory import ARENAS

COUNT = """
import ctypes, sys, threading
from ui.memory import share_arenas
if sys.argv[1] == "shared":
    share_arenas()
at_once = threading.Barrier(9)
def work():
    kept = [bytes(700) for _ in range(2_000)]
    at_once.wait()
    at_once.wait()
    del kept
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
at_once.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
told = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(told))
libc.fclose(ctypes.c_void_p(told))
at_once.wait()
"""


def heaps(how: str, path: Path) -> int:
    """How many heaps eight threads use that work at once."""
    subprocess.run([sys.executable, "-c", COUNT, how, str(path)], check=True, timeout=60)
    return path.read_text().count("<heap nr=")


def test_threads_share_two_heaps(tmp_path) -> None:
    """Goal: a thread keeps no heap of its own. Method: glibc's own count, with and without."""
    if platform.libc_ver()[0] != "glibc":
        subprocess.run([sys.executable, "-c", "from ui.memory import share_arenas; share_arenas()"], check=True)
        return
    assert heaps("shared", tmp_path / "shared.xml") <= ARENAS < heaps("own", tmp_path / "own.xml")
