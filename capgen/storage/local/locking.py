"""Allows one writer at a time, by a lock that ends with its process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.errors import CapgenError, RequestError
from capgen.storage.local.named_holder import holder_name, named_holder
from capgen.system.errors import NOT_SUPPORTED
from capgen.system.locks import can_lock, is_locked, lock_file

_LONGEST_HOLDER = 200  # bytes of the holder's name


@contextmanager
def one_writer(lock: Path, target: Path, other: Path | None = None) -> Iterator[None]:
    """Hold the right to write to a dataset.

    The system releases the lock when the process ends, even if it is killed. On a file system
    without locks, a file that names the process takes its place.

    Args:
        lock: the lock's file. Its folder is made.
        target: the dataset's folder, for the message.
        other: the file of another lock, which must be free as well.

    Raises:
        RequestError: the system has no such locks.
        CapgenError: another process holds the lock (the message names it), or a symbolic link is
            in its place.
    """
    if not can_lock():
        raise RequestError(
            f"{target}: this system has no file locks that end with their process, so capgen reads "
            "here and writes no datasets; on Windows, use WSL to write"
        )
    if lock.is_symlink():  # its target is not ours to write
        raise CapgenError(f"{lock}: expected a lock, got a symbolic link; remove it")
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _acquire(lock, target)
    if descriptor is None:
        with named_holder(lock.with_name(f"{lock.name.removesuffix('lock')}held"), target):
            yield
        return
    try:
        if other and other.is_file() and is_locked(other):
            raise _busy(target, other.read_bytes()[:_LONGEST_HOLDER])
        os.ftruncate(descriptor, 0)
        os.write(descriptor, holder_name().encode())
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(lock: Path, target: Path) -> int | None:
    """Return the descriptor of the locked file; None if the file system has no locks."""
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            lock_file(descriptor)
        except BlockingIOError:
            holder = os.read(descriptor, _LONGEST_HOLDER)
            os.close(descriptor)
            raise _busy(target, holder) from None
        except OSError as error:
            os.close(descriptor)
            lock.unlink(missing_ok=True)
            if error.errno in NOT_SUPPORTED:
                return None
            raise
        if _is_still(lock, descriptor):
            return descriptor
        os.close(descriptor)  # the last holder has removed this file: make a new one


def _busy(target: Path, holder: bytes) -> CapgenError:
    name = holder.decode(errors="replace") or "another process"
    return CapgenError(
        f"{target}: {name} is writing it; wait for it, or build elsewhere with --out"
    )


def _is_still(lock: Path, descriptor: int) -> bool:
    try:
        return lock.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
