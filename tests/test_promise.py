"""The promise: a cell follows from seed, model, granularity, server, timestamp and metric alone."""

from __future__ import annotations

import functools
import hashlib
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from capgen import Config, build, load_config, scan
from capgen.dataset.arrow_tables import ArrowTables
from capgen.dataset.writing import file_schema
from capgen.draws import by_block
from capgen.draws.arrays import Floats
from capgen.panel.chunks import cut, partitions
from capgen.panel.clocks import COMMON_CLOCK
from capgen.panel.fleet import archetype_counts
from capgen.panel.frame import panel_of
from capgen.timeline.time_axis import Span, TimeAxis
from tests.conftest import Run, deep, examples
from tests.everything import WITH_DYNAMICS
from tests.panels import merged, sorted_scan

# Each window crosses the edge of a block: a year, a month, a day. Those with every layer on hold a
# New Year or a change of clocks too.
WINDOWS = {
    "daily": (date(2022, 10, 1), date(2024, 3, 31)),
    "hourly": (date(2023, 12, 20), date(2024, 1, 12)),
    "15min": (date(2024, 2, 25), date(2024, 3, 3)),
    "1min": (date(2024, 2, 29), date(2024, 3, 1)),
    "daily with layers": (date(2023, 12, 1), date(2024, 2, 29)),
    "hourly with layers": (date(2024, 3, 5), date(2024, 4, 2)),
    "5min with layers": (date(2023, 12, 31), date(2024, 1, 2)),
    "1min with layers": (date(2024, 3, 30), date(2024, 3, 31)),
}
SERVERS = 11
# A ramp over all of the windows: each step of a day is another share of the change.
CHANGES = {
    "campaign": {
        "where": {"region": ["EU", "Asia"]},
        "start": "2022-11-01",
        "ramp_days": 900,
        "factor": {"cpu": 1.5, "net_in": 0.7},
    }
}
EVERY_LAYER = merged(WITH_DYNAMICS, {"layers": {"changes": CHANGES}})
granularities = st.sampled_from(sorted(WINDOWS))


def config_for(granularity: str, **overrides: Any) -> Config:
    """Return a configuration whose growth does not depend on the window."""
    first, last = WINDOWS[granularity]
    values = {
        **(EVERY_LAYER if "layers" in granularity else {}),
        "granularity": granularity.split()[0],
        "num_servers": SERVERS,
        "start_date": str(first),
        "end_date": str(last),
        "growth": {"trend": "monthly", "origin": "2022-01-01"},
    }
    return load_config(overrides=merged(values, overrides), environment={})


@functools.cache
def in_order(granularity: str) -> pl.DataFrame:
    """Return the whole panel in its own order."""
    return scan(config_for(granularity)).collect()


@functools.cache
def whole(granularity: str) -> pl.DataFrame:
    return in_order(granularity).sort("server_id", "timestamp")


