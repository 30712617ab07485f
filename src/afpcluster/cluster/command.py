"""Runs the machine's own programs (`ip`, ...) and turns a failure into a text for the operator."""

from __future__ import annotations

import json
import subprocess
from typing import Any


class CommandError(Exception):
    """A program failed; the text has the command, its exit code and what it said. `code` is None when it did
    not end by itself."""

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


def run(*command: str, timeout: float = 20.0) -> str:
    """Standard output, as text. Raises `CommandError`."""
    return run_bytes(*command, timeout=timeout).decode("utf-8", errors="replace")


def run_bytes(*command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
    """Standard output; `timeout` in seconds. Raises `CommandError`."""
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout, check=False)
    except FileNotFoundError as error:
        raise CommandError(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"`{' '.join(command)}` did not end within {timeout:g} s") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode("utf-8", errors="replace").strip() or "nothing"
        raise CommandError(
            f"`{' '.join(command)}` ended with {done.returncode} and said: {said}", done.returncode
        )
    return done.stdout


def run_json(*command: str) -> Any:
    """Standard output as JSON; an empty one is an empty list (so does `ip -json`)."""
    return json.loads(run(*command) or "[]")
