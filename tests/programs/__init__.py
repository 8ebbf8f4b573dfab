"""Programs that panels are handed over to, started on loopback; what they answer is compared."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import polars as pl

import capgen
from capgen.handover.destinations import destination_of

# Samples of a metric's column and a server: seconds since 1970, and the value.
Samples = dict[tuple[str, str], list[tuple[int, float]]]
_PATIENCE = 30  # seconds


def loading_of(destination: str, data: Path) -> list[str]:
    """Return the lines that say how a destination is loaded, for some data."""
    return destination_of(destination).loading.replace("DATA", shlex.quote(str(data))).splitlines()


def run(line: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a line of a shell; return what it prints."""
    whole = {**os.environ, **(environment or {})}
    command = ["sh", "-c", line]
    ended = subprocess.run(
        command, cwd=folder, env=whole, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{line}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], folder: Path, ready: str) -> Iterator[None]:
    """Run a server until the block ends, from the moment when an address answers."""
    log = folder / "server.log"
    with log.open("wb") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=out) as it:
        try:
            _await(ready, it, log)
            yield
        finally:
            it.terminate()


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    stop = time.monotonic() + _PATIENCE
    while time.monotonic() < stop and server.poll() is None:
        try:
            fetched(address)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address} does not answer: {log.read_text()[-2000:]}")


def fetched(address: str) -> bytes:
    """Return what an address answers."""
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - of loopback
        return bytes(answer.read())


def panel_samples(dataset: Path, factors: Mapping[str, Decimal]) -> Samples:
    """Return the samples of a dataset, exactly multiplied.

    Args:
        dataset: its folder.
        factors: what values are multiplied by, by metric.
    """
    frame = capgen.scan(dataset).sort("server_id", "timestamp").collect()
    stamps = pl.col("timestamp").dt.epoch("s")
    found: Samples = {}
    for name, factor in factors.items():
        rows = frame.select("server_id", stamps, pl.col(name).alias("value")).drop_nulls("value")
        for server, stamp, value in rows.iter_rows():
            exact = float(Decimal(repr(value)) * factor)
            found.setdefault((name, server), []).append((stamp, exact))
    return found
