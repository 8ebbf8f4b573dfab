"""PostgreSQL: a cluster of its own, which runs the statements that are handed over."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from tests.programs import loading_of, run

_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
_INITDB = shutil.which("initdb") or (str(_FOLDERS[-1]) if _FOLDERS else None)
IS_HERE = _INITDB is not None and shutil.which("psql") is not None
_OWNER = "postgres"  # because the server does not run as root


@contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Run a server with the database `capacity`; yield the environment that finds it."""
    folder = Path(tempfile.mkdtemp(prefix="capgen-pg-"))
    owner = _OWNER if os.geteuid() == 0 else None
    shutil.chown(folder, owner or os.getuid())
    data = folder / "data"
    quick = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    control = ["pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log")]
    try:
        _own(["initdb", "-D", str(data), "--no-sync", "-A", "trust", "-U", "capgen"], owner)
        _own([*control, "-o", quick, "start"], owner)
        environment = {"PGHOST": str(folder), "PGUSER": "capgen", "PGTZ": "America/New_York"}
        run("createdb capacity", folder, environment)
        yield environment
    finally:
        _own([*control, "-m", "immediate", "stop"], owner)
        shutil.rmtree(folder)


def _own(command: list[str], owner: str | None) -> None:
    """Run a program of the server's, as a user that may."""
    program = Path(str(_INITDB)).with_name(command[0])
    subprocess.run(
        [str(program), *command[1:]], user=owner, cwd="/", stdout=subprocess.DEVNULL, check=True
    )


def loaded(data: Path, environment: dict[str, str]) -> pl.DataFrame:
    """Load a folder as its destination says; return the table in the panel's order.

    Args:
        data: what was handed over.
        environment: of the cluster.
    """
    enter, load, ask = loading_of("postgres", data)
    run(f"{enter} && {load} && {ask}", data, environment)
    query = (
        'copy (select * from panel order by server_id collate "C", timestamp) '
        "to stdout with (format csv, header)"
    )
    text = run(f"psql capacity --command '{query}'", data, {**environment, "PGTZ": "UTC"})
    return pl.read_csv(io.StringIO(text), infer_schema=False)


def comments(environment: dict[str, str]) -> list[str]:
    """Return the comments of the table's columns."""
    query = (
        "select col_description(attrelid, attnum) from pg_attribute "
        "where attrelid = 'panel'::regclass and attnum > 0"
    )
    return run(f'psql capacity -At --command "{query}"', Path("/"), environment).splitlines()
