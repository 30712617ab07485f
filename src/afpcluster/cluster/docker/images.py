"""Builds the three images from this clone.

Rules: the base is what the caller names; without a name, Debian's slim image, pulled where a registry
answers, else made here with mmdebstrap. What a build has downloaded is kept with its base for a week in
/var/cache/afpcluster, so that the next build, also with another engine, needs no network. The
certificate authorities that this machine trusts are believed while packages are fetched (a company's proxy),
and are in no image.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import afpcluster
from afpcluster.cluster.command import CommandError, run
from afpcluster.cluster.docker.engine import Engine
from afpcluster.cluster.lab import LabError

IMAGES = ("afpcluster-haproxy", "afpcluster", "afpcluster-keepalived")
CLONE = Path(afpcluster.__file__).parents[2]
BASE = "debian:bookworm-slim"
OWN_BASE = "afpcluster-base:bookworm"
CACHE = Path("/var/cache/afpcluster")
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
    with sources() as context:
        found = base_of_build(engine, base, say)
        for image in IMAGES:
            say(f"Building image {image} on {found} ...")
            build_one(engine, context, found, image, image)
        if base is None and found != _image(_key()):
            build_one(engine, context, found, "downloads", _image(_key()))
            _keep(engine, _key())


def remove_replaced(engine: Engine) -> None:
    """The images that lost their names to newer ones and that no container has; else each build would leave
    its predecessors on the disk for good."""
    for image in IMAGES:
        engine.docker("image", "prune", "--force", f"--filter=label=org.opencontainers.image.title={image}")


def base_of_build(engine: Engine, base: str | None, say: Say) -> str:
    """The image to build on: the one that is named, what was kept, Debian's. Raises `CommandError`."""
    return base or downloads(engine) or _base(engine, say)


@contextlib.contextmanager
def sources() -> Iterator[Path]:
    """A copy of what is built, which nobody changes meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        shutil.copytree(CLONE / "docker", context / "docker")
        package = context / "src" / "afpcluster"
        shutil.copytree(CLONE / "src" / "afpcluster", package, ignore=shutil.ignore_patterns("__pycache__"))
        if _AUTHORITIES.exists():
            shutil.copy(_AUTHORITIES, context / "docker" / "authorities.pem")
        yield context


def build_one(engine: Engine, context: Path, base: str, target: str, tag: str, *options: str) -> None:
    """One target of the Dockerfile; `options` are of `docker build`. Raises `CommandError`."""
    passed_on = [f"--build-arg={name}" for name in _PASSED_ON if name in os.environ]
    engine.docker(
        *("build", "--force-rm", "--network=host", f"--build-arg=BASE={base}", *passed_on, *options),
        *(f"--target={target}", f"--tag={tag}", f"--file={context}/docker/Dockerfile", str(context)),
        timeout=1800,
    )


def downloads(engine: Engine) -> str | None:
    """The image of what was downloaded for this Dockerfile and lock file, if that was kept within a week."""
    key = _key()
    image, file = _image(key), _file(key)
    if not file.exists() or time.time() - file.stat().st_mtime > _CACHE_SECONDS:
        return None
    if not _has(engine, image):
        engine.docker("load", "--quiet", "--input", str(file), timeout=300)
    return image if _has(engine, image) else None  # a file that was given another name holds another image


def _has(engine: Engine, image: str) -> bool:
    return bool(engine.docker("image", "ls", "--quiet", image).strip())


def _keep(engine: Engine, key: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    fresh = _file(key).with_suffix(".new")
    engine.docker("save", "--output", str(fresh), _image(key), timeout=300)
    for old in CACHE.glob("*.tar"):
        old.unlink()
    fresh.replace(_file(key))


def _key() -> str:
    """Of what is downloaded: the Dockerfile as far as its list of packages, and the lock file."""
    folder = CLONE / "docker"
    packages, _, _ = (folder / "Dockerfile").read_text(encoding="utf-8").partition("\nFROM packages")
    return hashlib.sha256(packages.encode() + (folder / "requirements.lock").read_bytes()).hexdigest()[:12]


def _image(key: str) -> str:
    return f"afpcluster-downloads:{key}"


def _file(key: str) -> Path:
    return CACHE / f"downloads-{key}.tar"


def _base(engine: Engine, say: Say) -> str:
    for image in (BASE, OWN_BASE):
        if _has(engine, image):
            return image
    say(f"Pulling {BASE} ...")
    try:
        engine.docker("pull", "--quiet", BASE, timeout=300)
    except CommandError as error:
        say(f"It cannot be pulled; making a base with mmdebstrap instead ({str(error).splitlines()[-1]})")
        _make_base(engine)
        return OWN_BASE
    return BASE


def _make_base(engine: Engine) -> None:
    run(str(CLONE / "tools" / "install-packages"), "mmdebstrap", timeout=600)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        archive = str(Path(folder) / "base.tar")
        merged = "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr"
        run("mmdebstrap", "--variant=apt", merged, "bookworm", archive, timeout=1800)
        engine.docker("import", archive, OWN_BASE, timeout=300)
