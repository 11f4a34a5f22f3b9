"""A run that leaves tests out is not a success, and records what marked tests use."""

import shutil
import subprocess
import sys
from pathlib import Path

import cabang_testing
import pytest

QUIET = ["-q", "-p", "no:cacheprovider", "-c", str(cabang_testing.ROOT / "setup.cfg")]
PLUGINS = ["-p", "xdist.plugin", "-p", "pytest_timeout"]  # setup.cfg speaks of them; the others only take time
BROWSER = ["-p", "pytest_playwright.pytest_playwright"]
ALONE = {"PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run_tests(folder: Path, source: str, *options: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Runs pytest, with this project's conftest, on a folder that holds *source* alone."""
    shutil.copy(cabang_testing.ROOT / "tests" / "conftest.py", folder)
    (folder / "test_small.py").write_text(f"import pytest\n\n{source}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", *PLUGINS, *QUIET, "--rootdir", str(folder), *options, str(folder)]
    environment = cabang_testing.command_environment({**ALONE, **env})
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


PASSED = "def test_a():\n    assert True\n\n"


@pytest.mark.parametrize(
    ("source", "workers", "code"),
    [
        (PASSED, [], 0),
        (f"{PASSED}@pytest.mark.skip\ndef test_b():\n    assert True", [], 1),
        (f"{PASSED}@pytest.mark.skip\ndef test_b():\n    assert True", ["-n", "2"], 1),
        (f"{PASSED}@pytest.mark.xfail\ndef test_b():\n    assert False", [], 1),
    ],
    ids=["passed", "skipped", "skipped beside others", "expected to fail"],
)
def test_a_run_with_a_skipped_test_fails(tmp_path: Path, source: str, workers: list[str], code: int) -> None:
    """Goal: a skipped test cannot hide. Method: run pytest on small files, with and without workers."""
    done = run_tests(tmp_path, source, *workers)
    assert code == done.returncode, done.stdout
    assert bool(code) == ("the run has failed" in done.stdout)


def test_without_the_shops_file_its_tests_are_left_out_and_named(tmp_path: Path) -> None:
    """Goal: the file's absence is said, and is no failure. Method: point at a folder that is not there."""
    source = "def test_a():\n    assert True\n\ndef test_b(shop_file):\n    assert shop_file.exists()"
    done = run_tests(tmp_path, source, "-v", CABANG_TEST_DATA=str(tmp_path / "nowhere"))
    assert 0 == done.returncode, done.stdout
    assert "1 passed, 1 deselected" in done.stdout
    assert "the real shop's file: absent" in done.stdout


def test_a_missing_browser_fails_with_one_line(tmp_path: Path) -> None:
    """Goal: browser tests never pass by not running. Method: name a browser that is not there."""
    done = run_tests(
        tmp_path, "def test_a(page):\n    assert page", *BROWSER, CABANG_CHROMIUM=str(tmp_path / "chromium")
    )
    assert 1 == done.returncode, done.stdout
    assert cabang_testing.CHROMIUM_MISSING in done.stdout
