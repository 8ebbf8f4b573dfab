"""The calendar of telemetry: what the SQL macros say of its days."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from capgen.config import load_config
from capgen.panel.calendar import calendar_of
from capgen.settings.holidays import Holidays

_COLUMNS = ("month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday")


def days_of(first: datetime, last: datetime, holidays: Holidays) -> pl.DataFrame:
    """Return the calendar of some days.

    Args:
        first: a time on the first day.
        last: a time on the last day.
        holidays: the calendar behind is_holiday.

    Returns:
        Columns calendar_day, year, month, quarter, dayofweek, is_weekend, is_eoq, is_holiday.
    """
    config = load_config(
        environment={},
        overrides={
            "start_date": str(first.date()),
            "end_date": str(last.date()),
            "granularity": "daily",
            "calendar": {"holidays": holidays.model_dump()},
        },
    )
    frame = calendar_of(config)(config.axis.span)
    day = pl.col("timestamp").dt.date()
    year = day.dt.year().cast(pl.Int64)
    return frame.select(day.alias("calendar_day"), year.alias("year"), *_COLUMNS)
