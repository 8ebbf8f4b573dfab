"""The SQL macros against plain Python: datetime, calendar and the holidays library, day by day."""

from __future__ import annotations

import calendar
import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import holidays
import polars as pl
import pytest

from capgen import Config, load_config
from capgen.panel.calendar import macro_tables
from capgen.sql import Connection, connect_empty, open_database
from capgen.sql.script import script_text
from tests.conftest import deep

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2035, 12, 31)
DAYS = [FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
LAST_MINUTES = [datetime.combine(day, time(23, 59)) for day in DAYS[::5]]
MINUTES = [datetime(2024, 2, 29) + timedelta(minutes=number) for number in range(24 * 60)]

Answers = Mapping[Any, object]
DayMacro = Callable[[date], object]


def config_with(**calendar_settings: Any) -> Config:
    """Return the default configuration over all DAYS with other calendar settings."""
    span = {"start_date": str(FIRST_DAY), "end_date": str(LAST_DAY)}
    settings = {"calendar": calendar_settings} if calendar_settings else {}
    return load_config(overrides=span | settings, environment={})


def answers(connection: Connection, macro: str, inputs: list[Any]) -> Answers:
    """Ask a macro about each input."""
    connection.register("inputs", pl.DataFrame({"input": inputs}))
    return dict(connection.table("inputs").project(f"input, {macro}(input)").fetchall())


def answers_with(macro: str, inputs: list[Any], **calendar_settings: Any) -> Answers:
    """Ask a macro with other calendar settings about each input."""
    with open_database(macro_tables(config_with(**calendar_settings))) as connection:
        return answers(connection, macro, inputs)


def differences(got: Answers, expected: Answers) -> list[tuple[object, object, object]]:
    """Return input, got and expected where the last two differ."""
    assert got.keys() == expected.keys()
    return [(key, got[key], expected[key]) for key in expected if got[key] != expected[key]]


@pytest.fixture(scope="module")
def default_connection() -> Iterator[Connection]:
    with open_database(macro_tables(config_with())) as connection:
        yield connection


# The model, written a second time.


def is_weekend(day: date) -> bool:
    return calendar.day_name[day.weekday()] in {"Saturday", "Sunday"}


def quarter_end(day: date) -> date:
    ends = [
        date(day.year, 3, 31),
        date(day.year, 6, 30),
        date(day.year, 9, 30),
        date(day.year, 12, 31),
    ]
    return next(end for end in ends if day <= end)


def days_to_quarter_end(day: date) -> int:
    return (quarter_end(day) - day).days


def is_eoq(day: date) -> bool:
    return (day.month, day.day) in {(3, 31), (6, 30), (9, 30), (12, 31)}


def days_to_month_end(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1] - day.day


def default_eoq_factor(day: date) -> float:
    ramp = [1.3, 1.24, 1.18, 1.12, 1.06]
    left = days_to_quarter_end(day)
    return ramp[left] if left < len(ramp) else 1


def eoq_factor(months: list[int], window: int, peak: float) -> Callable[[date], float]:
    def factor(day: date) -> float:
        step = max(window - days_to_month_end(day), 0) if day.month in months else 0
        return 1 + peak * step / window

    return factor


def is_in(holiday_calendar: holidays.HolidayBase) -> Callable[[date], bool]:
    return lambda day: day in holiday_calendar


@cache
def american_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("US")  # reads all countries in a quarter of a second


def default_holiday_factor(day: date) -> float:
    match day.month, day.day:
        case 1, 1:
            return 0.5
        case (7, 4) | (11, 22 | 23 | 24 | 25 | 26 | 27 | 28) | (12, 24):
            return 0.7
        case 12, 25 | 26 | 27 | 28 | 29 | 30 | 31:
            return 0.6
    return 1


PLAIN: dict[str, DayMacro] = {
    "day_of_week": date.weekday,
    "is_weekend": is_weekend,
    "quarter_end": quarter_end,
    "days_to_quarter_end": days_to_quarter_end,
    "is_eoq": is_eoq,
    "days_to_month_end": days_to_month_end,
    "eoq_factor": default_eoq_factor,
    "is_holiday": lambda day: day in american_holidays(),
    "holiday_factor": default_holiday_factor,
}


# Every day.


@pytest.mark.parametrize("macro", PLAIN)
def test_macro_equals_plain_python_on_every_day(default_connection: Connection, macro: str) -> None:
    expected = {day: PLAIN[macro](day) for day in DAYS}
    assert differences(answers(default_connection, macro, DAYS), expected) == []


@pytest.mark.parametrize("macro", PLAIN)
def test_macro_ignores_the_time_of_day(default_connection: Connection, macro: str) -> None:
    expected = {minute: PLAIN[macro](minute.date()) for minute in LAST_MINUTES}
    assert differences(answers(default_connection, macro, LAST_MINUTES), expected) == []


# Other settings.


@pytest.mark.parametrize(("first", "last"), [(9, 17), (0, 23), (8, 8)])
def test_business_hours_include_both_ends(first: int, last: int) -> None:
    got = answers_with(
        "is_business_hour", MINUTES, business_hours={"first_hour": first, "last_hour": last}
    )
    assert (
        differences(got, {minute: minute.hour in range(first, last + 1) for minute in MINUTES})
        == []
    )


@pytest.mark.parametrize(
    ("months", "window", "peak"),
    [
        ([1, 4, 7, 10], 10, 0.5),
        ([2], 28, 0.1),
        ([3, 6, 9, 12], 1, 0.3),
        ([12], 7, -1.0),
        ([3, 6, 9, 12], 5, 0.0),
        ([], 5, 0.3),
    ],
)
def test_eoq_ramp_follows_its_settings(months: list[int], window: int, peak: float) -> None:
    got = answers_with(
        "eoq_factor", DAYS, eoq={"months": months, "window_days": window, "peak": peak}
    )
    plain = eoq_factor(months, window, peak)
    assert differences(got, {day: plain(day) for day in DAYS}) == []


def rule(month: int, first_day: int, last_day: int, factor: float) -> dict[str, float]:
    return {"month": month, "first_day": first_day, "last_day": last_day, "factor": factor}


SHORT = rule(12, 24, 26, 0.4)
LONG = rule(12, 1, 31, 0.9)
OTHER = rule(2, 29, 29, 0.0)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (
            [SHORT, LONG, OTHER],
            {(12, 23): 0.9, (12, 24): 0.4, (12, 26): 0.4, (12, 27): 0.9, (2, 29): 0},
        ),
        (
            [LONG, SHORT, OTHER],
            {(12, 1): 0.9, (12, 24): 0.9, (12, 31): 0.9, (11, 30): 1, (2, 28): 1},
        ),
        (
            [OTHER, SHORT],
            {(12, 23): 1, (12, 24): 0.4, (12, 26): 0.4, (12, 27): 1, (2, 29): 0, (3, 1): 1},
        ),
        ([rule(7, 4, 4, 0.7), rule(7, 4, 4, 0.2)], {(7, 3): 1, (7, 4): 0.7, (7, 5): 1}),
    ],
)
def test_first_matching_holiday_factor_holds(
    rules: list[dict[str, float]], expected: dict[tuple[int, int], float]
) -> None:
    days = {date(2024, *month_and_day): factor for month_and_day, factor in expected.items()}
    assert answers_with("holiday_factor", list(days), holiday_factors=rules) == days