def digests(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.parquet"))
    assert files
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


@given(granularity=granularities, data=st.data())
def test_any_window_inside_a_larger_one(granularity: str, data: st.DataObject) -> None:
    first, last = WINDOWS[granularity]
    start = data.draw(st.dates(first, last), label="start")
    end = data.draw(st.dates(start, last), label="end")
    part = sorted_scan(config_for(granularity, start_date=str(start), end_date=str(end)))
    inside = pl.col("timestamp").is_between(start, end + timedelta(days=1), closed="left")
    assert part.height > 0
    assert_frame_equal(part, whole(granularity).filter(inside), check_exact=True)


@given(
    granularity=granularities,
    servers=st.integers(2, 12),
    archetype=st.sampled_from(["web", "batch"]),
)
def test_any_number_of_other_servers(granularity: str, servers: int, archetype: str) -> None:
    all_of_one = {
        name: {"share": float(name == archetype)}
        for name in ("web", "application", "database", "batch")
    }
    alone = sorted_scan(config_for(granularity, num_servers=1, archetypes=all_of_one))
    among_others = sorted_scan(config_for(granularity, num_servers=servers, archetypes=all_of_one))
    assert alone["server_id"].unique().to_list() == ["server_000"]
    assert_frame_equal(
        alone, among_others.filter(pl.col("server_id") == "server_000"), check_exact=True
    )


def test_more_servers_than_the_id_has_digits_for() -> None:
    window = {"start_date": "2024-01-01", "end_date": "2024-01-01"}
    few, many = (
        sorted_scan(config_for("daily", num_servers=count, **window)) for count in (950, 1050)
    )
    keys = ["server_id", "server_type"]
    shared = many.join(few, on=keys, how="semi")
    assert "server_1049" in many["server_id"]
    assert shared.height > 500
    assert_frame_equal(shared, few.join(many, on=keys, how="semi"), check_exact=True)


@given(granularity=granularities, rows=st.integers(1, 20_000), position=st.integers(0, 3))
def test_any_chunk_size_gives_the_same_cells(granularity: str, rows: int, position: int) -> None:
    panel = panel_of(config_for(granularity))
    partition = list(partitions(panel.axis, archetype_counts(panel.config)))[position]
    of_any_size = list(cut(panel.axis, partition.whole, max(rows, partition.rows // 15)))
    together = pl.concat([panel.cells(chunk, panel.servers(chunk)) for chunk in of_any_size])
    assert_frame_equal(
        together, panel.cells(partition.whole, panel.servers(partition.whole)), check_exact=True
    )


@pytest.mark.parametrize("granularity", ["daily with layers", "1min with layers"])
def test_steps_that_are_worked_out_at_once_are_as_by_themselves(
    granularity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_for(granularity)
    day = config.axis.steps_per_day
    every = config.axis.span
    spans = [Span(step, step + day) for step in range(every.first, every.stop, 20 * day)]
    panel = panel_of(config)
    together = [panel.dates("web", COMMON_CLOCK, span) for span in spans]
    monkeypatch.setattr("capgen.panel.frame._STEPS_AT_ONCE", 0)
    for span, expected in zip(spans, together, strict=True):
        assert_frame_equal(panel.dates("web", COMMON_CLOCK, span), expected, check_exact=True)


@given(granularity=granularities, rows=st.integers(1, 5000), position=st.integers(0, 3))
def test_the_writer_repeats_the_rows_of_the_cross_join(
    granularity: str, rows: int, position: int
) -> None:
    panel = panel_of(config_for(granularity))
    schema = file_schema(panel, pl.Int32())
    tables = ArrowTables()
    every = list(partitions(panel.axis, archetype_counts(panel.config)))
    for partition in every[position : position + 2]:  # the same dates, or the next year's
        for chunk in cut(panel.axis, partition.whole, max(rows, partition.rows // 10)):
            crossed = panel.crossed(chunk, panel.servers(chunk))
            wanted = crossed.frame().select(schema.names)
            repeated = pl.DataFrame(tables.table(crossed, schema)).with_columns(
                cs.categorical().cast(pl.String)
            )
            assert_frame_equal(repeated, wanted, check_exact=True)


@given(granularity=granularities, data=st.data())
def test_any_columns_and_any_head(granularity: str, data: st.DataObject) -> None:
    config = config_for(granularity)
    names = data.draw(
        st.lists(st.sampled_from(whole(granularity).columns), min_size=1, unique=True),
        label="columns",
    )
    rows = data.draw(st.integers(0, 3000), label="rows")
    assert_frame_equal(
        scan(config).select(names).head(rows).collect(),
        in_order(granularity).select(names).head(rows),
    )


CONDITIONS = {
    "one archetype": pl.col("server_type") == "web",
    "two servers": pl.col("server_id").is_in(["server_002", "server_007"]),
    "a region": pl.col("region") != "EU",
    "no server": pl.col("server_id") == "nobody",
    "weekends": pl.col("is_weekend") == 1,
    "a month": pl.col("month") == 1,
    "a weekday": pl.col("dayofweek") == 2,
    "a quarter's end": pl.col("is_eoq") == 1,
    "a year": pl.col("year") == 2024,
    "no year": pl.col("year") == 1999,
    "a time range": pl.col("timestamp").is_between(
        datetime(2023, 12, 27, 7), datetime(2024, 3, 1, 12)
    ),
    "busy": pl.col("cpu_p95") > 70,
    "either": (pl.col("server_type") == "batch") | (pl.col("net_out_p95") < 40),
    "across": (pl.col("server_type") == "batch") | (pl.col("month") == 2),
    "always": pl.lit(True),
    "never": pl.lit(False),
}


@functools.cache
def written(granularity: str) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        build(config_for(granularity), f"{folder}/data")
        files = pl.scan_parquet(f"{folder}/data/**/*.parquet", hive_partitioning=True)
        archetypes = pl.col("server_type").cast(
            pl.Enum(["web", "application", "database", "batch"])
        )
        return (
            files.sort("year", archetypes, "server_id", "timestamp")
            .select(whole(granularity).columns)
            .collect()
        )


@examples(0.6)
@given(granularity=granularities, data=st.data())
def test_any_filter_columns_and_slice_over_scan_equal_the_same_over_the_files(
    granularity: str, data: st.DataObject
) -> None:
    names = data.draw(
        st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=3, unique=True), label="conditions"
    )
    columns = data.draw(
        st.lists(st.sampled_from(written(granularity).columns), min_size=1, unique=True)
    )
    offset = data.draw(st.integers(0, 3000))
    length = data.draw(st.none() | st.integers(0, 3000))

    def ask(frame: pl.LazyFrame) -> pl.DataFrame:
        for name in names:
            frame = frame.filter(CONDITIONS[name])
        return frame.select(columns).slice(offset, length).collect()

    asked = ask(scan(config_for(granularity)))
    expected = ask(written(granularity).lazy())
    assert_frame_equal(asked, expected, check_exact=True)


def test_what_is_not_asked_for_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    # A seed of its own: Polars may still draw ahead for a slice of another test.
    config = config_for("daily", seed=7)
    drawn: list[tuple[int, int]] = []
    draw = by_block.draw_normals

    def counting(
        seed: int, server_ids: Sequence[str], axis: TimeAxis, span: Span, out: Floats, *how: Any
    ) -> None:
        if seed == config.seed:
            drawn.append((len(out), len(server_ids) * span.size))
        draw(seed, server_ids, axis, span, out, *how)

    def cost(frame: pl.LazyFrame) -> tuple[int, int]:
        drawn.clear()
        frame.collect()
        return max((metrics for metrics, _ in drawn), default=0), sum(cells for _, cells in drawn)

    monkeypatch.setattr(by_block, "draw_normals", counting)
    panel = scan(config)
    metrics, cells = cost(panel)
    assert (metrics, cells) == (4, whole("daily").height)
    assert cost(panel.select("mem_p95", "region")) == (2, cells)
    assert cost(panel.select("timestamp", "is_eoq", "app_name")) == (0, 0)
    assert cost(panel.select(pl.len())) == (0, 0)
    assert cost(panel.filter(pl.col("server_type") == "batch")) == (4, cells // SERVERS)
    assert cost(panel.filter(pl.col("year") == 2023)) == (4, 365 * SERVERS)
    assert cost(panel.filter(pl.col("server_id") == "nobody")) == (0, 0)
    assert cost(panel.head(10))[1] < 366


@pytest.mark.parametrize("granularity", [pytest.param("hourly", marks=deep), "hourly with layers"])
def test_any_number_of_workers_gives_the_same_files(granularity: str, tmp_path: Path) -> None:
    for workers in (1, 5):
        build(config_for(granularity), tmp_path / str(workers), workers=workers)
    assert digests(tmp_path / "5") == digests(tmp_path / "1")


def test_any_process_gives_the_same_files(run: Run, run_process: Run, tmp_path: Path) -> None:
    command = ("build", "--servers", "5", "--years", "1", "--out")
    assert run(*command, "here").returncode == 0
    # A process draws the seed of its hashes, where none is given.
    result = run_process(*command, "there", PYTHONHASHSEED="4711")
    assert result.returncode == 0, result.stderr
    assert digests(tmp_path / "here") == digests(tmp_path / "there")


@pytest.mark.parametrize("granularity", ["hourly", "hourly with layers"])
def test_files_hold_the_same_bits_as_scan(granularity: str) -> None:
    assert_frame_equal(written(granularity), in_order(granularity), check_exact=True)


def test_seeds_differ_and_zero_is_one_of_them() -> None:
    frames = [sorted_scan(config_for("hourly", seed=seed)) for seed in (0, 1, 42)]
    values = [frame["cpu_p95"].to_list() for frame in frames]
    assert values[0] != values[1]
    assert values[0] != values[2]


@pytest.mark.parametrize(
    ("key", "value", "unchanged"),
    [
        ("spike", {"probability": 0.5, "magnitude": 1.8}, ["disk_p95"]),
        ("weekend_factor", 1.0, ["disk_p95"]),
        ("business_hours_factor", 1.0, ["disk_p95"]),
    ],
)
def test_changing_one_part_leaves_the_other_draws(
    key: str, value: Any, unchanged: list[str]
) -> None:
    changed = sorted_scan(config_for("hourly", archetypes={"web": {key: value}}))
    assert_frame_equal(
        changed.select(unchanged), whole("hourly").select(unchanged), check_exact=True
    )
    web = pl.col("server_type") == "web"
    others = pl.col("server_type") != "web"
    assert_frame_equal(changed.filter(others), whole("hourly").filter(others), check_exact=True)
    assert not changed.filter(web)["cpu_p95"].equals(whole("hourly").filter(web)["cpu_p95"])
