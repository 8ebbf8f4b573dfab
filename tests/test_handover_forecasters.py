"""What forecasters are handed: their names of columns, the full grid, limits, files by server."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import capgen
from tests.conftest import BuildOnce
from tests.telemetry_datasets import CPU, write_telemetry

START = datetime(2024, 3, 4)
ODD = "host:9100/a b"


@pytest.fixture(scope="module")
def telemetry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of two servers, one of which lacks a night and has an odd name."""
    steps = [(ODD, hour) for hour in range(48) if hour not in {3, 4}]
    steps += [("b", hour) for hour in range(24, 48)]
    rows = [(START + timedelta(hours=hour), name, hour / 4, 8.0 * hour) for name, hour in steps]
    kinds = {
        "timestamp": pl.Datetime("us"),
        "server_id": pl.String(),
        "cpu_p95": pl.Float64(),
        "net_in": pl.Float64(),
    }
    frame = pl.DataFrame(rows, kinds, orient="row").with_columns(server_type=pl.lit("web"))
    net = CPU.model_copy(
        update={"name": "net_in", "key": "net_in", "unit": "Mbps", "statistic": "raw"}
    )
    return write_telemetry(tmp_path_factory.mktemp("t") / "telemetry", frame, metrics=[CPU, net])


@pytest.mark.parametrize("name", ["gluonts", "autogluon"])
def test_long_tables_have_the_names_that_libraries_look_for(
    name: str, telemetry: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    capgen.hand_over(telemetry, name, out, until="2024-03-04")
    values = pl.read_parquet(out / "train/net_in.parquet")
    assert values.columns == ["item_id", "timestamp", "target"]
    assert values["target"].to_list() == [8.0 * h if h not in {3, 4} else None for h in range(24)]
    static = pl.read_parquet(out / "static.parquet")
    assert static.rows() == [("b", "web"), (ODD, "web")]
    known = pl.read_parquet(out / "test/calendar.parquet")
    assert known.columns[:2] == ["item_id", "timestamp"]
    assert known.height == 48
    assert all(kind.is_integer() for kind in known.dtypes[2:])


def test_a_metric_called_hour_is_no_hour_of_the_day(build_once: BuildOnce, tmp_path: Path) -> None:
    day = {"start_date": "2024-03-04", "end_date": "2024-03-04"}
    data = build_once(
        num_servers=1, granularity="hourly", metrics={"cpu": {"column": "hour"}}, **day
    )
    values = pl.read_parquet(data / "**/*.parquet")["hour"].to_list()
    capgen.hand_over(data, "prophet", tmp_path / "prophet")
    (file,) = (tmp_path / "prophet").glob("**/hour/*.csv")
    rows = pl.read_csv(file)
    assert rows["y"].to_list() == values
    assert "hour" not in rows.columns
    capgen.hand_over(data, "darts", tmp_path / "darts")
    assert pl.read_parquet(tmp_path / "darts/series.parquet")["hour"].to_list() == values


def test_darts_has_a_column_a_metric(telemetry: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    capgen.hand_over(telemetry, "darts", out)
    rows = pl.read_parquet(out / "series.parquet")
    assert rows.columns == ["server_id", "timestamp", "cpu_p95", "net_in"]
    assert rows["server_id"].to_list() == ["b"] * 24 + [ODD] * 48
    night = rows.filter(pl.col("cpu_p95").is_null())
    assert night["timestamp"].dt.hour().to_list() == [3, 4]
    assert pl.read_parquet(out / "calendar.parquet").null_count().sum_horizontal().item() == 0


def test_prophet_has_a_file_a_series_with_the_limits_that_are_known(
    telemetry: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = capgen.hand_over(telemetry, "prophet", out, until="2024-03-04")
    paths = {str(path.relative_to(out)) for path in out.rglob("*.csv")}
    odd = "host%3A9100%2Fa%20b.csv"
    assert paths == {
        "static.csv",
        *(f"train/{metric}/{odd}" for metric in ("cpu_p95", "net_in")),
        *(f"test/{metric}/{name}" for metric in ("cpu_p95", "net_in") for name in (odd, "b.csv")),
    }
    assert result.files == len(paths)
    assert result.notes == ("no values in train: b",)
    cpu = pl.read_csv(out / f"train/cpu_p95/{odd}", try_parse_dates=True)
    assert cpu.columns[:5] == ["ds", "y", "cap", "floor", "hour"]
    assert cpu.select("cap", "floor").unique().rows() == [(100.0, 0.0)]
    assert cpu["y"].null_count() == 2
    assert cpu["ds"].dtype == pl.Datetime("us")
    assert "cap" not in pl.read_csv(out / f"train/net_in/{odd}").columns


def test_limits_of_a_build_are_those_that_values_are_clipped_to(
    build_once: BuildOnce, tmp_path: Path
) -> None:
    built = build_once(num_servers=3, start_date="2024-02-27", end_date="2024-03-08")
    out = tmp_path / "out"
    capgen.hand_over(built, "prophet", out, metrics=["net_out"], rows=11)
    (path,) = out.glob("net_out_p95/*")
    rows = pl.read_csv(path)
    assert rows.select("cap", "floor").unique().rows() == [(600.0, 0.0)]
    assert "hour" not in rows.columns  # of days
    assert rows["y"].to_list() == (
        capgen.scan(built)
        .sort("server_id", "timestamp")
        .head(11)
        .collect()["net_out_p95"]
        .to_list()
    )
