"""Reads timestamps as tools write them: naive or with a zone, as text or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from capgen.errors import RequestError
from capgen.scores.files.opened import collected

_WITH_ZONE = r"(Z|[+-]\d\d:?\d\d)$"
_MOMENT = pl.Datetime("us")
_PLACE_OF_TIME = 10  # in `2024-01-31T00:00`


@dataclass(frozen=True)
class Moments:
    """How a column of timestamps is read.

    Args:
        expression: of timestamps without a zone, in UTC; null where a text is no moment.
        note: what was done to them, if anything.
    """

    expression: pl.Expr
    note: str | None


def moments_of(frame: pl.LazyFrame, column: str, kind: pl.DataType, path: Path) -> Moments:
    """Return how to read a column of timestamps.

    Args:
        frame: the table.
        column: of timestamps.
        kind: the column's type.
        path: of the table's file, for messages.

    Raises:
        RequestError: the column is of numbers.
        CapgenError: the file cannot be read.
    """
    values = pl.col(column)
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            return Moments(values.cast(_MOMENT), None)
        utc = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(_MOMENT)
        return Moments(utc, _note(column, kind.time_zone))
    if isinstance(kind, pl.Date | pl.Null):
        return Moments(values.cast(_MOMENT), None)
    if isinstance(kind, pl.String):
        return _of_text(frame, column, path)
    raise RequestError(
        f"{column}: expected timestamps such as 2024-01-31 13:00, got numbers ({kind}); "
        "write them as timestamps, in UTC"
    )


def _of_text(frame: pl.LazyFrame, column: str, path: Path) -> Moments:
    # By place: a zone may hold a space, a date may not.
    text = pl.col(column).str.strip_chars()
    iso = text.str.head(_PLACE_OF_TIME) + text.str.slice(_PLACE_OF_TIME).str.replace(r"^ ", "T")
    first = collected(frame.select(iso.drop_nulls().first()), path).item()
    zone = pl.Series([str(first)]).str.extract(_WITH_ZONE)[0]
    if zone is not None:
        with_zone = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False, time_unit="us")
        return Moments(with_zone.dt.replace_time_zone(None), _note(column, zone))
    read = pl.coalesce(
        iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us"),
        iso.str.to_datetime("%Y-%m-%dT%H:%M", strict=False, time_unit="us"),
        iso.str.to_date("%Y-%m-%d", strict=False).cast(_MOMENT),
    )
    return Moments(read, None)


def _note(column: str, zone: str) -> str | None:
    if zone in {"UTC", "Z", "+00:00", "+0000", "Etc/UTC"}:
        return None
    return f"{column} has the zone {zone}: read as the same moments in UTC"
