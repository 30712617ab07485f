"""Builds the three images from this clone.

Rules: the base is what the caller names; without a name, Debian's slim image, pulled where a registry
answers, else made here with debootstrap and kept for a week in /var/cache/afpcluster. The certificate
authorities that this machine trusts are believed while packages are fetched (a company's proxy), and are in
no image.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import afpcluster
from afpcluster.cluster.command import CommandError, run
from afpcluster.cluster.docker.engine import Engine
from afpcluster.cluster.lab import LabError

IMAGES = ("afpcluster", "afpcluster-haproxy", "afpcluster-keepalived")
CLONE = Path(afpcluster.__file__).parents[2]
BASE = "debian:bookworm-slim"
OWN_BASE = "afpcluster-base:bookworm"
CACHE = Path("/var/cache/afpcluster/base-bookworm.tar")
_CACHE_SECONDS = 7 * 24 * 3600.0  # Debian mends its packages
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_PASSED_ON = (
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "PIP_INDEX_URL",
)

Say = Callable[[str], None]


def build(engine: Engine, base: str | None, say: Say) -> None:
    """All three. Raises `LabError` or `CommandError` with the end of what the build said."""
    if not (CLONE / "docker" / "Dockerfile").exists():
        raise LabError(f"images are built in a clone of the repository; {CLONE} is none")
    base = base or _base(engine, say)
    passed_on = [f"--build-arg={name}" for name in _PASSED_ON if name in os.environ]
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        shutil.copytree(CLONE / "docker", context / "docker")
        package = context / "src" / "afpcluster"
        shutil.copytree(CLONE / "src" / "afpcluster", package, ignore=shutil.ignore_patterns("__pycache__"))
        if _AUTHORITIES.exists():
            shutil.copy(_AUTHORITIES, context / "docker" / "authorities.pem")
        for image in IMAGES:
            say(f"Building image {image} on {base} ...")
            engine.docker(
                *("build", "--network=host", f"--build-arg=BASE={base}", *passed_on),
                *(f"--target={image}", f"--tag={image}", f"--file={context}/docker/Dockerfile", str(context)),
                timeout=1800,
            )


def _base(engine: Engine, say: Say) -> str:
    for image in (BASE, OWN_BASE):
        if engine.docker("image", "ls", "--quiet", image).strip():
            return image
    if CACHE.exists() and time.time() - CACHE.stat().st_mtime < _CACHE_SECONDS:
        return _import(engine)
    say(f"Pulling {BASE} ...")
    try:
        engine.docker("pull", "--quiet", BASE, timeout=300)
    except CommandError as error:
        say(f"It cannot be pulled; making a base with debootstrap instead ({str(error).splitlines()[-1]})")
        _make_base()
        return _import(engine)
    return BASE


def _import(engine: Engine) -> str:
    engine.docker("import", str(CACHE), OWN_BASE, timeout=300)
    return OWN_BASE


def _make_base() -> None:
    run(str(CLONE / "tools" / "install-packages"), "debootstrap", timeout=600)
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
        root, archive = Path(folder) / "root", Path(folder) / "base.tar"
        run("debootstrap", "--variant=minbase", "bookworm", str(root), timeout=1800)
        for left in (
            "var/cache",
            "var/lib/apt/lists",
            "var/log",
            "usr/share/doc",
            "usr/share/man",
            "usr/share/locale",
        ):
            for path in (root / left).iterdir():
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        subprocess.run(["tar", "--create", "--file", archive, "--directory", root, "."], check=True)
        archive.replace(CACHE)
