"""Files and folders that a command writes: they are there when they are complete, and nothing is left of them
otherwise. What is no file on a disk (a pipe, a device) has no older one to keep, and is written to directly.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from afpcluster.outputs.parts import Folder


def is_stream(target: Path) -> bool:
    """Whether it is there and no file on a disk. A folder is none either: to open it fails."""
    return target.exists() and not target.is_file()


@contextmanager
def new_file(target: Path, *, text: bool = False) -> Iterator[Any]:
    """A file, binary or of `text` in UTF-8, beside `target` that takes its place when the block ends well,
    and vanishes otherwise."""
    form: dict[str, Any] = {"mode": "w", "encoding": "utf-8", "newline": ""} if text else {"mode": "wb"}
    if is_stream(target):
        with target.open(**form) as stream:
            yield stream
        return
    real = Path(os.path.realpath(target))
    with ExitStack() as stack:
        try:
            file = stack.enter_context(
                tempfile.NamedTemporaryFile(dir=real.parent, prefix=f".{real.name}.", delete=False, **form)
            )
        except OSError as error:
            error.filename = str(target)  # not that of a file that nobody asked for
            raise
        try:
            yield file
            file.flush()
            os.chmod(file.name, 0o666 & ~_umask())
            os.replace(file.name, real)
        except BaseException:
            os.unlink(file.name)
            raise


@contextmanager
def new_folder(target: Path) -> Iterator[Folder]:
    """A folder beside `target` that takes its place when the block ends well, and vanishes otherwise."""
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        yield Folder(made)
        os.chmod(made, 0o777 & ~_umask())
        if target.is_dir():
            target.rmdir()  # it is empty
        made.rename(target)
    except BaseException:
        shutil.rmtree(made)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
