"""The calendar: the date frame, with its flags and factors defined by the SQL macros."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.config.holiday_days import days_of
from capgen.draws.arrays import Floats
from capgen.panel.clocks import COMMON_CLOCK, flags_are_local, holidays_of, zone_of
from capgen.panel.layered import switched_on
from capgen.system.forking import check_polars_answers
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span

CalendarFrame = Callable[[Span], pl.DataFrame]

_KEPT_SPANS = 2  # some 40 bytes a step
_STEPS_AT_ONCE = 2**15  # DuckDB needs several times the memory of what it returns


def macro_tables(config: Config, clock: str = COMMON_CLOCK) -> Mapping[str, pl.DataFrame]:
    """Return the tables that the SQL macros read their settings from.

    Args:
        config: the panel's configuration.
        clock: the clock whose holidays count; by default the one that all regions share.

    Returns:
        Frames by table name: eoq_settings, business_hours, holiday_factors, holiday_effect,
        holiday_dates, holiday_span.

    Raises:
        CapgenError: Polars does not answer.
    """
    check_polars_answers()
    hours = config.calendar.business_hours
    return {
        "eoq_settings": _eoq_table(config),
        "business_hours": pl.DataFrame(
            {"first_hour": [hours.first_hour], "last_hour": [hours.last_hour]}
        ),
        "holiday_factors": _rule_table(config),
        "holiday_effect": _effect_table(config),
        "holiday_dates": pl.DataFrame(
            {"holiday_date": holiday_dates(config, clock)}, schema={"holiday_date": pl.Date}
        ),
        "holiday_span": pl.DataFrame(
            [_window(config)], schema=["holidays_from", "holidays_to"], orient="row"
        ),
    }


def holiday_dates(config: Config, clock: str = COMMON_CLOCK) -> list[date]:
    """Return the holidays of a calendar around start and end date, sorted.

    Args:
        config: the panel's configuration.
        clock: the clock whose holidays count; by default the one that all regions share.

    Returns:
        Days, observed ones included where configured, from a week before the first month to a week
        after the last.
    """
    return list(days_of(config, holidays_of(config, clock)))


def _window(config: Config) -> tuple[date, date]:
    """Return the days of the panel, with one more at each end where clocks are local."""
    more = timedelta(days=1 if flags_are_local(config) else 0)
    return config.start_date - more, config.end_date + more


def _eoq_table(config: Config) -> pl.DataFrame:
    eoq = config.calendar.eoq
    return pl.DataFrame(
        {
            "eoq_window_days": [eoq.window_days],
            "eoq_business_days": [eoq.business_days],
            "eoq_peak": [eoq.peak],
            "eoq_months": [list(eoq.months)],
        },
        schema_overrides={"eoq_peak": pl.Float64, "eoq_months": pl.List(pl.Int64)},
    )


def _rule_table(config: Config) -> pl.DataFrame:
    rules = enumerate(config.calendar.holiday_factors)
    rows = [(position, *rule.model_dump().values()) for position, rule in rules]
    integers = ["rule_position", "rule_month", "rule_first_day", "rule_last_day"]
    schema = dict.fromkeys(integers, pl.Int64) | {"rule_factor": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _effect_table(config: Config) -> pl.DataFrame:
    schema = {"effect_factor": pl.Float64, "shoulder_days": pl.Int64, "shoulder_factor": pl.Float64}
    effect = config.calendar.holiday_effect
    return pl.DataFrame(
        [tuple(effect.model_dump().values())] if effect else [], schema=schema, orient="row"
    )


@contextmanager
def open_calendar(config: Config, clock: str = COMMON_CLOCK) -> Iterator[CalendarFrame]:
    """Open the calendar of a configuration.

    Args:
        config: the panel's configuration.
        clock: the clock whose time and holidays count; by default the one that all regions share.

    Yields:
        A function, safe to call from many threads, that returns the date frame of a span: columns
        timestamp, month, quarter, dayofweek, is_weekend, is_eoq, is_holiday (as in the panel),
        eoq_factor, holiday_factor, is_business_hour, local_hour, local_weekday, and those of
        layers.
    """
    axis = config.axis
    lock = threading.Lock()  # one DuckDB connection serves all threads

    with sql.open_database(macro_tables(config, clock)) as connection:

        def piece(span: Span) -> pl.DataFrame:
            connection.register("stamps", stamps(axis, span, zone_of(config, clock)))
            dates = sql.run_query(connection, "calendar", {})
            return dates.with_columns(_columns_of_layers(config, span))

        @lru_cache(maxsize=_KEPT_SPANS)
        def compute(span: Span) -> pl.DataFrame:
            pieces = []
            for first in range(span.first, span.stop, _STEPS_AT_ONCE):
                stop = min(first + _STEPS_AT_ONCE, span.stop)
                pieces.append(piece(Span(first, stop)))
            return pl.concat(pieces, rechunk=True)

        def frame(span: Span) -> pl.DataFrame:
            with lock:
                return compute(span)

        yield frame


def float_columns(dates: pl.DataFrame) -> dict[str, Floats]:
    """Return the columns of a date frame that hold floats.

    Args:
        dates: a date frame.
    """
    floats = dates.select(pl.col(pl.Float64))
    return {column.name: column.to_numpy() for column in floats.get_columns()}


def _columns_of_layers(config: Config, span: Span) -> list[pl.Series]:
    every = (layer.dates(settings, config.axis, span) for layer, settings in switched_on(config))
    return [column for columns in every for column in columns]
