"""ClickHouse, as the library chdb has it: runs the statements that are handed over."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import polars as pl

IS_HERE = importlib.util.find_spec("chdb") is not None
# In a process of its own: the library takes the working folder from its start.
_SCRIPT = """
import sys
from chdb.session import Session

session = Session()
for statement in open("load.sql").read().split(";\\n"):
    if statement.strip(" ;\\n"):
        session.query(statement.strip(" ;\\n"))
query = "select * from panel order by server_id, timestamp into outfile '{out}' format Parquet"
session.query(query.format(out=sys.argv[1]))
print(session.query("select comment from system.columns where table = 'panel'", "TSV"))
"""


def loaded(data: Path, folder: Path, python: str = sys.executable) -> tuple[pl.DataFrame, str]:
    """Run the statements of a folder; return the table in the panel's order, and its comments.

    Args:
        data: what was handed over.
        folder: to work in.
        python: the interpreter that has chdb.
    """
    out = folder / "out.parquet"
    command = [python, "-c", _SCRIPT, str(out)]
    ended = subprocess.run(command, cwd=data, capture_output=True, text=True, check=True)
    return pl.read_parquet(out), ended.stdout
