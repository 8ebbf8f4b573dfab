"""The calendar: the date frame, with its flags and factors defined by the SQL macros."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache

import polars as pl
from holidays import country_holidays

from capgen import sql
from capgen.config import Config
from capgen.panel.time_axis import Span, TimeAxis

CalendarFrame = Callable[[Span], pl.DataFrame]

_KEPT_SPANS = 2  # some 40 bytes a step
_STEPS_AT_ONCE = 2**15  # DuckDB needs several times the memory of what it returns
DAYS_PER_MONTH = 30.4375  # 365.25 / 12


def macro_tables(config: Config) -> Mapping[str, pl.DataFrame]:
    """Return the tables that the SQL macros read their settings from.

    Args:
        config: a valid configuration.

    Returns:
        Frames by table name: eoq_settings, business_hours, holiday_factors, holiday_dates, holiday_span.
    """
    eoq, hours = config.calendar.eoq, config.calendar.business_hours
    rules = [(position, *rule.model_dump().values()) for position, rule in enumerate(config.calendar.holiday_factors)]
    integers = ["rule_position", "rule_month", "rule_first_day", "rule_last_day"]
    rule_schema = dict.fromkeys(integers, pl.Int64) | {"rule_factor": pl.Float64}
    return {
        "eoq_settings": pl.DataFrame(
            {"eoq_window_days": [eoq.window_days], "eoq_peak": [eoq.peak], "eoq_months": [list(eoq.months)]},
            schema_overrides={"eoq_peak": pl.Float64, "eoq_months": pl.List(pl.Int64)},
        ),
        "business_hours": pl.DataFrame({"first_hour": [hours.first_hour], "last_hour": [hours.last_hour]}),
        "holiday_factors": pl.DataFrame(rules, schema=rule_schema, orient="row"),
        "holiday_dates": pl.DataFrame({"holiday_date": holiday_dates(config)}, schema={"holiday_date": pl.Date}),
        "holiday_span": pl.DataFrame({"holidays_from": [config.start_date], "holidays_to": [config.end_date]}),
    }


def holiday_dates(config: Config) -> list[date]:
    """Return the holidays of the configured calendar between start and end date, sorted.

    Args:
        config: a valid configuration.

    Returns:
        Days, observed ones included where configured.
    """
    wanted = config.calendar.holidays
    years = range(config.start_date.year, config.end_date.year + 1)
    found = country_holidays(wanted.country, subdiv=wanted.subdivision, years=years, observed=wanted.observed)
    return sorted(day for day in found if config.start_date <= day <= config.end_date)


@contextmanager
def open_calendar(config: Config) -> Iterator[CalendarFrame]:
    """Open the calendar of a configuration.

    Args:
        config: a valid configuration.

    Yields:
        A function, safe to call from many threads, that returns the date frame of a span: columns
        timestamp, month, quarter, dayofweek, is_weekend, is_eoq, is_holiday (as in the panel), eoq_factor,
        holiday_factor, is_business_hour, growth_time (what a growth of 1 % a month is multiplied with).
    """
    axis = TimeAxis.of(config)
    lock = threading.Lock()  # one DuckDB connection serves all threads

    with sql.open_database(macro_tables(config)) as connection:

        def piece(span: Span) -> pl.DataFrame:
            parameters = {
                "first_timestamp": axis.timestamp(span.first),
                "last_timestamp": axis.timestamp(span.stop - 1),
                "step_minutes": axis.step_minutes,
            }
            return sql.run_query(connection, "calendar", parameters).with_columns(growth_time(config, axis, span))

        @lru_cache(maxsize=_KEPT_SPANS)
        def compute(span: Span) -> pl.DataFrame:
            firsts = range(span.first, span.stop, _STEPS_AT_ONCE)
            pieces = [piece(Span(first, min(first + _STEPS_AT_ONCE, span.stop))) for first in firsts]
            return pl.concat(pieces, rechunk=True)

        def frame(span: Span) -> pl.DataFrame:
            with lock:
                return compute(span)

        yield frame


def growth_time(config: Config, axis: TimeAxis, span: Span) -> pl.Series:
    """Return how much of the monthly growth rate has come about at each timestamp.

    `window`: i/N for the i-th of the build's N timestamps. `monthly`: months since the growth origin.

    Args:
        config: a valid configuration.
        axis: its time axis.
        span: some steps of the axis.

    Returns:
        A float column named growth_time, one value a step.
    """
    steps = pl.int_range(span.first, span.stop, dtype=pl.Int64, eager=True).cast(pl.Float64)
    if config.growth.trend == "window":
        grown = (steps - axis.span.first) / axis.span.size
    else:
        origin = axis.days(config.growth_origin, config.growth_origin + timedelta(days=1))
        grown = (steps - origin.first) / (origin.size * DAYS_PER_MONTH)
    return grown.alias("growth_time")
