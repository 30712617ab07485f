"""What /services/version tells: the versions of server, AFP engine and HTML engine."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from afpcluster import __version__
from afpcluster.afp2web.parameters import VERSION

_SERVER_MODULES = ("starlette", "uvicorn", "uvloop", "httptools", "python-multipart", "pydantic")
_ENGINE_MODULES = ("fonttools", "pikepdf", "pillow", "zint-bindings")


@cache
def _modules(names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def versions(on: Callable[[str], bool]) -> dict[str, str]:
    """Module -> version for every parameter that is On; later rows repeat no module of earlier ones."""
    rows: dict[str, dict[str, str]] = {
        "version": {"afp2web": __version__},
        "version_all": {
            "afp2web": __version__,
            "python": platform.python_version(),
            **_modules(_SERVER_MODULES),
        },
        "h2x": {"h2x": "not installed"},
        "h2x_all": {"h2x": "not installed"},
        "a2w": {"a2w": __version__},
        "a2w_all": {"a2w": __version__, **_modules(_ENGINE_MODULES)},
    }
    listed: dict[str, str] = {}
    for parameter in VERSION:
        if on(parameter.name):
            listed |= rows[parameter.name]
    return listed
