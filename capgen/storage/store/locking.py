"""Allows one writer in a store, by an object that only one process can make."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from capgen.errors import CapgenError
from capgen.storage.layout import SIDE_FOLDER
from capgen.storage.local.locking import one_writer
from capgen.storage.store.objects import Objects

LOCK = f"{SIDE_FOLDER}/lock"


@contextmanager
def one_store_writer(objects: Objects, target: Path) -> Iterator[None]:
    """Hold the right to write to a dataset in a store.

    A store does not notice when a process ends. So the writer also holds a lock of the system:
    with it, an object left by the same user on the same host must belong to a dead process, and
    can be replaced.

    Args:
        objects: the objects below the dataset's prefix.
        target: the dataset's prefix, for the message.

    Raises:
        CapgenError: another process holds the right; the message says which, and what to remove if
            that process is dead.
    """
    mine = _holder()
    with one_writer(_local_lock(target, mine["host"]), target):
        _acquire(objects, target, mine)
        try:
            yield
        finally:
            objects.remove([LOCK])


def _acquire(objects: Objects, target: Path, mine: dict[str, str]) -> None:
    text = json.dumps(mine).encode()
    while not objects.write_new(LOCK, text):
        found = objects.read([LOCK]).get(LOCK)
        holder = _parsed(found) if found is not None else mine
        if found == text:
            return  # an earlier try made it, and its answer was lost
        if holder.get("host") != mine["host"]:
            raise CapgenError(
                f"{target}: {holder.get('process', 'another process')} on "
                f"{holder.get('host', 'another host')} is writing it, since "
                f"{holder.get('since', 'some time')}; wait for it, or, if that process is dead, "
                f"remove {target}/{LOCK}"
            )
        objects.remove([LOCK])


def _holder() -> dict[str, str]:
    return {
        "host": f"{socket.gethostname()} ({getpass.getuser()})",
        "process": f"process {os.getpid()}",
        "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "token": secrets.token_hex(8),
    }


def _local_lock(target: Path, host: str) -> Path:
    name = hashlib.sha256(f"{target} {host}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"capgen-{name}.lock"


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
