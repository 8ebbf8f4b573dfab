"""One thing is told in the singular, wherever capgen says how many there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.conftest import Run

_ONE_OF_SEVERAL = re.compile(r"\b1 (?:of them|(?!series\b)[a-z]+s)\b")
_ONE = ["--servers=1", "--start-date=2024-01-01", "--end-date=2024-01-01"]
_SAMPLES = """time,server,role,cpu
2024-01-01 00:05,a,web 1,5
2024-01-01 00:00,a,web 1,4
2024-01-01 00:10,a,other,
2024-01-01 00:15,a,web 1,5
2024-01-01 00:15,a,web 1,x
2024-01-01 00:20:01,a,web 1,inf
2024-01-01 00:27,a,web 1,4
2024-01-01 00:35,a,web 1,150
2024-01-01 00:40,a,web 1,-1
never,a,web 1,4
2024-01-01 00:45,,web 1,4
2024-01-01 00:10,b,,4
"""
_MAPPING = [
    "--set=labels.server_type.column=role",
    "--set=metrics.cpu.column=cpu",
    "--set=metrics.cpu.unit=percent",
    "--set=missing=[-1]",
]


def test_what_is_one_of_its_kind_in_an_export_is_told_in_the_singular(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text(_SAMPLES, encoding="utf-8")
    (tmp_path / "y.csv").write_text("time,server\n2024-01-01,a\n", encoding="utf-8")
    told = run("load", "x.csv", "y.csv", "--as", "table", *_MAPPING, "--json")
    account = json.loads(told.stdout)["account"]
    ones = {line["name"]: line["says"].split()[0] for line in account if line["count"] == 1}
    assert ones == {
        "files": "file",
        "empty": "sample",
        "missing": "sample",
        "no_number": "sample",
        "not_finite": "sample",
        "no_time": "sample",
        "no_server": "sample",
        "unsorted": "sample",
        "duplicates": "sample",
        "jitter": "sample",
        "off_grid": "sample",
        "outside": "value",
        "begins_late": "server",
        "ends_early": "server",
        "label": "server",
        "server_type": "name",
    }
    assert not _ONE_OF_SEVERAL.search(" ".join(line["says"] for line in account))


def test_one_server_of_one_day_is_told_in_the_singular(run: Run) -> None:
    commands = (
        ["plan", *_ONE],
        ["build", *_ONE, "--set=growth.trend=monthly"],
        ["verify", "data"],
        ["check", "data"],
        ["extend", "data", "--end-date", "2024-01-02"],
        ["export", "data", "data.csv", "--where", "day(timestamp) = 1"],
        ["load", "data.csv", "--as", "capgen", "--to", "daily", "--set=step=daily"],
        ["check", "telemetry"],
    )
    for command in commands:
        told = run(*command)
        assert told.returncode == 0, told
        assert not _ONE_OF_SEVERAL.search(told.stdout + told.stderr), told
