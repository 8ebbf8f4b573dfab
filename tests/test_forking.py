"""A forked child lacks the threads that Polars started in its parent: it works or refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from capgen import build
from tests.conftest import make_config
from tests.processes import run_script

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
# Asks for things in a process that was forked from one that has only imported Polars and capgen, or
# in a child that it forks after it has used Polars. What waits forever is killed.
SCRIPT = """
import json, os, signal, sys
import capgen
from capgen.cli.app import main

def use_polars():
    import polars as pl
    pl.select(a=1).lazy().select(pl.col("a") + 1).collect()

verbs, is_used = json.loads(sys.argv[1])
if is_used:
    use_polars()
    if os.fork():
        sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
signal.alarm(60)
overrides = {"num_servers": 3, "end_date": "2022-01-31"}
config = capgen.load_config(environment={}, overrides=overrides)
said = {}
for name, verb in verbs.items():
    print(name, file=sys.stderr, flush=True)
    try:
        outcome = eval(verb)
        said[name] = "refused" if isinstance(outcome, int) and outcome else "worked"
    except capgen.CapgenError as error:
        said[name] = str(error)
print(json.dumps(said), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dataset and a damaged one."""
    folder = tmp_path_factory.mktemp("forking")
    build(make_config(num_servers=3, end_date="2022-01-31", granularity="hourly"), folder / "data")
    build(make_config(num_servers=3, end_date="2022-01-31"), folder / "damaged")
    next((folder / "damaged").rglob("*.parquet")).unlink()
    return folder


def said_by_a_child(verbs: dict[str, str], folder: Path, *, is_used: bool) -> dict[str, str]:
    """Return what each verb says in a forked child, whose parent may have used Polars."""
    ended = run_script(SCRIPT, json.dumps([verbs, is_used]), folder=folder)
    assert ended.returncode == 0, ended.stderr
    said: dict[str, str] = json.loads(ended.stdout)
    assert said.keys() == verbs.keys()
    return said


def test_a_child_of_a_process_that_has_used_polars_refuses(folder: Path) -> None:
    said = said_by_a_child(VERBS, folder, is_used=True)
    assert said.pop("command line") == "refused"
    for name, line in said.items():
        assert "its parent had used Polars" in line, name
        assert "spawn or forkserver" in line
    assert {each.name for each in folder.iterdir()} == {"data", "damaged"}


def test_a_child_of_a_process_that_has_only_imported_polars_works(folder: Path) -> None:
    some = {name: VERBS[name] for name in ("scan", "scan data", "connect")}
    said = said_by_a_child(some, folder, is_used=False)
    assert said == dict.fromkeys(some, "worked")