def test_no_holiday_factors_leave_every_day_at_1() -> None:
    assert set(answers_with("holiday_factor", DAYS, holiday_factors=[]).values()) == {1}


@pytest.mark.parametrize(
    ("country", "subdivision", "observed"),
    [
        ("DE", "BY", False),
        pytest.param("DE", None, True, marks=deep),
        pytest.param("US", None, False, marks=deep),
        ("US", "CA", True),
        ("GB", "SCT", True),
    ],
)
def test_holidays_follow_their_settings(
    country: str, subdivision: str | None, observed: bool
) -> None:
    chosen = {"country": country, "subdivision": subdivision, "observed": observed}
    plain = is_in(holidays.country_holidays(country, subdiv=subdivision, observed=observed))
    assert (
        differences(
            answers_with("is_holiday", DAYS, holidays=chosen), {day: plain(day) for day in DAYS}
        )
        == []
    )


def test_epiphany_is_a_holiday_in_bavaria_only() -> None:
    epiphany = date(2024, 1, 6)
    german = {"country": "DE", "observed": False}
    assert answers_with("is_holiday", [epiphany], holidays={**german, "subdivision": "BY"}) == {
        epiphany: True
    }
    assert answers_with("is_holiday", [epiphany], holidays=german) == {epiphany: False}


