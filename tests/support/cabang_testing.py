"""What tests share: running the `cabang` command, remembering the pages a browser saw, finding files and Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cabang_rows

ROOT = cabang_rows.ROOT
COMMAND = [sys.executable, "-c", "import sys, cli; sys.argv[0] = 'cabang'; sys.exit(cli.main())"]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FEATURES_OFF = (  # in place of Playwright's own list; the lists below the address bar cost a second for each window
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "PaintHolding", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying"),
    *("AimEnabled", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(FEATURES_OFF)}",
)
CHROMIUM_MISSING = "Missing: Chromium. On Debian: apt-get install chromium. Or name one in CABANG_CHROMIUM."


def command_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which `COMMAND` finds Cabang from any folder; English unless *more* says otherwise."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    fixed = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUTF8": "1", "LANGUAGE": "en"}
    return {**os.environ, **fixed, **(more or {})}


def run_cli(
    *words: str | Path, stdin: str = "", env: Mapping[str, str] | None = None, timeout: float = 120
) -> "subprocess.CompletedProcess[str]":
    """Runs ``cabang *words*`` in a process of its own and gives its exit code and outputs, as text.

    Never raises for a non-zero exit: tests look at ``returncode``.
    """
    texts = [str(word) for word in words]
    cabang_rows.command_used(*texts)
    return subprocess.run(
        [*COMMAND, *texts],
        input=stdin,
        env=command_environment(env),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def good(*words: str | Path, stdin: str = "") -> str:
    """What ``cabang *words*``, which must succeed, says on standard output."""
    done = run_cli(*words, stdin=stdin)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def start_cli(*words: str | Path, **options: Any) -> "subprocess.Popen[str]":
    """Starts ``cabang *words*`` (a node) and gives the process; the caller ends it."""
    texts = [str(word) for word in words]
    cabang_rows.command_used(*texts)
    return subprocess.Popen([*COMMAND, *texts], env=command_environment(), text=True, **options)


def record_browser(page: Any, nodes: Mapping[str, str]) -> None:
    """Remembers every page a Playwright *page* is answered; *nodes*: beginning of the URL → "branch" or "hub"."""

    def remember(response: Any) -> None:
        node = next((node for start, node in nodes.items() if response.url.startswith(start)), None)
        if node and cabang_rows.shown(response.request.method, response.status):
            cabang_rows.page_used(node, cabang_rows.path_of(response.url))

    page.on("response", remember)


def chromium() -> str | None:
    """The browser's program: CABANG_CHROMIUM, else the first that is installed; None when there is none."""
    named = os.environ.get("CABANG_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def shop_folder() -> Path | None:
    """The folder with the real shop's file: CABANG_TEST_DATA, else ``shared/data`` beside this repository; or None."""
    folder = Path(os.environ.get("CABANG_TEST_DATA") or ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None
