"""Faults put into good telemetry, one at a time, and what a check must say of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from tests.data_faults import Change, put, values_of
from tests.telemetry_panels import panel_of

CONFIG = panel_of(num_servers=20, end_date="2024-01-14")
METRICS = [metric.column for metric in CONFIG.metrics.values()]
ONE = "server_003"
TWO = "server_005"
OF_ONE = pl.col("server_id") == ONE
OF_TWO = pl.col("server_id") == TWO
LATER = pl.col("timestamp") >= datetime(2024, 1, 5)
MOMENT = pl.col("timestamp") == datetime(2024, 1, 3, 10)


class Fault(NamedTuple):
    """Something that is wrong with the rows.

    Args:
        rules: that fail because of it, and no others.
        change: puts it there.
        said: words that the check must say.
    """

    rules: tuple[str, ...]
    change: Change
    said: tuple[str, ...]


def moved(server: str, hours: int) -> Change:
    """Return what moves a server's values in time."""

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        own = pl.col("server_id") == server
        later = (pl.col(name).shift(hours).over("server_id") for name in METRICS)
        values = {
            name: pl.when(own).then(value).otherwise(pl.col(name))
            for name, value in zip(METRICS, later, strict=True)
        }
        return rows.with_columns(**values)

    return change


def both(first: Change, second: Change) -> Change:
    """Return what makes two changes."""
    return lambda rows: second(first(rows))


def _lost(rows: pl.DataFrame) -> pl.DataFrame:
    chances = pl.int_range(pl.len()).hash(7) % 100
    return rows.with_columns(mem_p95=pl.when(chances >= 12).then("mem_p95"))


FAULTS = {
    "missing rows": Fault(
        ("grid",),
        lambda rows: rows.filter(~(OF_ONE & LATER & (pl.col("timestamp") < datetime(2024, 1, 6)))),
        (f"{ONE} lacks 24 steps from 2024-01-05 00:00:00 on",),
    ),
    "duplicate keys": Fault(
        ("unique_keys",),
        lambda rows: pl.concat([rows, rows.filter(OF_ONE & MOMENT)]),
        (f"{ONE} has 2024-01-03 10:00:00 more than once",),
    ),
    "value out of range": Fault(
        ("unit_range",),
        put(OF_ONE & MOMENT, cpu_p95=103.0),
        (f"{ONE} has cpu_p95 values from", "to 103, 1 of them outside"),
    ),
    "not a number": Fault(
        ("unit_range",),
        put(OF_ONE & MOMENT, net_in_p95=float("nan")),
        (f"{ONE} has net_in_p95", "1 of them outside"),
    ),
    "gap": Fault(
        ("continuity",),
        put(OF_ONE & LATER & (pl.col("timestamp") < datetime(2024, 1, 13)), disk_p95=None),
        (f"{ONE} has none for 8 days from 2024-01-05 00:00:00 on", "disk_p95"),
    ),
    "lost values": Fault(("presence",), _lost, ("mem_p95", "lacks 1")),
    "constant server": Fault(
        ("no_constants",),
        put(OF_ONE, disk_p95=17.0),
        (f"{ONE} has disk_p95 17 throughout",),
    ),
    "duplicated server": Fault(
        ("no_copies",),
        values_of(ONE, TWO, METRICS),
        (f"{TWO} has the series of {ONE} (100.0% of the rows)",),
    ),
    "near copy": Fault(
        ("no_copies",),
        both(values_of(ONE, TWO, METRICS), put(OF_TWO & MOMENT, cpu_p95=50.0)),
        (f"{TWO} has the series of {ONE} (99.7% of the rows)",),
    ),
    "copy at another time": Fault(
        ("no_copies",),
        both(values_of(ONE, TWO, METRICS), moved(TWO, 5)),
        (f"{TWO} has the series of {ONE}, 5 h later",),
    ),
    "server shifted": Fault(
        ("same_time",),
        moved(ONE, -6),
        (f"{ONE} has the rhythm of its peers 6 h earlier",),
    ),
    "fractions": Fault(
        ("same_unit",),
        put(OF_ONE, cpu_p95=pl.col("cpu_p95") / 100),
        (f"{ONE} has cpu_p95 1/", "of that of its peers"),
    ),
    "kilobits": Fault(
        ("same_unit",),
        put(OF_ONE, net_in_p95=pl.col("net_in_p95") * 1000),
        (f"{ONE} has net_in_p95", "times that of its peers"),
    ),
    "label that changes": Fault(
        ("server_labels",),
        put(OF_ONE & LATER, business_unit="Elsewhere"),
        (f"{ONE}: business_unit changes between", "'Elsewhere'"),
    ),
    "label that ends": Fault(
        ("server_labels",),
        put(OF_ONE & LATER, business_unit=None),
        (f"{ONE}: business_unit is", "and missing in 240 rows"),
    ),
}


def in_file(folder: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change the file that has the first server."""
    for file in sorted(folder.rglob("*.parquet")):
        rows = pl.read_parquet(file, hive_partitioning=False)
        if ONE in rows["server_id"]:
            change(rows).write_parquet(file)
            return
    raise LookupError(f"{folder}: expected a file with {ONE}")


IN_FILES = {
    "wrong order": Fault(("order",), lambda rows: rows.reverse(), ("row 2 comes before row 1",)),
    "wrong type": Fault(
        ("schema",),
        lambda rows: rows.with_columns(pl.col("cpu_p95").cast(pl.Float32)),
        ("cpu_p95: FLOAT, expected DOUBLE",),
    ),
    "column that is missing": Fault(
        ("schema",), lambda rows: rows.drop("disk_p95"), ("disk_p95: missing, expected DOUBLE",)
    ),
    "wrong flag": Fault(
        ("calendar",),
        put(OF_ONE & MOMENT, is_weekend=1),
        (f"is_weekend: 1 from 2024-01-03 on, of {ONE}",),
    ),
}
