"""The calendar: the date frame, with its flags and factors defined by the SQL macros."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import cache, lru_cache, partial

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.config.holiday_days import days_of
from capgen.draws.arrays import Floats
from capgen.panel.clocks import COMMON_CLOCK, flags_are_local, holidays_of, zone_of
from capgen.panel.layered import switched_on
from capgen.panel.macro_calendar import MacroCalendar
from capgen.system.forking import check_polars_answers
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span, TimeAxis

CalendarFrame = Callable[[Span], pl.DataFrame]

_KEPT_SPANS = 2  # some 40 bytes a step
_STEPS_AT_ONCE = 2**15  # DuckDB needs several times the memory of what it returns
_KEPT_PIECES = 8  # of so many steps at most
_Key = tuple[MacroCalendar, TimeAxis, Span, str | None]
_pieces: dict[_Key, pl.DataFrame] = {}  # the latest last
_lock_of_pieces = threading.Lock()


def macro_tables(config: Config, clock: str = COMMON_CLOCK) -> Mapping[str, pl.DataFrame]:
    """Return the tables that the SQL macros read their settings from.

    Args:
        config: the panel's configuration.
        clock: the clock whose holidays count; by default the one that all regions share.

    Returns:
        Frames by table name, as `MacroCalendar.tables` says.

    Raises:
        CapgenError: Polars does not answer.
    """
    return macro_calendar(config, clock).tables()


def macro_calendar(config: Config, clock: str = COMMON_CLOCK) -> MacroCalendar:
    """Return what the macros know of a configuration's calendar.

    Args:
        config: the panel's configuration.
        clock: the clock whose holidays count; by default the one that all regions share.
    """
    first, last = _window(config)
    return MacroCalendar(
        settings=config.calendar,
        first_day=first,
        last_day=last,
        holiday_dates=tuple(holiday_dates(config, clock)),
    )


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
    check_polars_answers()
    axis = config.axis
    zone = zone_of(config, clock)
    known = macro_calendar(config, clock)
    lock = threading.Lock()  # one DuckDB connection serves all threads

    with ExitStack() as stack:

        @cache
        def connection() -> sql.Connection:
            return stack.enter_context(sql.open_database(known.tables()))

        def made(span: Span) -> pl.DataFrame:
            connection().register("stamps", stamps(axis, span, zone))
            return sql.run_query(connection(), "calendar", {})

        def piece(span: Span) -> pl.DataFrame:
            dates = _kept((known, axis, span, zone), partial(made, span))
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


def _kept(key: _Key, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Return dates that were lately made, for whichever panel, or make them.

    To open DuckDB and ask it takes most of the time of a small panel.
    """
    with _lock_of_pieces:
        dates = _pieces.pop(key, None)
    if dates is None:
        dates = make()
    with _lock_of_pieces:
        _pieces[key] = dates
        if len(_pieces) > _KEPT_PIECES:
            del _pieces[next(iter(_pieces))]
    return dates


def float_columns(dates: pl.DataFrame) -> dict[str, Floats]:
    """Return the columns of a date frame that hold floats.

    Args:
        dates: a date frame.
    """
    columns = dates.get_columns()
    return {each.name: each.to_numpy() for each in columns if each.dtype == pl.Float64}


def _columns_of_layers(config: Config, span: Span) -> list[pl.Series]:
    every = (layer.dates(settings, config.axis, span) for layer, settings in switched_on(config))
    return [column for columns in every for column in columns]
