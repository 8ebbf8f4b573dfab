"""Looks over all staged samples: how many, how large, from when to when, and what they lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError

_EARLIEST = datetime(1990, 1, 1)
_LATEST = datetime(2150, 1, 1)
_NO_NUMBER = 3
_NO_TIME = 5
_NO_SERVER = 6
_SAYS = {
    1: ("empty", "without a value; null"),
    2: ("missing", "with what stands for none, as the mapping says; null"),
    _NO_NUMBER: ("no_number", "with what is no number; null"),
    4: ("not_finite", "with NaN or infinity; null"),
    _NO_TIME: ("no_time", "without a time that can be read; left out"),
    _NO_SERVER: ("no_server", "without a server; left out"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a metric.

    Args:
        samples: how many samples have a time and a server.
        values: how many of them have a value.
        least: the least value.
        greatest: the greatest value.
        with_device: how many samples name a device.
    """

    samples: int
    values: int
    least: float | None
    greatest: float | None
    with_device: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is of all metrics.

    Args:
        metrics: by name, those that have samples.
        lines: what was left out or made null.
        samples: how many there are in all.
        first_moment: the first time, by the exports' clock.
        last_moment: the last time.
    """

    metrics: Mapping[str, Found]
    lines: tuple[AccountLine, ...]
    samples: int
    first_moment: datetime
    last_moment: datetime


def survey(connection: sql.Connection) -> Survey:
    """Look over all staged samples.

    Args:
        connection: the database with the view `staged`.

    Raises:
        RequestError: times or values cannot be what the mapping says.
    """
    rows = sql.run_query(connection, "load/survey", {}).to_dicts()
    by_metric: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_metric.setdefault(row["metric"], []).append(row)
    for metric, of_metric in by_metric.items():
        _check_values(metric, of_metric)
    first, last = _checked_times(rows)
    return Survey(
        metrics={
            metric: _found(of_metric)
            for metric, of_metric in by_metric.items()
            if any(row["fault"] < _NO_TIME for row in of_metric)
        },
        lines=tuple(_lines(rows)),
        samples=sum(row["samples"] for row in rows),
        first_moment=first,
        last_moment=last,
    )


def _found(rows: list[dict[str, Any]]) -> Found:
    placed = [row for row in rows if row["fault"] < _NO_TIME]
    good = [row for row in rows if row["fault"] == 0]
    return Found(
        samples=sum(row["samples"] for row in placed),
        values=sum(row["samples"] for row in good),
        least=good[0]["least"] if good else None,
        greatest=good[0]["greatest"] if good else None,
        with_device=sum(row["with_device"] for row in placed),
    )


def _check_values(metric: str, rows: list[dict[str, Any]]) -> None:
    by_fault = {row["fault"]: row for row in rows}
    wrong = by_fault.get(_NO_NUMBER)
    if wrong and 0 not in by_fault:
        raise RequestError(
            f"metrics.{metric}: expected numbers, got none, but such as {wrong['example'][:40]!r}; "
            "is it the right column? A decimal comma is csv.decimal"
        )


def _checked_times(rows: list[dict[str, Any]]) -> tuple[datetime, datetime]:
    """Return the first and the last time."""
    total = sum(row["samples"] for row in rows)
    lost = {fault: _total(rows, fault) for fault in (_NO_TIME, _NO_SERVER)}
    if lost[_NO_SERVER] * 2 > total:
        raise RequestError(
            f"server: expected a name in each row, got none in {lost[_NO_SERVER]:,} of {total:,} "
            "samples; is it the right column?"
        )
    if lost[_NO_TIME] * 2 > total:
        example = next(row["example"] for row in rows if row["fault"] == _NO_TIME)
        raise RequestError(
            f"time: expected a time in each row, got such as {(example or '')[:40]!r} in "
            f"{lost[_NO_TIME]:,} of {total:,} samples; set time.format or time.unit"
        )
    placed = [row for row in rows if row["fault"] < _NO_TIME]
    if not placed:
        raise RequestError("exports: expected rows with a time and a server, got none")
    first = min(row["first_moment"] for row in placed)
    last = max(row["last_moment"] for row in placed)
    if first < _EARLIEST or last > _LATEST:
        raise RequestError(
            f"time: expected times of 1990 to 2149, got {first} to {last}; set time.unit or "
            "time.format, or leave such rows out"
        )
    return first, last


def _total(rows: list[dict[str, Any]], fault: int) -> int:
    return sum(row["samples"] for row in rows if row["fault"] == fault)


def _lines(rows: list[dict[str, Any]]) -> Iterator[AccountLine]:
    for row in rows:
        if row["fault"] == 0:
            continue
        name, says = _SAYS[row["fault"]]
        example = f", such as {row['example'][:40]!r}" if row["example"] else ""
        whole = f"{says}{example}"
        yield AccountLine.of_many(name, row["samples"], "sample", whole, row["metric"])
