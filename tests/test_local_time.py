"""Hours, weekends and holidays follow the zone and the calendar of a region."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.panels import (
    ALL_REGIONS,
    HOUR_FACTORS,
    HOURS,
    WEEKDAY_FACTORS,
    of_region,
    profile,
    sorted_scan,
    web_config,
    web_panel,
)


def office_hours(region: str, zone: str, days: tuple[str, str]) -> pl.DataFrame:
    """Return the hours in which servers of a region are busy, in UTC."""
    layers = {"local_time": {"zones": {region: zone}}}
    web = {"archetypes": {"web": {"weekend_factor": 1}}}
    panel = web_panel(1, days, "hourly", layers=layers, fleet=of_region(region), **web)
    assert set(panel["cpu_p95_expected"].round(9)) == {45.0, 72.0}
    return panel.filter(pl.col("cpu_p95_expected") > 60)


def test_asian_servers_are_busy_in_the_office_hours_of_tokyo() -> None:
    panel = sorted_scan(
        web_config(
            20,
            ("2023-02-06", "2023-02-12"),
            "hourly",
            layers={"local_time": {"zones": {"Asia": "Asia/Tokyo"}}},
        )
    )
    local = pl.when(pl.col("region") == "Asia").then((HOURS + 9) % 24).otherwise(HOURS)
    wednesday = panel.filter(pl.col("timestamp").dt.date() == date(2023, 2, 8)).with_columns(
        local=local
    )
    assert set(wednesday["region"]) == set(ALL_REGIONS)
    busy = pl.col("cpu_p95_expected") == pl.col("cpu_p95_expected").max()
    assert set(wednesday.filter(busy)["local"]) == set(range(9, 18))
    assert set(wednesday.filter(~busy)["local"]) == set(range(24)) - set(range(9, 18))


def test_office_hours_of_new_york_shift_when_clocks_change() -> None:
    found = office_hours("US-East", "America/New_York", ("2022-01-01", "2023-12-31"))
    hours = found.group_by(pl.col("timestamp").dt.date().alias("day")).agg(
        HOURS.alias("hours").sort()
    )
    changes = {2022: (13, 6), 2023: (12, 5)}
    assert hours.height == 2 * 365
    for day, busy in hours.iter_rows():
        march, november = changes[day.year]
        is_summer = date(day.year, 3, march) <= day < date(day.year, 11, november)
        assert busy == list(range(13, 22) if is_summer else range(14, 23)), day


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham"])
def test_office_hours_follow_any_zone(zone: str) -> None:
    found = office_hours("Asia", zone, ("2023-01-01", "2023-12-31"))["timestamp"].to_list()
    steps = [
        datetime(2023, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(hours=hour) for hour in range(8760)
    ]
    assert found == [
        step.replace(tzinfo=None)
        for step in steps
        if 9 <= step.astimezone(ZoneInfo(zone)).hour <= 17
    ]


def test_profiles_and_scheduled_spikes_follow_local_time() -> None:
    layers = {"local_time": {"zones": {"Asia": "Asia/Kolkata"}}}
    spikes = {"scheduled_spikes": [{"hours": [2], "probability": 1, "magnitude": 3}]}
    archetypes = {"web": {**profile(HOUR_FACTORS, WEEKDAY_FACTORS)["web"], **spikes}}
    panel = web_panel(
        1,
        ("2023-02-06", "2023-02-19"),
        "hourly",
        layers=layers,
        archetypes=archetypes,
        fleet=of_region("Asia"),
    )
    local = [each + timedelta(hours=5, minutes=30) for each in panel["timestamp"]]
    means = [45 * HOUR_FACTORS[each.hour] * WEEKDAY_FACTORS[each.weekday()] for each in local]
    np.testing.assert_allclose(panel["cpu_p95_expected"], means)
    assert panel["is_spike"].to_list() == [int(each.hour == 2) for each in local]
    assert panel["is_weekend"].to_list() == [int(each.weekday() >= 5) for each in local]


REGIONAL = {
    "zones": {"EU": "Europe/Berlin", "Asia": "Asia/Tokyo"},
    "holidays": {
        "EU": {"country": "DE", "observed": True},
        "Asia": {"country": "JP", "observed": True},
    },
}


def flagged(panel: pl.DataFrame, region: str, flag: str) -> list[datetime]:
    here = panel.filter(pl.col("region") == region, pl.col(flag) == 1)
    return here["timestamp"].unique().sort().to_list()


@pytest.mark.parametrize(
    ("region", "first"),
    [
        ("EU", datetime(2023, 10, 2, 22)),
        ("Asia", datetime(2023, 11, 2, 15)),
        ("US-East", datetime(2023, 11, 10)),
    ],
)
def test_holidays_follow_the_region(region: str, first: datetime) -> None:
    days = (str((first - timedelta(days=3)).date()), str((first + timedelta(days=1)).date()))
    panel = sorted_scan(web_config(30, days, "hourly", layers={"local_time": REGIONAL}))
    hours = flagged(panel, region, "is_holiday")
    assert hours[0] == first
    assert hours[:24] == [first + timedelta(hours=each) for each in range(min(24, len(hours)))]
    for other in set(ALL_REGIONS) - {region}:
        assert (first in flagged(panel, other, "is_holiday")) == (
            {region, other} == {"US-East", "US-West"}
        )


def test_weekends_follow_the_region() -> None:
    panel = sorted_scan(
        web_config(30, ("2023-09-06", "2023-09-13"), "hourly", layers={"local_time": REGIONAL})
    )
    for region, first in {
        "EU": datetime(2023, 9, 8, 22),
        "Asia": datetime(2023, 9, 8, 15),
        "US-West": datetime(2023, 9, 9),
    }.items():
        assert flagged(panel, region, "is_weekend") == [
            first + timedelta(hours=hour) for hour in range(48)
        ]
        weekend = panel.filter(pl.col("region") == region, pl.col("is_weekend") == 1)
        assert set(weekend["cpu_p95_expected"].round(9)) == {22.5, 36.0}


def test_daily_steps_stand_for_their_own_date() -> None:
    config = web_config(30, ("2023-09-20", "2023-11-20"), layers={"local_time": REGIONAL})
    panel = sorted_scan(config)
    assert ((panel["is_weekend"] == 1) == (panel["dayofweek"] >= 5)).all()
    assert datetime(2023, 10, 3) in flagged(panel, "EU", "is_holiday")
    assert datetime(2023, 11, 3) in flagged(panel, "Asia", "is_holiday")
    assert flagged(panel, "US-East", "is_holiday") == [
        datetime(2023, *day) for day in ((10, 9), (11, 10), (11, 11))
    ]
    assert set(panel.filter(pl.col("dayofweek") < 5)["cpu_p95_expected"].round(9)) == {45.0}


def test_shoulders_at_the_start_of_the_window_follow_the_local_date() -> None:
    overrides: dict[str, Any] = {
        "layers": {"local_time": {"zones": {"US-East": "America/New_York"}}},
        "calendar": {"holiday_effect": {"factor": 0.5, "shoulder_days": 7, "shoulder_factor": 0.8}},
        "growth": {"origin": "2023-01-01"},
        "fleet": of_region("US-East"),
    }
    whole = web_panel(1, ("2023-07-01", "2023-07-14"), "hourly", **overrides)
    part = web_panel(1, ("2023-07-12", "2023-07-14"), "hourly", **overrides)
    assert_frame_equal(
        part, whole.filter(pl.col("timestamp") >= datetime(2023, 7, 12)), check_exact=True
    )
