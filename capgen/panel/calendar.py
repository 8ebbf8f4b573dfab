"""The calendar: the date frame, with its flags and factors defined by the SQL macros."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial

import polars as pl

from capgen.config import Config
from capgen.config.holiday_days import AROUND, days_between, days_of
from capgen.draws.arrays import Floats
from capgen.panel.clocks import COMMON_CLOCK, flags_are_local, holidays_of, zone_of
from capgen.panel.days import Days, known_days_beside
from capgen.panel.layered import switched_on
from capgen.panel.macro_calendar import MacroCalendar
from capgen.panel.series import series_of
from capgen.system.forking import check_polars_answers
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span

CalendarFrame = Callable[[Span], pl.DataFrame]

_KEPT_SPANS = 2  # some 40 bytes a step
_OF_TIMESTAMP = ("month", "quarter", "dayofweek", "is_eoq", "eoq_factor")
_OF_LOCAL_TIME = ("local_weekday", "is_weekend", "is_holiday", "holiday_factor")
_COLUMNS = ("timestamp", *_OF_TIMESTAMP, *_OF_LOCAL_TIME, "local_hour", "is_business_hour")


def macro_tables(config: Config) -> Mapping[str, pl.DataFrame]:
    """Return the tables that the SQL macros read their settings from, by the common clock.

    Args:
        config: the panel's configuration.

    Returns:
        Frames by table name, as `MacroCalendar.tables` says.

    Raises:
        CapgenError: Polars does not answer.
    """
    return macro_calendar(config).tables()


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


def calendar_of(config: Config, clock: str = COMMON_CLOCK) -> CalendarFrame:
    """Return the calendar of a configuration.

    Args:
        config: the panel's configuration.
        clock: the clock whose time and holidays count; by default the one that all regions share.

    Returns:
        A function, safe to call from many threads, that returns the date frame of a span: columns
        timestamp, month, quarter, dayofweek, is_weekend, is_eoq, is_holiday (as in the panel),
        eoq_factor, holiday_factor, is_business_hour, local_hour, local_weekday, and those of
        layers.
    """
    return calendars_of(config, [clock])[clock]


def calendars_of(config: Config, clocks: Iterable[str]) -> dict[str, CalendarFrame]:
    """Return the calendars of some clocks, as `calendar_of` does.

    What layers say of the dates is the same by all clocks, and worked out once.

    Args:
        config: the panel's configuration.
        clocks: the clocks.
    """
    check_polars_answers()

    @lru_cache(maxsize=_KEPT_SPANS)
    def of_layers(span: Span) -> list[pl.Series]:
        columns: dict[str, Floats] = {}
        for layer, settings in switched_on(config):
            columns |= layer.dates(settings, config.axis, span)
        return series_of(columns)

    known = {clock: _known_calendar(config, clock) for clock in clocks}
    first = next(iter(known.values()))
    frames: dict[str, CalendarFrame] = {}
    for clock, calendar in known.items():
        days = partial(known_days_beside, calendar, first)
        frames[clock] = _calendar(config, zone_of(config, clock), days, of_layers)
    return frames


def _known_calendar(config: Config, clock: str) -> MacroCalendar:
    if config.holiday_days is None:
        return _whole_years(config, clock)
    return macro_calendar(config, clock)  # no library is asked for days around those given


def _calendar(
    config: Config,
    zone: str | None,
    days: Callable[[], Days],
    of_layers: Callable[[Span], list[pl.Series]],
) -> CalendarFrame:
    axis = config.axis
    lock = threading.Lock()  # what one thread asks for, the next ones need too

    @lru_cache(maxsize=_KEPT_SPANS)
    def compute(span: Span) -> pl.DataFrame:
        dates = _dated(stamps(axis, span, zone), days())
        return dates.hstack(of_layers(span))

    def frame(span: Span) -> pl.DataFrame:
        with lock:
            return compute(span)

    return frame


def _whole_years(config: Config, clock: str) -> MacroCalendar:
    """Return what the macros know of all years of a panel, which other windows have as well."""
    first, last = _window(config)
    first_day = date(first.year, 1, 1)
    last_day = date(last.year, 12, 31)
    around = (first_day - AROUND, last_day + AROUND)
    return MacroCalendar(
        settings=config.calendar,
        first_day=first_day,
        last_day=last_day,
        holiday_dates=days_between(config, holidays_of(config, clock), *around),
    )


def _dated(times: pl.DataFrame, known: Days) -> pl.DataFrame:
    """Return timestamps with what is known of them.

    Business hours, weekends and holidays are those of the local time, all else that of the
    timestamp.
    """
    of_timestamp = known.days.select("calendar_day", *_OF_TIMESTAMP)
    of_local_time = known.days.select(
        "is_weekend",
        "is_holiday",
        "holiday_factor",
        local_day="calendar_day",
        local_weekday="dayofweek",
    )
    local = pl.col("local_time").dt
    found = (
        times.with_columns(
            calendar_day=pl.col("timestamp").dt.date(),
            local_day=local.date(),
            local_hour=local.hour(),
        )
        .join(of_timestamp, on="calendar_day", how="left", maintain_order="left")
        .join(of_local_time, on="local_day", how="left", maintain_order="left")
        .join(known.hours, on="local_hour", how="left", maintain_order="left")
    )
    return found.select(_COLUMNS)


def float_columns(dates: pl.DataFrame) -> dict[str, Floats]:
    """Return the columns of a date frame that hold floats.

    Args:
        dates: a date frame.
    """
    columns = dates.get_columns()
    return {each.name: each.to_numpy() for each in columns if each.dtype == pl.Float64}
