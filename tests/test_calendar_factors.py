"""Holidays, their shoulders and quarter ends of business days have their factors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from capgen.panel.calendar import calendar_of, macro_calendar
from capgen.panel.clocks import clocks
from capgen.panel.days import known_days, known_days_beside
from tests.conftest import make_config
from tests.panels import web_panel


def factors_of(days: tuple[str, str], calendar: dict[str, Any]) -> dict[date, float]:
    panel, plain = (web_panel(1, days, calendar=each) for each in (calendar, {}))
    ratios = (panel["cpu_p95_expected"] / plain["cpu_p95_expected"]).round(9)
    return dict(zip(panel["timestamp"].dt.date(), ratios, strict=True))


US_2023 = [
    *(date(2023, 1, day) for day in (1, 2, 16)),
    *(
        date(2023, month, day)
        for month, day in ((2, 20), (5, 29), (6, 19), (7, 4), (9, 4), (10, 9))
    ),
    *(date(2023, month, day) for month, day in ((11, 10), (11, 11), (11, 23), (12, 25))),
]


@pytest.mark.parametrize("shoulder_days", [0, 1, 3])
def test_holidays_and_their_shoulders_have_their_factors(shoulder_days: int) -> None:
    effect = {"factor": 0.6, "shoulder_days": shoulder_days, "shoulder_factor": 0.8}
    found = factors_of(("2023-01-01", "2023-12-31"), {"holiday_effect": effect})
    for day, factor in found.items():
        holidays = [*US_2023, date(2022, 12, 26), date(2024, 1, 1)]
        near = min(abs((day - holiday).days) for holiday in holidays)
        around = 0.8 if near <= shoulder_days else 1.0
        assert factor == (0.6 if near == 0 else around), day


def test_the_table_of_holiday_factors_holds_beside_the_effect() -> None:
    rows = [{"month": 12, "first_day": 24, "last_day": 31, "factor": 0.5}]
    effect = {"factor": 0.7, "shoulder_days": 1, "shoulder_factor": 0.9}
    found = factors_of(
        ("2023-12-20", "2023-12-31"), {"holiday_effect": effect, "holiday_factors": rows}
    )
    assert list(found.values()) == [1, 1, 1, 1, 0.9, 0.7, 0.9, 0.5, 0.5, 0.5, 0.5, 0.9]


@pytest.mark.parametrize("window", [1, 5, 10])
def test_quarter_ends_count_business_days(window: int) -> None:
    holidays = {*US_2023, date(2022, 12, 26)}
    eoq = {"window_days": window, "business_days": True, "peak": 0.3}
    for day, factor in factors_of(("2023-01-01", "2023-12-31"), {"eoq": eoq}).items():
        later = [day + timedelta(days=each) for each in range(1, 31)]
        left = sum(
            rest.month == day.month and rest.weekday() < 5 and rest not in holidays
            for rest in later
        )
        ramp = 0.3 * (window - left) / window if day.month % 3 == 0 and left < window else 0
        assert factor == pytest.approx(1 + ramp), day


@pytest.mark.parametrize("business_days", [False, True])
def test_a_calendar_is_the_same_beside_any_other_of_its_settings(
    business_days: bool,
) -> None:
    eoq = {"window_days": 5, "business_days": business_days, "peak": 0.3}
    zones = {
        "holidays": {
            "EU": {"country": "DE", "observed": False},
            "Asia": {"country": "SG", "observed": False},
        }
    }
    config = make_config(
        start_date="2032-01-01",
        end_date="2032-03-31",
        calendar={"eoq": eoq},
        layers={"local_time": zones},
    )
    every = [macro_calendar(config, clock) for clock in clocks(config)]
    frames = [known_days(each).days for each in every]
    assert len({tuple(each["is_holiday"]) for each in frames}) == len(frames)
    for calendar, frame in zip(every, frames, strict=True):
        for other in every:
            beside = known_days_beside(calendar, other).days
            assert_frame_equal(beside, frame, check_exact=True)


def test_windows_of_the_same_years_ask_for_their_calendar_once() -> None:
    windows = [("2031-01-01", "2031-02-28"), ("2031-06-01", "2031-06-30")]
    configs = [make_config(start_date=first, end_date=last) for first, last in windows]
    before = known_days.cache_info().misses
    frames = [calendar_of(config)(config.axis.span) for config in configs]
    assert known_days.cache_info().misses == before + 1
    assert [frame["is_holiday"].sum() for frame in frames] == [3, 1]
