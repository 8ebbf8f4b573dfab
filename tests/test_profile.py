"""Profiles show in hours and weekdays, and differ between servers."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from tests.estimates import check_close, check_mean, check_sd, check_share
from tests.panels import HOUR_FACTORS, HOURS, WEEKDAY_FACTORS, profile, web_panel


def test_profile_shows_in_hours_and_weekdays() -> None:
    archetypes = profile(HOUR_FACTORS, WEEKDAY_FACTORS)
    panel = web_panel(60, ("2023-02-06", "2023-03-05"), "hourly", archetypes=archetypes)
    for group, factors, other in (
        (HOURS, HOUR_FACTORS, sum(WEEKDAY_FACTORS) / 7),
        (pl.col("dayofweek"), WEEKDAY_FACTORS, sum(HOUR_FACTORS) / 24),
    ):
        means = (
            panel.group_by(group.alias("place"))
            .agg(pl.col("cpu_p95").mean(), pl.len())
            .sort("place")
        )
        for mean, cells, factor in zip(means["cpu_p95"], means["len"], factors, strict=True):
            check_close(mean, 45 * factor * other, 15 / math.sqrt(cells))


def test_profile_spreads_over_flat_night_and_other_servers() -> None:
    spread = {"flat_share": 0.2, "night_share": 0.1, "strength_sd": 0.3}
    archetypes = profile([1.0] * 12 + [1.5] * 12, [1.0] * 7, **spread)
    panel = web_panel(600, ("2023-02-06", "2023-02-06"), "hourly", archetypes=archetypes)
    morning, evening = (
        panel.filter(hour == HOURS)["cpu_p95_expected"].to_numpy() / 45 for hour in (6, 18)
    )
    is_flat = (morning == 1) & (evening == 1)
    is_night = morning > 1
    check_share(is_flat.sum(), 600, 0.2)
    check_share(is_night.sum(), 600, 0.1)
    strengths = ((np.maximum(morning, evening) - 1) / 0.5)[~is_flat]
    check_mean(strengths, 1)
    check_sd(strengths, 0.3)
    assert np.minimum(morning, evening).tolist() == [1] * 600


def test_those_of_the_night_live_twelve_hours_later() -> None:
    day, night = (
        web_panel(
            2,
            ("2023-02-06", "2023-02-12"),
            "hourly",
            archetypes=profile(HOUR_FACTORS, [1.0] * 7, **spread),
        )
        for spread in ({}, {"night_share": 1.0})
    )
    days, nights = (
        frame["cpu_p95_expected"].to_numpy().reshape(2, -1, 24) for frame in (day, night)
    )
    np.testing.assert_allclose(nights, np.roll(days, 12, axis=2))
