"""The realistic preset: how near it comes to measured servers, its archetypes, the promise."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from capgen import Config, load_config, scan
from tests.bench.realism import Row, compare, table, targets
from tests.bench.realism_facts import facts_of, measure
from tests.conftest import deep, make_config

DEFAULTS = Path(__file__).resolve().parents[1] / "config" / "default.yaml"
GOLDEN: list[tuple[str, float, float, float, float, float]] = [
    ("server_000", 7.68, 49.06, 0.71, 7.15, 1000.0),
    ("server_042", 27.3, 59.73, 17.93, 23.91, 0.07),
    ("server_119", 2.6, 49.12, 0.13, 16.32, 0.09),
]
METRICS = ["cpu_p95", "mem_p95", "disk_p95", "net_in_p95", "net_out_p95"]
# Of some servers over four weeks; `python -m tests.bench.realism` looks at 500 over a quarter.
LEAST_INSIDE = 0.9
LEAST_LIKE_BITBRAINS = 0.8
DAYS = 28


def realistic(**overrides: object) -> Config:
    return load_config(preset="realistic", overrides=overrides, environment={})


@pytest.fixture(scope="module")
def month() -> Config:
    return realistic(num_servers=120, start_date="2024-06-03", end_date="2024-06-30")


@pytest.fixture(scope="module")
def panel(month: Config) -> pl.DataFrame:
    return scan(month).sort("server_id", "timestamp").collect()


@pytest.fixture(scope="module")
def rows(month: Config, panel: pl.DataFrame) -> list[Row]:
    return compare(facts_of(month, panel))


def test_it_behaves_like_measured_servers(rows: list[Row]) -> None:
    assert len(rows) == len(targets())
    assert sum(row.is_inside for row in rows) >= LEAST_INSIDE * len(rows), "\n".join(table(rows))
    assert sum(row.is_like_first for row in rows) >= LEAST_LIKE_BITBRAINS * len(rows), "\n".join(
        table(rows)
    )


def test_the_documented_model_behaves_less_so(rows: list[Row]) -> None:
    window = {
        "num_servers": 60,
        "granularity": "hourly",
        "start_date": "2024-06-03",
        "end_date": "2024-06-30",
    }
    plain = compare(measure(make_config(**window)))
    assert sum(row.is_inside for row in plain) < sum(row.is_inside for row in rows) - len(rows) / 4


def test_it_is_hourly_and_nothing_is_cut_off_much(panel: pl.DataFrame) -> None:
    assert panel.height == 120 * DAYS * 24
    assert (
        panel.select(pl.col("cpu_p95", "mem_p95", "disk_p95") == 100).mean().max_horizontal().item()
        < 0.05
    )
    assert (
        panel.select(pl.col("net_in_p95", "net_out_p95") == 1000).mean().max_horizontal().item()
        < 0.05
    )


def test_archetypes_keep_their_character(panel: pl.DataFrame) -> None:
    hour = pl.col("timestamp").dt.hour()
    of_type = {
        str(name): frame.select(
            by_day=pl.col("net_in_p95")
            .filter(hour.is_between(8, 13))
            .log1p()
            .mean(),  # in Berlin, 10 to 16 o'clock
            by_night=pl.col("net_in_p95").filter(hour.is_in([22, 23, 0, 1, 2])).log1p().mean(),
            memory=pl.col("mem_p95").mean(),
        ).row(0, named=True)
        for (name,), frame in panel.filter(pl.col("region") == "EU").group_by("server_type")
    }
    assert max(of_type, key=lambda name: of_type[name]["memory"]) == "database"
    assert of_type["web"]["by_day"] > 1.1 * of_type["web"]["by_night"]
    assert of_type["batch"]["by_night"] > 1.1 * of_type["batch"]["by_day"]


def test_a_backup_starts_and_ends_on_its_hour(panel: pl.DataFrame) -> None:
    databases = panel.filter(
        (pl.col("server_type") == "database") & (pl.col("region") == "Asia")
    )  # no summer time
    by_hour = databases.group_by(pl.col("timestamp").dt.hour().alias("hour")).agg(
        pl.col("net_out_p95").mean()
    )
    of_hour = dict(by_hour.iter_rows())
    backup = 17  # UTC: 1 o'clock in Singapore
    assert of_hour[backup] > 1.5 * max(mean for hour, mean in of_hour.items() if hour != backup)


@pytest.mark.parametrize(
    ("granularity", "start", "end"),
    [
        ("hourly", "2023-12-30", "2024-01-03"),
        pytest.param("5min", "2024-03-30", "2024-04-01", marks=deep),
        pytest.param("daily", "2023-12-15", "2024-01-15", marks=deep),
    ],
)
def test_a_part_of_it_has_the_bits_of_the_whole(granularity: str, start: str, end: str) -> None:
    growth = {"origin": "2023-01-01"}
    every = {"granularity": granularity, "growth": growth}
    whole = scan(realistic(**every, num_servers=5, start_date=start, end_date=end)).collect()
    first, last = (
        datetime.fromisoformat(day) + timedelta(days=1) * sign
        for day, sign in ((start, 1), (end, -1))
    )
    inner = realistic(
        **every, num_servers=5, start_date=str(first.date()), end_date=str(last.date())
    )
    part = (
        scan(inner)
        .select("server_id", "timestamp", *METRICS[2:])
        .sort("server_id", "timestamp")
        .collect()
    )
    inside = whole.filter(
        pl.col("timestamp").is_between(first, last + timedelta(days=1), closed="left")
    )
    assert_frame_equal(
        part, inside.select(part.columns).sort("server_id", "timestamp"), check_exact=True
    )


def test_cells_have_their_golden_values() -> None:
    config = realistic(num_servers=120, start_date="2024-01-01", end_date="2024-12-31")
    wanted = pl.col("server_id").is_in([row[0] for row in GOLDEN]) & (
        pl.col("timestamp") == datetime(2024, 6, 12, 9)
    )
    some = scan(config).filter(wanted).select("server_id", *METRICS).sort("server_id").collect()
    assert some.rows() == GOLDEN