@pytest.mark.parametrize("outside", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_day_outside_the_loaded_holidays_is_an_error(
    default_connection: Connection, outside: date
) -> None:
    with pytest.raises(
        duckdb.Error, match=f"is_holiday: {outside} lies outside the loaded holidays"
    ):
        answers(default_connection, "is_holiday", [FIRST_DAY, outside, LAST_DAY])


# The printed script.

QUESTION = """
    with stamps as (
        select unnest([
            timestamp '2023-02-28 08:59',
            timestamp '2024-02-29 09:00',
            timestamp '2024-03-26 17:59',
            timestamp '2024-03-27 18:00',
            timestamp '2024-03-31 23:59',
            timestamp '2024-04-01 00:00',
            timestamp '2024-07-04 12:00',
            timestamp '2024-10-29 12:00',
            timestamp '2024-12-24 12:00',
            timestamp '2024-12-25 12:00'
        ]) as stamp
    ),

    answers as (
        select
            stamp,
            day_of_week(stamp),
            is_weekend(stamp),
            quarter_end(stamp),
            days_to_quarter_end(stamp),
            is_eoq(stamp),
            days_to_month_end(stamp),
            eoq_factor(stamp),
            is_holiday(stamp),
            holiday_factor(stamp),
            is_business_hour(stamp)
        from stamps
    )

    select columns(*)::varchar from answers order by stamp
"""


def replies(connection: Connection) -> list[tuple[str, ...]]:
    return connection.sql(QUESTION).fetchall()


def in_process_replies(config: Config) -> list[tuple[str, ...]]:
    with open_database(macro_tables(config)) as connection:
        return replies(connection)


def command_line_replies(script: Path) -> list[tuple[str, ...]]:
    environment_first = (
        f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    )
    executable = shutil.which("duckdb", path=environment_first)
    assert executable, "expected the duckdb command line; pip install duckdb-cli"
    command = [executable, "-init", str(script), "-csv", "-noheader", "-c", QUESTION]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [tuple(row) for row in csv.reader(done.stdout.splitlines())]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "eoq": {"months": [1, 4, 7, 10], "window_days": 10, "peak": -0.123456789},
            "holiday_factors": [LONG, SHORT],
        },
        {
            "eoq": {"months": []},
            "holiday_factors": [],
            "business_hours": {"first_hour": 0, "last_hour": 23},
        },
    ],
    ids=["default", "other", "empty"],
)
def test_script_answers_alike_in_a_bare_connection_and_on_the_command_line(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    config = config_with(**settings)
    text = script_text(macro_tables(config))
    expected = in_process_replies(config)
    with duckdb.connect() as connection:
        connection.execute(text)
        assert replies(connection) == expected
    script = tmp_path / "capgen.sql"
    script.write_text(text, encoding="utf-8")
    assert command_line_replies(script) == expected


def test_script_can_be_read_again_with_other_settings() -> None:
    second = config_with(eoq={"peak": 0.5})
    with duckdb.connect() as connection:
        connection.execute(script_text(macro_tables(config_with())))
        connection.execute(script_text(macro_tables(second)))
        assert replies(connection) == in_process_replies(second)


def test_slow_queries_draw_no_bar_on_standard_output() -> None:
    with connect_empty() as connection:
        setting = connection.sql("select current_setting('enable_progress_bar')").fetchall()
    assert setting == [(False,)]
