"""Rows handed over to other programs: the same values, on the full grid, whole or not at all."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import polars as pl
import pytest

import capgen
from capgen.cli.app import main
from capgen.dataset.export import rows as export_rows
from capgen.dataset.export import selection
from capgen.dataset.export.selection import Window
from capgen.errors import RequestError
from capgen.handover.destinations import destinations
from tests.conftest import BuildOnce
from tests.telemetry_datasets import write_telemetry

HOURS = 4 * 24
START = datetime(2024, 2, 27)
# Server a has all steps but some of a night, b begins late, c ends early, d has no values.
STEPS = {
    "a": [hour for hour in range(HOURS) if hour not in {5, 6, 30}],
    "b": list(range(50, HOURS)),
    "c": list(range(25)),
    "d": [3, 4],
}
LIVES = {"a": range(HOURS), "b": range(60, HOURS), "c": range(20)}  # from value to value


def value(server: str, hour: int) -> float | None:
    is_there = hour in STEPS[server] and hour in LIVES.get(server, ()) and hour % 10 != 7
    return float(hour) if is_there else None


@pytest.fixture(scope="module")
def telemetry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Telemetry with absent rows, null cells, and servers that begin late or end early."""
    rows = [
        (START + timedelta(hours=hour), server, value(server, hour))
        for server, hours in STEPS.items()
        for hour in hours
    ]
    frame = pl.DataFrame(
        rows,
        {"timestamp": pl.Datetime("us"), "server_id": pl.String, "cpu_p95": pl.Float64},
        orient="row",
    ).with_columns(server_type=pl.lit("web"))
    return write_telemetry(tmp_path_factory.mktemp("telemetry") / "telemetry", frame)


@pytest.fixture(scope="module")
def built(build_once: BuildOnce) -> Path:
    return build_once(
        num_servers=3, granularity="hourly", start_date="2024-02-27", end_date="2024-03-02"
    )


@pytest.fixture
def few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", 31)


@pytest.mark.usefixtures("few_rows_at_once")
def test_each_server_has_its_full_grid(telemetry: Path, tmp_path: Path) -> None:
    capgen.hand_over(telemetry, "nixtla", tmp_path / "out")
    expected = [
        (server, START + timedelta(hours=hour), value(server, hour))
        for server, hours in LIVES.items()
        for hour in hours
    ]
    rows = pl.read_parquet(tmp_path / "out/cpu_p95.parquet")
    assert rows.columns == ["unique_id", "ds", "y"]
    assert rows.rows() == expected
    calendar = pl.read_parquet(tmp_path / "out/calendar.parquet")
    assert calendar.select("unique_id", "ds").rows() == [row[:2] for row in expected]
    moment = pl.col("ds").dt
    days = {
        "hour": moment.hour(),
        "month": moment.month(),
        "quarter": moment.quarter(),
        "dayofweek": moment.weekday() - 1,
        "is_weekend": moment.weekday() > 5,
        "is_eoq": pl.lit(0),
        "is_holiday": pl.lit(0),
    }
    assert calendar.columns == ["unique_id", "ds", *days]
    assert calendar.drop("unique_id", "ds").equals(
        calendar.select(part.cast(pl.Int8).alias(name) for name, part in days.items())
    )


def test_nixtlas_own_library_takes_what_its_page_loads(telemetry: Path, tmp_path: Path) -> None:
    validation = pytest.importorskip("utilsforecast.validation")
    preprocessing = pytest.importorskip("utilsforecast.preprocessing")
    capgen.hand_over(telemetry, "nixtla", tmp_path / "out")
    (nixtla,) = (each for each in destinations() if each.name == "nixtla")
    names: dict[str, Any] = {"pandas": pytest.importorskip("pandas")}
    exec(nixtla.loading.replace("DATA", str(tmp_path / "out")), names)  # noqa: S102 - ours
    frame = names["frame"]
    validation.validate_format(frame)
    validation.validate_freq(frame["ds"], "h")
    whole = preprocessing.fill_gaps(frame, "h", start="per_serie", end="per_serie")
    assert len(whole) == len(frame)  # each server has its full grid
    values = [value(server, hour) for server, hours in LIVES.items() for hour in hours]
    assert [None if found != found else found for found in frame["y"]] == values


