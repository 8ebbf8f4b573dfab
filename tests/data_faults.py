"""Faults put into a good dataset: what real pipelines do to data, one at a time.

`FAULTS` has them by name, each with the words that a check must say of it: the server and the
column at fault.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow.parquet

from capgen import Config, build
from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from capgen.storage.layout import MANIFEST
from tests.conftest import make_config
from tests.everything import EVERYTHING

Change = Callable[[pl.DataFrame], pl.DataFrame]
PANEL: dict[str, Any] = {
    **EVERYTHING,
    "granularity": "hourly",
    "num_servers": 20,
    "start_date": "2023-12-18",
    "end_date": "2024-01-14",
}
CONFIG: Config = make_config(**PANEL)
OTHER_SEED = make_config(**{**PANEL, "seed": 1234})
METRICS = [metric.column for metric in CONFIG.metrics.values()]
ONE = "server_003"
TWO = "server_005"  # web too, and alive
MIDWAY = datetime(2024, 1, 4)
MOMENT = datetime(2024, 1, 3, 10)


class Fault(NamedTuple):
    """Something that was done to the data.

    Args:
        change: does it.
        said: words that the check must say.
    """

    change: Change
    said: tuple[str, ...]


def read(folder: Path) -> pl.DataFrame:
    """Read a dataset whole."""
    return pl.read_parquet(folder / "**/*.parquet", hive_partitioning=True).sort(
        "server_id", "timestamp"
    )


def write(frame: pl.DataFrame, folder: Path, manifest_of: Path, **options: Any) -> Path:
    """Write a panel as a dataset, under the manifest of another."""
    for (year, kind), rows in frame.partition_by("year", "server_type", as_dict=True).items():
        file = folder / f"year={year}/server_type={kind}/part-00000.parquet"
        file.parent.mkdir(parents=True)
        plain = rows.drop("year", "server_type").to_arrow()
        pyarrow.parquet.write_table(plain, file, store_schema=False, **options)
    borrow_manifest(folder, manifest_of)
    return folder


def borrow_manifest(folder: Path, other: Path) -> None:
    """Put the manifest of another dataset into a folder."""
    (folder / MANIFEST).parent.mkdir(exist_ok=True)
    shutil.copy(other / MANIFEST, folder / MANIFEST)


def verdicts(report: Report) -> dict[str, Verdict]:
    """Return the verdict of each rule by its name."""
    return {rule.name: rule.verdict for rule in report.rules}


def failed(report: Report) -> list[str]:
    """Return what failed, in words."""
    return [f"{rule.name}: {rule.worst}" for rule in report.rules if rule.verdict is Verdict.FAIL]


def names_of(report: Report, verdict: Verdict) -> set[str]:
    """Return the names of the rules that ended with a verdict."""
    return set(report.names(verdict))


def of(*servers: str) -> pl.Expr:
    """Return the condition that a row is of some servers; of any without one."""
    return pl.col("server_id").is_in(servers) if servers else pl.lit(value=True)


LATER = pl.col("timestamp") >= MIDWAY
CELL = of(ONE) & (pl.col("timestamp") == MOMENT)


def put(where: pl.Expr, **values: Any) -> Change:
    """Return what puts values, or expressions, into columns where a condition holds."""

    def change(panel: pl.DataFrame) -> pl.DataFrame:
        new = {
            name: pl.when(where)
            .then(_value(value))
            .otherwise(pl.col(name))
            .cast(panel.schema[name])
            for name, value in values.items()
        }
        return panel.with_columns(**new)

    return change


def _value(value: Any) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)


def each(where: pl.Expr, columns: list[str], function: Callable[[pl.Expr], pl.Expr]) -> Change:
    """Return what works columns out anew where a condition holds."""
    return put(where, **{name: function(pl.col(name)) for name in columns})


def by_server(columns: list[str], function: Callable[[pl.Expr], pl.Expr], *servers: str) -> Change:
    """Return what works columns out anew, server by server."""
    return each(of(*servers), columns, lambda column: function(column).over("server_id"))


def values_of(source: str, target: str, columns: list[str]) -> Change:
    """Return what gives a server the values of another."""

    def change(panel: pl.DataFrame) -> pl.DataFrame:
        given = panel.filter(of(source)).select(
            "timestamp", *(pl.col(name).alias(f"{name}.new") for name in columns)
        )
        joined = panel.join(given, on="timestamp", how="left", maintain_order="left")
        new = {
            name: pl.when(of(target)).then(pl.col(f"{name}.new")).otherwise(pl.col(name))
            for name in columns
        }
        return joined.with_columns(**new).select(panel.columns)

    return change


def swapped(columns: list[str]) -> Change:
    """Return what exchanges the values of two servers."""

    def change(panel: pl.DataFrame) -> pl.DataFrame:
        return (
            values_of(ONE, TWO, columns)(panel)
            .filter(of(TWO) | ~of(ONE))
            .vstack(values_of(TWO, ONE, columns)(panel).filter(of(ONE)))
            .sort("server_id", "timestamp")
        )

    return change


def of_other_seed(where: pl.Expr) -> Change:
    """Return what takes the values of rows from a panel of another seed."""

    def change(panel: pl.DataFrame) -> pl.DataFrame:
        other = _panel(OTHER_SEED).select(
            "server_id", "timestamp", *(pl.col(name).alias(f"{name}.new") for name in METRICS)
        )
        joined = panel.join(other, on=["server_id", "timestamp"], how="left", maintain_order="left")
        new = {
            name: pl.when(where).then(pl.col(f"{name}.new")).otherwise(pl.col(name))
            for name in METRICS
        }
        return joined.with_columns(**new).select(panel.columns)

    return change


def _panel(config: Config) -> pl.DataFrame:
    from capgen import scan

    return scan(config).collect()


def built(config: Config, folder: Path) -> Path:
    """Build a dataset."""
    build(config, folder, workers=1)
    return folder


def _without(where: pl.Expr) -> Change:
    return lambda panel: panel.filter(~where)


def _again(where: pl.Expr, change: Change = lambda rows: rows) -> Change:
    return lambda panel: panel.vstack(change(panel.filter(where))).sort("server_id", "timestamp")


def _late(steps: int) -> Callable[[pl.Expr], pl.Expr]:
    return lambda column: column.gather((pl.int_range(pl.len()) - steps) % pl.len())


def _noise(column: pl.Expr) -> pl.Expr:
    return (column + (pl.int_range(pl.len()) % 3 - 1) * 0.01).clip(0, 100).round(2)


EXPECTED = "cpu_p95_expected"
FAULTS: dict[str, Fault] = {
    # Labels.
    "region Mars": Fault(put(of(ONE), region="Mars"), (ONE, "region", "Mars")),
    "region Mars everywhere": Fault(put(of(), region="Mars"), ("region", "Mars")),
    "region Mars in one row": Fault(put(CELL, region="Mars"), (ONE, "region")),
    "a region that exists": Fault(
        put(
            of(ONE),
            region=pl.when(pl.col("region") == "EU").then(pl.lit("Asia")).otherwise(pl.lit("EU")),
        ),
        (ONE, "region"),
    ),
    "a business unit that changes midway": Fault(
        put(of(ONE) & LATER, business_unit="Retail"), (ONE, "business_unit")
    ),
    "a business unit in lower case": Fault(
        each(of(ONE), ["business_unit"], lambda c: c.str.to_lowercase()), (ONE,)
    ),
    "a criticality taken away": Fault(put(of(ONE), criticality=None), (ONE, "criticality")),
    "a criticality with a blank": Fault(
        put(of(ONE), criticality=pl.col("criticality") + " "), (ONE, "criticality")
    ),
    "an app that does not exist": Fault(
        put(of(ONE), app_name=pl.col("business_unit") + "-app-999"), (ONE, "app_name")
    ),
    "an app of another business unit": Fault(
        put(of(ONE), app_name="Nobody-app-1"), (ONE, "app_name")
    ),
    "a server renamed": Fault(put(of(ONE), server_id="server_3"), (ONE,)),
    "a server of another type": Fault(put(of(ONE), server_type="batch"), (ONE, "server_type")),
    "two servers exchanged": Fault(
        lambda panel: panel.with_columns(pl.col("server_id").replace({ONE: TWO, TWO: ONE})).sort(
            "server_id", "timestamp"
        ),
        (ONE, TWO),
    ),
    # Rows.
    "a server missing": Fault(_without(of(ONE)), (ONE,)),
    "a server too many": Fault(_again(of(ONE), put(of(), server_id="server_999")), ("server_999",)),
    "an hour missing": Fault(_without(CELL), (ONE, "1 row missing")),
    "a day of all servers missing": Fault(
        _without(pl.col("timestamp").dt.date() == MIDWAY.date()), ("24 rows missing",)
    ),
    "the end missing": Fault(
        _without(pl.col("timestamp") >= datetime(2024, 1, 14)), ("24 rows missing",)
    ),
    "a row twice": Fault(_again(CELL), (ONE, "1 row there more than once")),
    "a row twice with another value": Fault(
        _again(CELL, put(of(), cpu_p95=50.0)), (ONE, "more than once")
    ),
    "a row between two hours": Fault(
        _again(CELL, lambda rows: rows.with_columns(pl.col("timestamp").dt.offset_by("7m"))),
        (ONE, "not of the panel"),
    ),
    "rows sorted by time": Fault(
        lambda panel: panel.sort("timestamp", "server_id"), ("order", "row 2")
    ),
    "rows in reverse": Fault(lambda panel: panel.reverse(), ("order",)),
    "one row out of place": Fault(lambda panel: panel[1:].vstack(panel[:1]), ("order",)),
    # Flags and calendar.
    "weekend inverted": Fault(
        put(of(ONE), is_weekend=1 - pl.col("is_weekend")), (ONE, "is_weekend inverted")
    ),
    "no holidays": Fault(put(of(), is_holiday=0), ("is_holiday",)),
    "days of the week from 1": Fault(
        put(of(), dayofweek=pl.col("dayofweek") + 1), ("dayofweek + 1",)
    ),
    "a month too late": Fault(put(CELL, month=2), (ONE, "month")),
    "no end of quarter": Fault(put(of(ONE), is_eoq=0), (ONE, "is_eoq")),
    # Values.
    "rounded to integers": Fault(
        each(of(), METRICS, lambda c: c.round()), ("rounded to whole numbers",)
    ),
    "one metric with one decimal": Fault(
        each(of(ONE), ["mem_p95"], lambda c: c.round(1)), (ONE, "mem_p95 rounded to 1")
    ),
    "in single precision": Fault(
        each(of(), METRICS, lambda c: c.cast(pl.Float32).cast(pl.Float64)),
        ("single precision", "decimals"),
    ),
    "every value × 1.3": Fault(
        each(of(ONE), METRICS, lambda c: c * 1.3), (ONE, "× 1.3 throughout", *METRICS)
    ),
    "× 1.3, clipped and rounded": Fault(
        each(of(ONE), ["cpu_p95", "mem_p95"], lambda c: (c * 1.3).clip(0, 100).round(2)),
        (ONE, "× 1.3 throughout"),
    ),
    "× 1.01 of one metric": Fault(
        each(of(ONE), ["disk_p95"], lambda c: (c * 1.01).round(2)), (ONE, "disk_p95")
    ),
    "× 8, bits for bytes": Fault(
        each(of(ONE) & LATER, ["net_in_p95"], lambda c: c / 8),
        (ONE, "net_in_p95 × 0.125 in", "2024-01-04"),
    ),
    "+ 5": Fault(each(of(ONE), ["mem_p95"], lambda c: c + 5), (ONE, "mem_p95 + 5 throughout")),
    "one value a hundredth off": Fault(
        put(CELL, disk_p95=(pl.col("disk_p95") + 0.01).round(2)),
        (ONE, "disk_p95", "differs in 1 of 672 rows"),
    ),
    "noise of a hundredth": Fault(by_server(["cpu_p95"], _noise, ONE), (ONE, "cpu_p95")),
    "zeros with a sign": Fault(
        each(of(), METRICS, lambda c: pl.when(c == 0).then(-0.0).otherwise(c)), ("sign of zero",)
    ),
    "a value that is NaN": Fault(put(CELL, cpu_p95=float("nan")), (ONE, "cpu_p95", "nan")),
    "a value that is infinite": Fault(put(CELL, cpu_p95=float("inf")), (ONE, "cpu_p95", "inf")),
    "one null": Fault(
        put(of(ONE) & (pl.col("timestamp") == datetime(2024, 1, 3, 9)), disk_p95=None),
        (ONE, "disk_p95 taken away"),
    ),
    "nulls filled with 0": Fault(
        each(of(), METRICS, lambda c: c.fill_null(0)), ("given where there are none",)
    ),
    "nulls filled forward": Fault(
        by_server(METRICS, lambda c: c.forward_fill()), ("given where there are none",)
    ),
    "two servers with the same series": Fault(
        values_of(ONE, TWO, METRICS), (TWO, f"those of {ONE}", *METRICS)
    ),
    "the series of two servers exchanged": Fault(
        swapped(METRICS), (f"{ONE}: ", f"{TWO}: ", f"those of {ONE}", f"those of {TWO}")
    ),
    "a day late": Fault(by_server(METRICS, _late(24), ONE), (ONE, "1 d late throughout")),
    "an hour early": Fault(by_server(["cpu_p95"], _late(-1), ONE), (ONE, "cpu_p95 1 h early")),
    "in reverse": Fault(
        by_server(["disk_p95"], lambda c: c.reverse(), ONE), (ONE, "disk_p95", "at other times")
    ),
    "shuffled in time": Fault(
        by_server(["disk_p95"], lambda c: c.shuffle(seed=1), ONE), (ONE, "at other times")
    ),
    "one value throughout": Fault(
        put(of(ONE) & pl.col("cpu_p95").is_not_null(), cpu_p95=33.3), (ONE, "cpu_p95 all 33.3")
    ),
    "cpu and mem exchanged": Fault(
        put(of(ONE), cpu_p95=pl.col("mem_p95"), mem_p95=pl.col("cpu_p95")),
        (ONE, "cpu_p95 those of mem_p95", "mem_p95 those of cpu_p95"),
    ),
    "smoothed": Fault(
        by_server(["cpu_p95"], lambda c: c.rolling_mean(3, min_samples=1), ONE), (ONE, "cpu_p95")
    ),
    "the peaks cut off": Fault(
        each(of(ONE), ["disk_p95"], lambda c: c.clip(None, 25)), (ONE, "disk_p95")
    ),
    "another seed": Fault(of_other_seed(of()), ("other values throughout", *METRICS)),
    "one server of another seed": Fault(of_other_seed(of(ONE)), (ONE, *METRICS)),
    "some days of another seed": Fault(of_other_seed(of(ONE) & LATER), (ONE, "cpu_p95")),
    # Truth.
    "expected × 1.01": Fault(
        each(of(), [EXPECTED], lambda c: c * 1.01), (f"{EXPECTED} × 1.01 throughout",)
    ),
    "expected in place of measured": Fault(
        put(of(ONE), cpu_p95=pl.col(EXPECTED)), (ONE, f"cpu_p95 those of {EXPECTED}", "decimals")
    ),
    "spikes inverted": Fault(
        put(of(ONE), is_spike=1 - pl.col("is_spike")), (ONE, "is_spike inverted throughout")
    ),
    "spikes forgotten": Fault(put(of(ONE), is_spike=0), (ONE, "is_spike")),
    "spikes an hour late": Fault(by_server(["is_spike"], _late(1), ONE), (ONE, "is_spike")),
    "outliers forgotten": Fault(put(of(), is_outlier=0), ("is_outlier",)),
    "one outlier too many": Fault(
        put(CELL, is_outlier=1 - pl.col("is_outlier")), (ONE, "is_outlier")
    ),
    "events forgotten": Fault(put(of(), event_id=None), ("event_id",)),
    "an event in one cell": Fault(put(CELL, event_id="rush-1"), (ONE, "event_id")),
    "events of another name": Fault(
        put(of(), event_id=pl.col("event_id").str.replace("rush", "crush")), ("event_id", "crush")
    ),
    # Columns.
    "a column missing": Fault(lambda panel: panel.drop("is_spike"), ("is_spike: missing",)),
    "a column too many": Fault(lambda panel: panel.with_columns(more=1), ("more: not expected",)),
    "a column in single precision": Fault(
        lambda panel: panel.cast({"cpu_p95": pl.Float32}), ("cpu_p95: FLOAT, expected DOUBLE",)
    ),
    "columns in another order": Fault(
        lambda panel: panel.select(sorted(panel.columns)), ("schema",)
    ),
}
