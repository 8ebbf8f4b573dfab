"""Allows one writer on a file system without locks, by a file that names its holder."""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.errors import CapgenError
from capgen.system.process import is_running

_HOLDER = re.compile(r"process (\d+) on (.+)", re.DOTALL)


def holder_name() -> str:
    """Return the name of this process, as it stands in a lock."""
    return f"process {os.getpid()} on {socket.gethostname()}"


@contextmanager
def named_holder(file: Path, target: Path) -> Iterator[None]:
    """Hold a file that names this process.

    Args:
        file: the file's path. It is made in one step; a file of a process that ran on this machine
            and has ended is taken over.
        target: the dataset's folder, for the message.

    Raises:
        CapgenError: another process holds the file; a process on another machine may have ended.
    """
    while not _is_made(file):
        holder = _holder(file)
        if holder is None:
            continue  # released meanwhile
        if not _has_ended(holder):
            raise CapgenError(
                f"{target}: {holder or 'another process'} is writing it; wait for it, build "
                f"elsewhere with --out, or remove {file} if that process has ended"
            )
        _take_away(file, holder)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _is_made(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as opened:
        opened.write(holder_name())
    return True


def _holder(file: Path) -> str | None:
    try:
        return file.read_text(errors="replace")
    except FileNotFoundError:
        return None


def _has_ended(holder: str) -> bool:
    named = _HOLDER.fullmatch(holder)
    if named is None or named[2] != socket.gethostname():
        return False
    return not is_running(int(named[1]))


def _take_away(file: Path, holder: str) -> None:
    """Remove the file of a process that has ended, unless another process already holds it."""
    aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        file.rename(aside)
    except FileNotFoundError:
        return
    if _holder(aside) == holder:
        aside.unlink()
    else:
        aside.rename(file)
