"""A bucket whose samples are in order is not sorted: nothing in what is loaded depends on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

import capgen
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.telemetry_manifest import AccountLine, TelemetryManifest
from capgen.telemetry import grid, order
from tests.conftest import deep
from tests.test_load import write_mapping

MINUTE = 60_000_000
METRICS = ("cpu", "mem", "net")
MANY = """
copy (
    select
        timestamp '2024-01-01' + to_minutes(minute) as time,
        'srv' || server as server,
        {columns}
    from range(10000) as minutes (minute), range(20) as servers (server) {names}
    order by minute, server
) to '{file}' (header)
"""
SHAPES = {
    "long": ("name, minute % 97 as value", ", (values ('cpu'), ('mem')) as names (name)"),
    "wide": ("minute % 97 as cpu, minute % 89 as mem", ""),
}


@pytest.mark.parametrize("shape", ["long", pytest.param("wide", marks=deep)])
def test_rows_of_a_large_file_stay_in_their_order_on_any_number_of_threads(
    shape: str, tmp_path: Path
) -> None:
    columns, names = SHAPES[shape]
    file = tmp_path / "many.csv"
    with duckdb.connect() as connection:
        connection.execute(MANY.format(columns=columns, names=names, file=file))
    mapping = write_mapping(tmp_path, shape=shape)
    result = capgen.load(file, None, mapping=mapping, threads=4)
    assert result.samples == 400_000
    assert {line.name for line in result.account} == {
        *("delimiter", "server_column", "time_column", "step"),
    }


def exports(seed: int, *, repeats: bool, shuffled: bool) -> pl.DataFrame:
    """Return samples with jitter, gaps and holes of two servers, as a long table."""
    random = np.random.default_rng(seed)
    parts = []
    for server in ("b", "a"):
        for metric in METRICS:
            steps = np.flatnonzero(random.random(120) < random.choice([0.3, 0.9, 1.0]))
            if repeats:
                steps = np.sort(np.append(steps, random.choice(steps, 3)))
            jitter = random.integers(-6_000_000, 6_000_000, len(steps)) * (random.random() < 0.5)
            late = 30_000_000 * (random.random(len(steps)) < 0.1)
            values = np.round(random.random(len(steps)) * 104, 2)
            texts = [f"{value}" if random.random() < 0.95 else "" for value in values]
            times = (steps + 10) * MINUTE + (jitter + late) * (not repeats)
            parts.append(
                pl.DataFrame({"time": times, "metric": metric, "value": texts, "server": server})
            )
    rows = pl.concat(parts).sort("time", maintain_order=True)
    rows = rows.with_columns(time=pl.lit(1_704_067_200_000_000) + pl.col("time"))
    return rows.sample(fraction=1, shuffle=True, seed=seed) if shuffled else rows


def loaded(file: Path, out: Path, **options: Any) -> tuple[str, tuple[AccountLine, ...]]:
    result = capgen.load(file, out, **options)
    manifest = read_any_manifest(out)
    assert isinstance(manifest, TelemetryManifest)
    return manifest.content_digest, result.account


@pytest.mark.parametrize(
    ("seed", "repeats", "shuffled", "to"),
    [
        pytest.param(1, False, False, None, marks=deep),
        (2, False, False, "10min"),
        (3, True, False, "10min"),
        (4, False, True, None),
    ],
)
def test_samples_in_order_become_the_same_sorted_or_not(
    seed: int,
    repeats: bool,
    shuffled: bool,
    to: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "long.csv"
    exports(seed, repeats=repeats, shuffled=shuffled).write_csv(file)
    places = {
        "cpu": {"name": "cpu", "unit": "percent"},
        "mem": {"name": "mem", "unit": "fraction", "to": "percent"},
        "net": {"name": "net", "kind": "counter", "unit": "byte/s", "to": "kbyte/s"},
    }
    mapping = write_mapping(
        tmp_path, shape="long", long={"name": "metric"}, step="1min", metrics=places
    )
    as_it_is = loaded(file, tmp_path / "as_it_is", mapping=mapping, to=to)
    unsorted_or_twice = {"unsorted", "duplicates"} & {line.name for line in as_it_is[1]}
    assert bool(unsorted_or_twice) == (repeats or shuffled)
    monkeypatch.setattr(order, "_MOST_ROWS", 1)
    monkeypatch.setattr(grid, "_MOST_SAMPLES", 1)
    assert loaded(file, tmp_path / "sorted", mapping=mapping, to=to) == as_it_is


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ("(1, 1, null, 0, 0), (2, 1, null, 0, 1), (1, 1, null, 5, 2)", True),
        ("(1, 1, 1, 0, 0), (1, 1, 2, 0, 1), (1, 2, 1, 0, 2)", True),
        ("(1, 1, null, 5, 0), (2, 1, null, 0, 1), (1, 1, null, 0, 2)", False),
        ("(1, 1, null, 5, 0), (2, 1, null, 0, 1), (1, 1, null, 5, 2)", False),
        ("(1, 1, null, 5, 2), (2, 1, null, 0, 1), (1, 1, null, 6, 0)", False),
    ],
)
def test_a_series_is_in_order_where_places_grow_with_the_rows(places: str, expected: bool) -> None:
    with duckdb.connect() as connection:
        columns = "server, metric, device, place, ordinal"
        rows = connection.sql(f"from (values {places}) as rows ({columns})")
        assert order.in_order(rows) is expected


def test_a_sample_far_from_all_others_makes_no_grid_in_memory() -> None:
    with duckdb.connect() as connection:
        near = (
            "from (values (0, 0, 0, 1e0), (0, 0, 10, 2e0)) as rows (server, metric, place, value)"
        )
        far = (
            "from (values (0, 0, 0, 1e0), (0, 0, 900, 2e0)) as rows (server, metric, place, value)"
        )
        found = grid.gridded(connection.sql(near), {"cpu": 0}, 5)
        assert found is not None
        assert found.rows() == [(0, 0, 1.0), (0, 5, None), (0, 10, 2.0)]
        assert grid.gridded(connection.sql(far), {"cpu": 0}, 5) is None
