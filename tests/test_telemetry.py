"""The telemetry preset: the documented dataset as monitoring delivers it, and the events' truth."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from capgen import Config, build, load_config, repair, scan
from capgen.cli.app import main
from capgen.storage.layout import EVENTS
from tests.conftest import make_config
from tests.everything import EVERYTHING

METRICS = ["cpu_p95", "mem_p95", "disk_p95", "net_in_p95", "net_out_p95"]
GOLDEN: list[tuple[str, float | None, float | None, float | None, float | None, float | None]] = [
    ("SRV-0001", 35.77, 42.54, 17.54, 67.23, 40.34),
    ("SRV-0002", 100.0, 61.27, 20.71, 226.74, 136.05),
    ("SRV-0003", 65.88, 56.11, 20.04, 203.22, 121.93),
]
FIRST = ["server_id", "timestamp", "business_unit", "region", "criticality", *METRICS]


@pytest.fixture(scope="module")
def telemetry() -> pl.DataFrame:
    return scan(load_config(preset="telemetry", environment={})).collect()


def test_it_is_the_documented_dataset(telemetry: pl.DataFrame) -> None:
    assert telemetry.height == 175_320
    assert telemetry.columns[: len(FIRST)] == FIRST
    ids = telemetry["server_id"].unique().sort()
    assert (ids[0], ids[-1], ids.len()) == ("SRV-0001", "SRV-0120", 120)
    nulls = telemetry.null_count().row(0, named=True)
    for column, missing in nulls.items():
        expected = (0.008, 0.012) if column in METRICS else (0, 0)
        assert expected[0] <= missing / telemetry.height <= expected[1], column


def test_it_is_reproducible(telemetry: pl.DataFrame) -> None:
    config = load_config(preset="telemetry", environment={})
    assert config.seed == 42
    assert_frame_equal(scan(config).collect(), telemetry, check_exact=True)
    some = telemetry.filter(pl.col("timestamp") == datetime(2024, 3, 29)).sort("server_id").head(3)
    assert some.select("server_id", *METRICS).rows() == GOLDEN


HOURLY = {
    **EVERYTHING,
    "granularity": "hourly",
    "num_servers": 24,
    "start_date": "2023-12-20",
    "end_date": "2024-02-10",
}


@pytest.fixture(scope="module")
def config() -> Config:
    return make_config(**HOURLY)


@pytest.fixture(scope="module")
def folder(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("truth") / "data"
    build(config, out)
    return out


def test_every_flagged_cell_is_in_the_ledger_and_most_cells_of_the_ledger_are_flagged(
    config: Config, folder: Path
) -> None:
    flagged: dict[str, set[tuple[str, datetime]]] = defaultdict(set)
    cells = (
        scan(config)
        .filter(pl.col("event_id").is_not_null())
        .select("event_id", "server_id", "timestamp")
        .collect()
    )
    for ids, server, timestamp in cells.iter_rows():
        for event_id in ids.split("+"):
            flagged[event_id].add((server, timestamp))
    lines = [json.loads(line) for line in (folder / EVENTS).read_text().splitlines()]
    events = [line for line in lines if line["magnitude"] is not None]
    assert len(events) == len({event["id"] for event in events})
    assert set(flagged) <= {event["id"] for event in events}
    first = datetime(2023, 12, 20)
    stop = datetime(2024, 2, 11)
    listed = 0
    for event in events:
        start, end = (datetime.fromisoformat(event[key]) for key in ("start", "end"))
        step = max(first, start.replace(minute=0))
        expected = set()
        while step < min(end, stop):
            expected |= {(server, step) for server in event["servers"]}
            step += timedelta(hours=1)
        assert flagged[event["id"]] <= expected, event["id"]
        listed += len(expected)
    assert sum(map(len, flagged.values())) > 0.5 * listed
    assert any("+" in ids for ids in cells["event_id"])


def test_the_ledger_tells_who_what_and_why(folder: Path) -> None:
    events = {
        line["id"]: line for line in map(json.loads, (folder / EVENTS).read_text().splitlines())
    }
    launch = events["launch"]
    assert (launch["type"], launch["scope"], launch["subject"]) == ("surge", "region", "EU")
    assert (launch["start"], launch["end"]) == ("2023-12-30T00:00:00", "2024-01-03T12:00:00")
    assert (launch["magnitude"], launch["metrics"], launch["cause"]) == (
        1.4,
        ["cpu_p95"],
        "product launch",
    )
    rush = next(event for name, event in events.items() if name.startswith("rush:"))
    assert rush["metrics"] == ["cpu_p95", "net_in_p95", "net_out_p95"]
    assert rush["scope"] == "app"


def test_a_damaged_ledger_is_found_and_repaired(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / EVENTS).read_bytes()
    (folder / EVENTS).write_bytes(before[:-10])
    assert main(["verify", str(folder)]) == 1
    assert EVENTS in capsys.readouterr().out
    assert repair(folder) == [EVENTS]
    assert (folder / EVENTS).read_bytes() == before
    assert main(["verify", str(folder)]) == 0


def test_without_the_truth_nothing_tells_of_events(tmp_path: Path) -> None:
    build(
        make_config(**{**HOURLY, "truth": False, "num_servers": 24, "end_date": "2023-12-31"}),
        tmp_path / "data",
    )
    assert not (tmp_path / "data" / EVENTS).exists()
    names = pl.scan_parquet(tmp_path / "data/**/*.parquet").collect_schema().names()
    assert not [
        name
        for name in names
        if name.endswith("_expected") or name in {"is_spike", "is_outlier", "event_id"}
    ]


def test_build_writes_the_clean_twin_beside_it(tmp_path: Path) -> None:
    request = ["build", "--preset", "telemetry", "--truth", "--servers", "9", "--years", "1"]
    assert (
        main([*request, "--out", str(tmp_path / "data"), "--clean-twin", str(tmp_path / "twin")])
        == 0
    )
    real, clean = (
        pl.read_parquet(tmp_path / name / "**/*.parquet").sort("server_id", "timestamp")
        for name in ("data", "twin")
    )
    assert clean.null_count().select(METRICS).sum_horizontal().item() == 0
    differs = pl.any_horizontal(
        pl.col(column).ne_missing(pl.col(f"{column}_clean")) for column in METRICS
    )
    joined = real.join(clean, on=["server_id", "timestamp"], suffix="_clean")
    marked = (pl.col("is_outlier") == 1) | pl.any_horizontal(pl.col(METRICS).is_null())
    assert joined.filter(differs & ~marked).is_empty()
    assert joined.filter(differs).height > 100


@pytest.mark.parametrize("twin", ["data", "data/inside", "."])
def test_a_twin_in_the_same_place_is_refused(
    twin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["build", "--out", str(tmp_path / "data"), "--clean-twin", str(tmp_path / twin)]) == 2
    )
    assert "--clean-twin: expected a folder apart from" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
