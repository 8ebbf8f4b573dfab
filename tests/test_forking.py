"""A forked child lacks the threads that Polars started in its parent: it works or refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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

def run(verbs, file):
    import capgen
    from capgen.cli.app import main
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
    json.dump(said, open(file, "w"))

for before, verbs, file in json.loads(sys.argv[1]):
    exec(before)
    if os.fork():
        code = os.waitstatus_to_exitcode(os.wait()[1])
        if code:
            sys.exit(code)
    else:
        try:
            run(verbs, file)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
"""
USED = "import capgen\npl.select(a=1).lazy().select(pl.col('a') + 1).collect()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a process has forked a child before it used Polars, and one after."""
    folder = tmp_path_factory.mktemp("forking")
    build(make_config(num_servers=3, end_date="2022-01-31", granularity="hourly"), folder / "data")
    build(make_config(num_servers=3, end_date="2022-01-31"), folder / "damaged")
    next((folder / "damaged").rglob("*.parquet")).unlink()
    some = {name: VERBS[name] for name in ("scan", "scan data", "connect")}
    children = [("", some, "imported.json"), (USED, VERBS, "used.json")]
    command = [sys.executable, "-c", SCRIPT, json.dumps(children)]
    ended = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return folder


def test_a_child_of_a_process_that_has_used_polars_refuses(folder: Path) -> None:
    said = json.loads((folder / "used.json").read_text())
    assert said.keys() == VERBS.keys()
    assert said.pop("command line") == "refused"
    for name, line in said.items():
        assert "its parent had used Polars" in line, name
        assert "spawn or forkserver" in line
    made = {each.name for each in folder.iterdir()}
    assert made == {"data", "damaged", "imported.json", "used.json"}


def test_a_child_of_a_process_that_has_only_imported_polars_works(folder: Path) -> None:
    """`processes.py` shows it of one that has imported capgen: kills and signals rely on it."""
    said = json.loads((folder / "imported.json").read_text())
    assert said == dict.fromkeys(["scan", "scan data", "connect"], "worked")
