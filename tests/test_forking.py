"""A forked child lacks the threads that Polars started in its parent: it works or refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from capgen import build
from tests.conftest import make_config

VERBS = {
    "build": "capgen.build(config, 'built')",
    "build again": "capgen.build(config, 'data', overwrite=True)",
    "extend": "capgen.extend('data', '2022-02-28')",
    "plan": "capgen.plan(config)",
    "cells": "list(capgen.cells(config, capgen.chunks(config).to_batches()))",
    "scan": "capgen.scan(config).collect()",
    "scan data": "capgen.scan('data').collect()",
    "connect": "capgen.connect(config).sql('from panel').fetchall()",
    "connect data": "capgen.connect('data').sql('from panel').fetchall()",
    "query": "capgen.query('from panel', config=config)",
    "query data": "capgen.query('from panel', 'data')",
    "check": "capgen.check('data')",
    "repair": "capgen.repair('damaged')",
    "export": "capgen.export('data', 'data.csv')",
    "rollup": "capgen.rollup('data', 'daily', 'rolled')",
    "open": "capgen.open('data').scan().collect()",
    "command line": "main(['build', '--servers=3', '--end-date=2022-01-31', '--out=other'])",
}
SCRIPT = """
import json, os, sys
import polars as pl
{before}
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
try:
    import capgen
    from capgen.cli.app import main
    overrides = {{"num_servers": 3, "end_date": "2022-01-31"}}
    config = capgen.load_config(environment={{}}, overrides=overrides)
    said = {{}}
    for name, verb in json.loads(sys.argv[1]).items():
        print(name, file=sys.stderr, flush=True)
        try:
            outcome = eval(verb)
            said[name] = "refused" if isinstance(outcome, int) and outcome else "worked"
        except capgen.CapgenError as error:
            said[name] = str(error)
    json.dump(said, open("said.json", "w"))
    os._exit(0)
except BaseException as error:
    print(repr(error), file=sys.stderr, flush=True)
os._exit(1)
"""
USED = "import capgen\npl.select(a=1).lazy().select(pl.col('a') + 1).collect()"


def said_in_child(before: str, verbs: dict[str, str], folder: Path) -> dict[str, str]:
    build(make_config(num_servers=3, end_date="2022-01-31", granularity="hourly"), folder / "data")
    build(make_config(num_servers=3, end_date="2022-01-31"), folder / "damaged")
    next((folder / "damaged").rglob("*.parquet")).unlink()
    command = [sys.executable, "-c", SCRIPT.format(before=before), json.dumps(verbs)]
    ended = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    said: dict[str, str] = json.loads((folder / "said.json").read_text())
    return said


def test_a_child_of_a_process_that_has_used_polars_refuses(tmp_path: Path) -> None:
    said = said_in_child(USED, VERBS, tmp_path)
    assert said.pop("command line") == "refused"
    for name, line in said.items():
        assert "its parent had used Polars" in line, name
        assert "spawn or forkserver" in line
    assert {each.name for each in tmp_path.iterdir()} == {"data", "damaged", "said.json"}


def test_a_child_of_a_process_that_has_only_imported_polars_works(tmp_path: Path) -> None:
    """`processes.py` shows it of one that has imported capgen: kills and signals rely on it."""
    verbs = {name: VERBS[name] for name in ("build", "scan data", "connect", "check")}
    assert said_in_child("", verbs, tmp_path) == dict.fromkeys(verbs, "worked")