def test_all_series_are_cut_at_one_moment_and_those_without_rows_are_named(
    telemetry: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = capgen.hand_over(telemetry, "nixtla", out, until="2024-02-28", format="csv")
    train, test = (
        pl.read_csv(out / part / "cpu_p95.csv", try_parse_dates=True) for part in ("train", "test")
    )
    cut = datetime(2024, 2, 29)
    assert train["ds"].max() == cut - timedelta(hours=1)
    assert test["ds"].min() == cut
    assert set(train["unique_id"]) == {"a", "c"}
    assert set(test["unique_id"]) == {"a", "b"}
    assert result.notes == ("no values in train: b, d", "no values in test: c, d")
    known = pl.read_csv(out / "test/calendar.csv", try_parse_dates=True)
    assert known.select("unique_id", "ds").equals(test.select("unique_id", "ds"))
    with pytest.raises(RequestError, match="within 2024-02-27"):
        capgen.hand_over(telemetry, "nixtla", tmp_path / "no", until="2024-03-01")


def test_stacked_series_have_names_of_their_own(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    capgen.hand_over(built, "nixtla", out, stacked=True, metrics=["cpu", "mem_p95"], rows=200)
    series = pl.read_parquet(out / "series.parquet")
    names = ["server_000/cpu_p95", "server_001/cpu_p95", "server_000/mem_p95", "server_001/mem_p95"]
    assert series["unique_id"].unique(maintain_order=True).to_list() == names
    assert series.height == 2 * 200
    panel = capgen.scan(built).sort("server_id", "timestamp").head(200).collect()
    assert series.filter(pl.col("unique_id").str.ends_with("mem_p95"))["y"].equals(panel["mem_p95"])
    static = pl.read_parquet(out / "static.parquet")
    assert static["unique_id"].to_list() == names
    assert static["region"][3] == panel["region"][-1]
    calendar = pl.read_parquet(out / "calendar.parquet")
    assert calendar.select("unique_id", "ds").equals(series.select("unique_id", "ds"))


def test_columns_choose_metrics_labels_and_calendar(built: Path, tmp_path: Path) -> None:
    wanted = ["timestamp", "server_id", "cpu_p95", "region", "is_holiday"]
    capgen.hand_over(built, "nixtla", tmp_path / "out", columns=wanted)
    index = json.loads((tmp_path / "out/handover.json").read_text())
    assert index["for"] == "nixtla"
    assert list(index["files"]) == ["cpu_p95.parquet", "calendar.parquet", "static.parquet"]
    columns = [pl.read_parquet(tmp_path / "out" / name).columns for name in index["files"]]
    assert columns == [
        ["unique_id", "ds", "y"],
        ["unique_id", "ds", "hour", "is_holiday"],
        ["unique_id", "region"],
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--for=nixtl"], ["--for", "did you mean 'nixtla'"]),
        (["--for=nixtla", "--metrics=cpp"], ["--metrics", "did you mean 'cpu'"]),
        (["--for=nixtla", "--columns=region"], ["at least one metric"]),
        (["--for=nixtla", "--until=2030-01-01"], ["--until", "2024-02-27"]),
        (["--for=nixtla", "--until=soon"], ["--until", "'soon'"]),
        (["--for=nixtla", "--until=2024-03-01", "--since-now"], ["--until and --since-now"]),
        (["--for=nixtla", "--anomalies=event"], ["--anomalies", "did you mean 'events'"]),
        (["--for=nixtla", "--anomalies=events"], ["--anomalies", "nixtla"]),
        (["--for=nixtla", "--format=arrow"], ["--format", "parquet or csv"]),
        (["--for=nixtla", "--where=cpu > 3"], ["--where", "cpu_p95"]),
        (["--for=nixtla", "-"], ["nixtla", "'-'"]),
        (["--for=nixtla", "a.csv"], ["nixtla", "a.csv"]),
        (["--for=nixtla", "a", "--out=b"], ["FILE and --out"]),
        (["--for=nixtla", "taken"], ["taken", "holds something"]),
        (["a.csv", "--until=2024-03-01"], ["--until", "--for"]),
        (["a.csv", "--rows=0"], ["--rows"]),
    ],
)
def test_wrong_requests_are_one_line(
    arguments: list[str],
    words: list[str],
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/mine").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(built), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(word in error for word in words)
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


def test_a_folder_is_replaced_only_when_asked_and_only_if_nothing_else_is_in_it(
    built: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    capgen.hand_over(built, "nixtla", out, metrics=["cpu"])
    with pytest.raises(RequestError, match="add --overwrite"):
        capgen.hand_over(built, "nixtla", out, metrics=["mem"])
    with pytest.raises(RequestError, match="stop"):
        capgen.hand_over(built, "nixtla", out, where="error('stop')", overwrite=True)
    assert (out / "cpu_p95.parquet").exists()
    capgen.hand_over(built, "nixtla", out, metrics=["mem"], overwrite=True)
    names = {path.name for path in out.iterdir()}
    assert names == {"mem_p95.parquet", "calendar.parquet", "static.parquet", "handover.json"}
    (out / "mine.txt").touch()
    with pytest.raises(RequestError, match="holds something"):
        capgen.hand_over(built, "nixtla", out, overwrite=True)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_what_fails_on_its_way_leaves_nothing(built: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="stop"):
        capgen.hand_over(
            built,
            "nixtla",
            tmp_path / "out",
            where="if(server_id = 'server_002', error('stop'), true)",
        )
    with pytest.raises(RequestError, match="found none"):
        capgen.hand_over(built, "nixtla", tmp_path / "out", where="false")
    assert list(tmp_path.iterdir()) == []


def test_the_last_step_is_the_latest_full_one_on_the_same_weekday() -> None:
    now = datetime(2026, 5, 14, 10, 25)  # a Thursday
    window = Window(datetime(2024, 1, 1), datetime(2025, 6, 30, 23)).moved_to(now, 60)
    assert window.shift % timedelta(weeks=1) == timedelta()
    assert window.last + window.shift == datetime(2026, 5, 14, 9)
    assert window.last < window.stop <= window.last + timedelta(hours=1)
    quarters = Window(datetime(2026, 5, 1), datetime(2026, 5, 14, 10, 15)).moved_to(now, 15)
    assert quarters.shift == timedelta()
    assert quarters.last == datetime(2026, 5, 14, 10)
    with pytest.raises(RequestError, match="rows of a week"):
        Window(datetime(2026, 5, 15), datetime(2026, 5, 18)).moved_to(now, 60)


def test_rows_since_now(telemetry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Self:  # noqa: ARG003
            return cls(2024, 3, 6, 12, 30)

    monkeypatch.setattr(selection, "datetime", Clock)
    capgen.export(telemetry, tmp_path / "a.parquet", since_now=True)
    rows = pl.read_parquet(tmp_path / "a.parquet")
    last = START + timedelta(days=1, hours=11)
    expected = capgen.scan(telemetry).filter(pl.col("timestamp") <= last).collect()
    week = timedelta(weeks=1)
    assert rows["timestamp"].max() == datetime(2024, 3, 6, 11)
    assert rows.equals(
        expected.with_columns(pl.col("timestamp") + week)
        .drop("year", "month", "quarter", "is_eoq", "is_holiday")
        .sort("server_id", "timestamp")
    )
    with pytest.raises(RequestError, match="leave out one or the other"):
        capgen.export(telemetry, tmp_path / "b.csv", since_now=True, columns=["month"])


def test_every_destination_says_what_it_is() -> None:
    for each in destinations():
        assert each.summary
        assert 1 <= len(each.loading.splitlines()) <= 3
        assert "DATA" in each.loading
