"""Other people's scripts and styles, served out of their installed packages: nothing is copied, nothing fetched.

The table is fixed, so no path from a request reaches the disk.
"""

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from flask import Response, abort, send_from_directory, url_for

from sync.errors import invariant

YEAR_S = 31_536_000


class Asset(NamedTuple):
    """One file: the distribution it comes with (its version goes into the URL), import name, folder, file name."""

    distribution: str
    package: str
    folder: str
    name: str

    @property
    def path(self) -> Path:
        return package_folder(self.package) / self.folder / self.name


VENDOR = {
    "bootstrap.min.css": Asset("Bootstrap-Flask", "flask_bootstrap", "static/bootstrap5/css", "bootstrap.min.css"),
    "bootstrap.min.js": Asset("Bootstrap-Flask", "flask_bootstrap", "static/bootstrap5/js", "bootstrap.min.js"),
    "popper.min.js": Asset("Bootstrap-Flask", "flask_bootstrap", "static/bootstrap5/umd", "popper.min.js"),
    "htmx.min.js": Asset("django-js-lib-htmx", "js_lib_htmx", "static/htmx", "htmx.min.js"),
}


@cache
def package_folder(package: str) -> Path:
    """Where *package* is installed, found without importing it."""
    spec = find_spec(package)
    invariant(spec is not None and spec.submodule_search_locations, f"the package {package} is installed")
    return Path(spec.submodule_search_locations[0])  # type: ignore[union-attr, index]


def vendor_url(name: str) -> str:
    """The address of the table's file *name*, with its version so that it may be kept for ever."""
    return url_for("ui.vendor", name=name, v=installed(VENDOR[name].distribution))


@cache
def installed(distribution: str) -> str:
    """The version of *distribution*, looked up once: its metadata is a file."""
    return version(distribution)


def serve(name: str) -> Response:
    """The file called *name* in the table, else 404."""
    asset = VENDOR.get(name)
    if asset is None:
        abort(404)
    return send_from_directory(asset.path.parent, asset.name, max_age=YEAR_S)
