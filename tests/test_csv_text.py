"""Timestamps have one form in every text that capgen writes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import capgen
from capgen.cli.app import main
from tests.conftest import deep, make_config

WINDOW = {"start_date": "2024-01-01", "end_date": "2024-01-02"}
QUERY = "select timestamp, server_id from panel order by server_id, timestamp"


@pytest.mark.parametrize(
    ("granularity", "second"),
    [
        ("daily", "2024-01-02 00:00:00"),
        pytest.param("15min", "2024-01-01 00:15:00", marks=deep),
    ],
)
def test_timestamps(
    granularity: str, second: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    capgen.build(make_config(num_servers=3, granularity=granularity, **WINDOW), data)
    for file in ("a.csv", "a.csv.gz", "a.ndjson.gz"):
        assert (
            main(["export", str(data), str(tmp_path / file), "--columns=timestamp,server_id"]) == 0
        )
    for file in ("q.csv", "q.json"):
        assert main(["query", QUERY, f"--data={data}", f"--output={tmp_path / file}"]) == 0
    capsys.readouterr()
    assert main(["query", QUERY, f"--data={data}", "--format=csv"]) == 0
    texts = {
        "standard output": capsys.readouterr().out,
        "export": (tmp_path / "a.csv").read_text(),
        "compressed": gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).decode(),
        "query": (tmp_path / "q.csv").read_text(),
        "sample": (data / "_capgen/sample.csv").read_text(),
    }
    for name, text in texts.items():
        header, first, following = text.splitlines()[:3]
        assert header.startswith("timestamp,server_id"), name
        assert first.startswith("2024-01-01 00:00:00,server_"), name
        assert following.startswith(f"{second},server_"), name
    lines = gzip.decompress((tmp_path / "a.ndjson.gz").read_bytes()).splitlines()
    assert json.loads(lines[1])["timestamp"] == second
    assert json.loads((tmp_path / "q.json").read_text())[1]["timestamp"] == second


def test_parts_of_a_second_and_odd_names(capsys: pytest.CaptureFixture[str]) -> None:
    query = """select timestamp '2024-01-01 00:00:01.5' as "a,b", time '12:00' as "c""d" """
    assert main(["query", query, "--format=csv"]) == 0
    lines = ['"a,b","c""d"', "2024-01-01 00:00:01.500,12:00:00"]
    assert capsys.readouterr().out.splitlines() == lines
