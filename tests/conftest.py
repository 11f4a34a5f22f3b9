"""Hooks and fixtures for every test; helpers that tests import are in ``tests/support/cabang_testing.py``."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import cabang_rows
import cabang_testing
import cabang_thrift
import pytest
from cabang_browser import Window

OUTCOMES = pytest.StashKey[list[str]]()
LONG = ("browser", "journey")
HIDDEN = ("skipped", "xfailed", "xpassed")  # a test that is not run proves nothing


def pytest_configure() -> None:
    cabang_thrift.spare(os.environ)
    cabang_thrift.compile_pages_once()
    cabang_rows.watch_apps()


def pytest_report_header() -> str:
    folder = cabang_testing.shop_folder()
    if folder is None:
        return "the real shop's file: absent (CABANG_TEST_DATA names its folder); tests that read it are left out"
    return f"the real shop's file: {folder}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests that read the shop's file when it is absent; marks the ones that drive a browser.

    Files that take long come first: no worker is left with one of them when the others have nothing to do.
    """
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    long = {item.path for item in items if any(map(item.get_closest_marker, LONG))}
    items.sort(key=lambda item: item.path not in long)
    if cabang_testing.shop_folder() is not None:
        return
    left_out = [item for item in items if "shop_file" in getattr(item, "fixturenames", ())]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Writes down what a test marked ``row`` used, and whether it passed from set-up to tear-down."""
    rows = [row for mark in item.iter_markers("row") for row in mark.args]
    cabang_rows.begin(item.nodeid, rows)
    item.stash[OUTCOMES] = []
    try:
        return (yield)
    finally:
        cabang_rows.end(item.stash[OUTCOMES] == ["passed"] * 3)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[OUTCOMES].append(report.outcome)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run with a skipped test has failed."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    hidden = reporter is not None and [report for kind in HIDDEN for report in reporter.stats.get(kind, [])]
    if hidden and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{len(hidden)} tests were skipped or expected to fail: the run has failed.", red=True)


@pytest.fixture(scope="session")
def shop_file() -> Path:
    """The real shop's file; tests that ask for it are left out where it is absent."""
    folder = cabang_testing.shop_folder()
    assert folder is not None
    return next(iter(sorted(folder.glob("online_retail*.csv"))))


@pytest.fixture(scope="session")
def hub_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new hub, for copies."""
    folder = tmp_path_factory.mktemp("hub") / "hub"
    cabang_testing.good("hub", "init", folder)
    return folder


@pytest.fixture
def hub(hub_template: Path, tmp_path: Path) -> Path:
    """The folder of a new hub that does not run."""
    return shutil.copytree(hub_template, tmp_path / "hub")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The installed Chromium; without one every test that needs it fails, saying so."""
    program = cabang_testing.chromium()
    if program is None or not Path(program).exists():
        pytest.fail(cabang_testing.CHROMIUM_MISSING, pytrace=False)
    return {**browser_type_launch_args, "executable_path": program, "args": list(cabang_testing.CHROMIUM_FLAGS)}


@pytest.fixture(scope="session")
def window(browser: Any) -> Iterator[Window]:
    """The window of this process's browser."""
    made = Window(browser)
    yield made
    made.close()


@pytest.fixture
def page(window: Window, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page that knows nothing, in the one window; a test that failed leaves none behind."""
    yield window.page()
    if request.node.stash[OUTCOMES] == ["passed"] * 2:
        window.forget()
    else:
        window.close()


@pytest.fixture
def own_clock(page: Any, window: Window) -> Iterator[None]:
    """The page's clock runs as the test says, and goes with it."""
    page.clock.install()
    yield
    window.close()
