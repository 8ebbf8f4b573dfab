"""A panel written as each monitoring system exports it is read back to the last decimal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.conftest import deep
from tests.exports import cloudwatch, grafana, prometheus, sadf
from tests.exports.opened import opened

METRICS = ["cpu_p95", "mem_p95", "net_in_p95"]
STRIPPED = r":\d+$"
Writer = Callable[[pl.DataFrame], Mapping[str, str]]


@pytest.fixture(scope="module")
def panel() -> pl.DataFrame:
    """Three servers for two days, with values of all digits and with gaps."""
    numbers = np.random.default_rng(17)
    hours = pl.datetime_range(
        pl.datetime(2024, 3, 30), pl.datetime(2024, 3, 31, 23), "1h", eager=True
    )
    rows = pl.DataFrame({"timestamp": hours}).join(
        pl.DataFrame({"server_id": ["i-0a1b2c3d4e", "i-1a1b2c3d4e", "i-2a1b2c3d4e"]}), how="cross"
    )
    return rows.with_columns(values_for(metric, rows.height, numbers) for metric in METRICS).sort(
        "server_id", "timestamp"
    )


def values_for(metric: str, count: int, numbers: np.random.Generator) -> pl.Series:
    """Return values of many sizes, some of them missing."""
    values = numbers.random(count) * 10.0 ** numbers.integers(-9, 9, count)
    values[numbers.random(count) < 0.05] = np.nan
    return pl.Series(metric, values, nan_to_null=True)


def chunks(panel: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the panel in parts, as a limit of points per call makes them."""
    return [panel.filter(pl.col("timestamp").dt.day() == day) for day in (30, 31)]


def in_chunks(write: Callable[[list[Any]], str], name: str) -> Writer:
    def written(panel: pl.DataFrame) -> dict[str, str]:
        return {
            f"{number}-{name}": write(prometheus.series_of(part, METRICS))
            for number, part in enumerate(chunks(panel))
        }

    return written


def by_server(write: Callable[[pl.DataFrame, list[str], str], str], ending: str) -> Writer:
    def written(panel: pl.DataFrame) -> dict[str, str]:
        servers = panel["server_id"].unique().to_list()
        return {f"{server}.{ending}": write(panel, METRICS, server) for server in servers}

    return written


WRITERS: dict[str, tuple[str, Writer]] = {
    "query_range": ("prometheus", in_chunks(prometheus.query_range, "a.json")),
    "list": ("prometheus", in_chunks(prometheus.list_of_series, "b.json")),
    "dump": ("prometheus", in_chunks(prometheus.dump, "c.txt")),
    "openmetrics": ("prometheus", in_chunks(prometheus.dump_openmetrics, "d.txt")),
    "wide": ("grafana", lambda panel: {"w.csv": grafana.wide(panel, METRICS)}),
    "long": ("grafana", lambda panel: {"l.csv": grafana.long(panel, METRICS, ";")}),
    "statistics": ("cloudwatch", lambda panel: cloudwatch.get_metric_statistics(panel, METRICS)),
    "data": ("cloudwatch", lambda panel: {"d.json": cloudwatch.get_metric_data(panel, METRICS)}),
    "rows": ("sadf", by_server(sadf.rows, "txt")),
    "document": ("sadf", by_server(sadf.document, "json")),
}


def expected_of(panel: pl.DataFrame) -> dict[tuple[str, str, Any], float]:
    rows = panel.unpivot(METRICS, index=["timestamp", "server_id"]).drop_nulls()
    return {(server, metric, moment): value for moment, server, metric, value in rows.iter_rows()}


def values_of(reader: str, contents: Mapping[str, str], folder: Path, threads: int) -> Any:
    """Return the values by server, metric and moment."""
    folder.mkdir()
    found = opened(reader, contents, folder, {"time": {"zone": "UTC"}}, threads)
    return {
        (str(server).removesuffix(":9100"), key.removeprefix("panel_"), moment): value
        for server, key, _, moment, value in found.rows
        if value is not None and value == value
    }


# A form in which rows and files of any order come back does so in their own order.
IN_ORDER = ["query_range", "wide", "data", "rows"]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in IN_ORDER else deep) for name in WRITERS]
)
def test_a_panel_comes_back_to_the_last_decimal(
    name: str, panel: pl.DataFrame, tmp_path: Path
) -> None:
    reader, write = WRITERS[name]
    assert values_of(reader, write(panel), tmp_path / "one", 1) == expected_of(panel)


@pytest.mark.parametrize("name", WRITERS)
def test_the_order_of_rows_and_files_and_the_threads_change_nothing(
    name: str, panel: pl.DataFrame, tmp_path: Path
) -> None:
    reader, write = WRITERS[name]
    shuffled = panel.sample(fraction=1, shuffle=True, seed=3)
    files = list(write(shuffled).items())
    renamed = {f"{9 - number}-{file}": text for number, (file, text) in enumerate(files)}
    contents = dict(files) if name == "statistics" else renamed  # where names say the server
    assert values_of(reader, contents, tmp_path / "other", 4) == expected_of(panel)
