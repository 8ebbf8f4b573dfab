"""Layers: each shows in the panel with the parameters it was given, changes nothing else, and the truth tells of it."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

from capgen import Config, scan
from capgen.panel.layers.intervals import geometric, intervals, minutes_of
from capgen.panel.time_axis import Span, TimeAxis
from tests.conftest import make_config
from tests.everything import EVERYTHING, LAYERS, LISTED, SCHEDULED

Floats = NDArray[np.float64]
STANDARD_ERRORS = 4
WIDE = [-1e9, 1e9]
WIDE_CLIPS = {key: {"clip": WIDE} for key in ("cpu", "mem", "disk", "net_in", "net_out")}
NO_OTHERS = dict.fromkeys(["application", "database", "batch"])
WEB: dict[str, Any] = {"share": 1, "spike": {"probability": 0}, "growth_percent_per_month": 0}
METRICS = ["cpu_p95", "mem_p95", "disk_p95", "net_in_p95", "net_out_p95"]
TRUTH = [*(f"{column}_expected" for column in METRICS), "is_spike", "is_outlier", "outlier_metrics", "event_id"]
HOURS = pl.col("timestamp").dt.hour()


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    both = {key for key in first if isinstance(first[key], dict) and isinstance(second.get(key), dict)}
    return {**first, **second, **{key: merged(first[key], second[key]) for key in both}}


def web_config(servers: int, days: tuple[str, str], granularity: str = "daily", **overrides: Any) -> Config:
    """Return a fleet of one archetype without spikes, growth, quarter ends, holidays and clips, with the truth."""
    plain = {
        "num_servers": servers,
        "start_date": days[0],
        "end_date": days[1],
        "granularity": granularity,
        "truth": True,
        "decimals": 12,
        "calendar": {"eoq": {"peak": 0}, "holiday_factors": []},
        "growth": {"trend": "monthly"},
        "metrics": WIDE_CLIPS,
        "archetypes": {"web": WEB, **NO_OTHERS},
    }
    return make_config(**merged(plain, overrides))


def web_panel(servers: int, days: tuple[str, str], granularity: str = "daily", **overrides: Any) -> pl.DataFrame:
    return sorted_scan(web_config(servers, days, granularity, **overrides))


def sorted_scan(config: Config) -> pl.DataFrame:
    return scan(config).sort("server_id", "timestamp").collect()


def check_close(estimate: float, true: float, standard_error: float) -> None:
    assert abs(estimate - true) < STANDARD_ERRORS * standard_error, (estimate, true, standard_error)


def check_mean(values: Floats, true: float) -> None:
    check_close(float(values.mean()), true, float(values.std()) / math.sqrt(values.size))


def check_sd(values: Floats, true: float) -> None:
    scaled = (values - values.mean()) / values.std()
    error = math.sqrt((float((scaled**4).mean()) - 1) / values.size) * float(values.std()) / 2
    check_close(float(values.std()), true, error)


def check_share(count: int | float | Decimal, cells: int, true: float) -> None:
    check_close(float(count) / cells, true, math.sqrt(true * (1 - true) / cells))


def check_correlation(first: Floats, second: Floats, true: float) -> None:
    check_close(float(np.corrcoef(first, second)[0, 1]), true, (1 - true**2) / math.sqrt(first.size))


def present(values: pl.Series) -> Floats:
    array: Floats = values.drop_nulls().to_numpy()
    return array


# --- 1. What each layer is given shows in the panel ---


def test_server_offsets_have_mean_one_their_sd_and_their_correlation() -> None:
    sd = {"cpu": 0.3, "mem": 0.2, "net_in": 0.5}
    layers = {"server_offset": {"sd": sd, "correlation": {"cpu~mem": 0.5, "cpu~net_in": -0.3}}}
    day = ("2024-02-06", "2024-02-06")
    panel, plain = (web_panel(3000, day, layers=each) for each in (layers, {}))
    offsets = {key: (panel[f"{key}_p95_expected"] / plain[f"{key}_p95_expected"]).to_numpy() for key in sd}
    logarithms = {key: np.log(values) for key, values in offsets.items()}
    for key, wanted in sd.items():
        check_mean(offsets[key], 1)
        check_sd(offsets[key], wanted)
        check_mean(logarithms[key], -math.log1p(wanted**2) / 2)
        check_sd(logarithms[key], math.sqrt(math.log1p(wanted**2)))
    for first, second, wanted in (("cpu", "mem", 0.5), ("cpu", "net_in", -0.3), ("mem", "net_in", 0.0)):
        check_correlation(logarithms[first], logarithms[second], wanted)


def test_server_offsets_last() -> None:
    layers = {"server_offset": {"sd": {"disk": 0.4}}}
    panel = web_panel(10, ("2023-12-01", "2024-02-06"), layers=layers)
    levels = panel.group_by("server_id").agg(pl.col("disk_p95_expected").unique())
    assert levels["disk_p95_expected"].list.len().to_list() == [1] * 10
    assert levels["disk_p95_expected"].list.first().n_unique() == 10


def test_servers_grow_at_rates_of_their_own() -> None:
    layers = {"server_growth": {"sd_percent_per_month": 1.5}}
    web = {"growth_percent_per_month": 0.5}
    panel = web_panel(1200, ("2024-01-01", "2024-06-30"), layers=layers, archetypes={"web": web})
    levels = panel.group_by("server_id").agg(pl.col("disk_p95_expected").sort_by("timestamp"))["disk_p95_expected"]
    months = 181 / 30.4375
    rates = ((levels.list.last() / levels.list.first() - 1) / months * 100).to_numpy()
    check_mean(rates, 0.5)
    check_sd(rates, 1.5)


def test_a_shrinking_server_stops_at_zero() -> None:
    layers = {"server_growth": {"sd_percent_per_month": 20}}
    panel = web_panel(50, ("2024-01-01", "2024-12-31"), layers=layers)
    assert panel["disk_p95_expected"].min() == 0


def test_annual_season_has_its_amplitudes_and_peaks() -> None:
    waves = [{"amplitude": 0.1, "peak_day": 335}, {"amplitude": 0.04, "peak_day": 20.5, "cycles": 2}]
    panel = web_panel(200, ("2023-01-01", "2023-12-31"), layers={"annual_season": {"disk": waves}})
    angle = 2 * np.pi * panel["timestamp"].dt.ordinal_day().to_numpy() / 365
    design = np.stack([f(k * angle) for k in (1, 2) for f in (np.cos, np.sin)] + [np.ones_like(angle)])
    found = np.linalg.solve(design @ design.T, design @ panel["disk_p95"].to_numpy())
    check_close(found[4], 20, 5 / math.sqrt(panel.height))
    error = 5 * math.sqrt(2 / panel.height)
    for wave, (cosine, sine) in zip(waves, found[:4].reshape(2, 2), strict=True):
        height, turns = 20 * wave["amplitude"], wave.get("cycles", 1)
        check_close(math.hypot(cosine, sine), height, error)
        early = math.atan2(sine, cosine) / (2 * math.pi * turns) * 365 - wave["peak_day"]
        period = 365 / turns
        check_close((early + period / 2) % period - period / 2, 0, error / height * period / (2 * math.pi))


HOUR_FACTORS = [0.5, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.4, 1.5, 1.6, 1.5, 1.7, 1.6, 1.5, 1.3, 1.2, 1] + [0.7] * 5
WEEKDAY_FACTORS = [1.0, 1.1, 1.2, 1.0, 0.9, 0.6, 0.5]


def profile(hours: Sequence[float], weekdays: Sequence[float], **spread: float) -> dict[str, Any]:
    return {"web": {"profile": {"hours": list(hours), "weekdays": list(weekdays), "spread": spread}}}


def test_profile_shows_in_hours_and_weekdays() -> None:
    archetypes = profile(HOUR_FACTORS, WEEKDAY_FACTORS)
    panel = web_panel(60, ("2023-02-06", "2023-03-05"), "hourly", archetypes=archetypes)
    for group, factors, other in (
        (HOURS, HOUR_FACTORS, sum(WEEKDAY_FACTORS) / 7),
        (pl.col("dayofweek"), WEEKDAY_FACTORS, sum(HOUR_FACTORS) / 24),
    ):
        means = panel.group_by(group.alias("place")).agg(pl.col("cpu_p95").mean(), pl.len()).sort("place")
        for mean, cells, factor in zip(means["cpu_p95"], means["len"], factors, strict=True):
            check_close(mean, 45 * factor * other, 15 / math.sqrt(cells))


def test_profile_spreads_over_flat_night_and_other_servers() -> None:
    spread = {"flat_share": 0.2, "night_share": 0.1, "strength_sd": 0.3}
    archetypes = profile([1.0] * 12 + [1.5] * 12, [1.0] * 7, **spread)
    panel = web_panel(2000, ("2023-02-06", "2023-02-06"), "hourly", archetypes=archetypes)
    morning, evening = (panel.filter(hour == HOURS)["cpu_p95_expected"].to_numpy() / 45 for hour in (6, 18))
    is_flat, is_night = (morning == 1) & (evening == 1), morning > 1
    check_share(is_flat.sum(), 2000, 0.2)
    check_share(is_night.sum(), 2000, 0.1)
    strengths = ((np.maximum(morning, evening) - 1) / 0.5)[~is_flat]
    check_mean(strengths, 1)
    check_sd(strengths, 0.3)
    assert np.minimum(morning, evening).tolist() == [1] * 2000


def test_those_of_the_night_live_twelve_hours_later() -> None:
    day, night = (
        web_panel(2, ("2023-02-06", "2023-02-12"), "hourly", archetypes=profile(HOUR_FACTORS, [1.0] * 7, **spread))
        for spread in ({}, {"night_share": 1.0})
    )
    days, nights = (frame["cpu_p95_expected"].to_numpy().reshape(2, -1, 24) for frame in (day, night))
    np.testing.assert_allclose(nights, np.roll(days, 12, axis=2))


def factors_of(days: tuple[str, str], calendar: dict[str, Any]) -> dict[date, float]:
    panel, plain = (web_panel(1, days, calendar=each) for each in (calendar, {}))
    ratios = (panel["cpu_p95_expected"] / plain["cpu_p95_expected"]).round(9)
    return dict(zip(panel["timestamp"].dt.date(), ratios, strict=True))


US_2023 = [
    *(date(2023, 1, day) for day in (1, 2, 16)),
    *(date(2023, month, day) for month, day in ((2, 20), (5, 29), (6, 19), (7, 4), (9, 4), (10, 9))),
    *(date(2023, month, day) for month, day in ((11, 10), (11, 11), (11, 23), (12, 25))),
]


@pytest.mark.parametrize("shoulder_days", [0, 1, 3])
def test_holidays_and_their_shoulders_have_their_factors(shoulder_days: int) -> None:
    effect = {"factor": 0.6, "shoulder_days": shoulder_days, "shoulder_factor": 0.8}
    found = factors_of(("2023-01-01", "2023-12-31"), {"holiday_effect": effect})
    for day, factor in found.items():
        near = min(abs((day - each).days) for each in [*US_2023, date(2022, 12, 26), date(2024, 1, 1)])
        assert factor == (0.6 if near == 0 else 0.8 if near <= shoulder_days else 1.0), day


def test_the_table_of_holiday_factors_holds_beside_the_effect() -> None:
    rows = [{"month": 12, "first_day": 24, "last_day": 31, "factor": 0.5}]
    effect = {"factor": 0.7, "shoulder_days": 1, "shoulder_factor": 0.9}
    found = factors_of(("2023-12-20", "2023-12-31"), {"holiday_effect": effect, "holiday_factors": rows})
    assert list(found.values()) == [1, 1, 1, 1, 0.9, 0.7, 0.9, 0.5, 0.5, 0.5, 0.5, 0.9]


@pytest.mark.parametrize("window", [1, 5, 10])
def test_quarter_ends_count_business_days(window: int) -> None:
    holidays = {*US_2023, date(2022, 12, 26)}
    eoq = {"window_days": window, "business_days": True, "peak": 0.3}
    for day, factor in factors_of(("2023-01-01", "2023-12-31"), {"eoq": eoq}).items():
        later = [day + timedelta(days=each) for each in range(1, 31)]
        left = sum(each.month == day.month and each.weekday() < 5 and each not in holidays for each in later)
        ramp = 0.3 * (window - left) / window if day.month % 3 == 0 and left < window else 0
        assert factor == pytest.approx(1 + ramp), day


def scheduled(**schedule: Any) -> dict[str, Any]:
    return {"web": {"scheduled_spikes": [{"magnitude": 3, "probability": 0.4, **schedule}]}}


def test_scheduled_spikes_start_at_their_hours_and_last() -> None:
    panel = web_panel(60, ("2023-02-06", "2023-03-05"), "hourly", archetypes=scheduled(hours=[2, 14], steps=2))
    flags = panel["is_spike"].to_numpy().reshape(60, 28, 24)
    for hour in (2, 14):
        check_share(flags[:, :, hour].sum(), 60 * 28, 0.4)
        assert (flags[:, :, hour + 1] == flags[:, :, hour]).all()
    assert not np.delete(flags, [2, 3, 14, 15], axis=2).any()
    spikes = panel.filter(pl.col("is_spike") == 1)
    for column, share in (("cpu_p95", 1), ("mem_p95", 0.7), ("net_in_p95", 0.8), ("disk_p95", 1 / 3)):
        check_mean((spikes[column] - spikes[f"{column}_expected"] * 3 * share).to_numpy(), 0)


@pytest.mark.parametrize(
    ("granularity", "hour", "steps", "minutes"),
    [
        ("15min", 2, 3, [120, 135, 150]),
        ("15min", 2, 1, [120]),
        ("hourly", 23, 3, [0, 60, 1380]),
        ("5min", 23, 13, [0, *range(1380, 1440, 5)]),
    ],
)
def test_scheduled_spikes_last_so_many_steps(granularity: str, hour: int, steps: int, minutes: list[int]) -> None:
    archetypes = scheduled(hours=[hour], steps=steps, probability=1)
    panel = web_panel(2, ("2023-02-06", "2023-02-08"), granularity, archetypes=archetypes)
    minute = HOURS.cast(pl.Int64) * 60 + pl.col("timestamp").dt.minute()
    found = panel.filter(pl.col("is_spike") == 1).group_by(minute.alias("minute")).len().sort("minute")
    assert found["minute"].to_list() == minutes
    assert set(found["len"]) <= {6}


def test_outliers_and_dips_have_their_shares_and_magnitudes() -> None:
    wanted = {"probability": 0.02, "magnitude": 1.6, "dip_probability": 0.01, "dip_magnitude": 0.2}
    config = web_config(100, ("2023-01-01", "2023-12-31"), layers={"outliers": {"cpu": wanted}})
    panel, clean = sorted_scan(config), sorted_scan(config.clean_twin())
    ratio = (panel["cpu_p95"] / clean["cpu_p95"]).round(6)
    for factor, share in ((1.6, 0.02), (0.2, 0.01), (1.0, 0.97)):
        check_share((ratio == factor).sum(), panel.height, share)
    assert set(ratio) == {0.2, 1.0, 1.6}
    assert ((ratio != 1) == (panel["is_outlier"] == 1)).all()


def test_outliers_of_two_metrics_are_independent_and_stay_in_one_metric() -> None:
    chance = {"probability": 0.2, "magnitude": 2}
    config = web_config(50, ("2023-01-01", "2023-12-31"), layers={"outliers": {"net_in": chance, "net_out": chance}})
    panel, clean = sorted_scan(config), sorted_scan(config.clean_twin())
    inward, outward = (panel[each] != clean[each] for each in ("net_in_p95", "net_out_p95"))
    check_share((inward & outward).sum(), panel.height, 0.04)
    assert ((inward | outward) == (panel["is_outlier"] == 1)).all()


def test_missing_values_have_their_shares() -> None:
    layers = {"missing": {"share": {"cpu": 0.02, "net_out": 0.05}}}
    panel = web_panel(100, ("2023-01-01", "2023-12-31"), layers=layers)
    cpu, outward = panel["cpu_p95"].is_null(), panel["net_out_p95"].is_null()
    check_share(cpu.sum(), panel.height, 0.02)
    check_share(outward.sum(), panel.height, 0.05)
    check_share((cpu & outward).sum(), panel.height, 0.001)
    assert panel.select("mem_p95", "disk_p95", "net_in_p95", *TRUTH[:5]).null_count().sum_horizontal().item() == 0


def runs(flags: NDArray[np.bool_]) -> list[int]:
    """Return the lengths of the runs of True that end inside, row by row."""
    edges = np.diff(np.pad(flags, ((0, 0), (1, 0))).astype(np.int8), axis=1)
    found = []
    for row in edges:
        starts, stops = np.flatnonzero(row == 1), np.flatnonzero(row == -1)
        found += list(stops - starts[: stops.size])
    return found


def mean_of_whole(mean: float) -> float:
    """Return the mean of an exponential that is rounded up to whole units."""
    return 1 / (1 - math.exp(-1 / mean))


def test_server_outages_come_as_often_and_last_as_long_as_configured() -> None:
    layers = {"missing": {"server_outages": {"per_year": 8, "mean_hours": 3}}}
    panel = web_panel(100, ("2023-01-01", "2023-12-31"), "hourly", layers=layers)
    assert (panel["cpu_p95"].is_null() == panel["disk_p95"].is_null()).all()
    flags = panel["cpu_p95"].is_null().to_numpy().reshape(100, -1)
    lengths = np.array(runs(flags), dtype=np.float64)
    check_close(lengths.size / 100, 8, math.sqrt(8 / 100))
    check_mean(lengths, 3)
    check_mean(flags.mean(axis=1), 1 - math.exp(-8 * 3 / 8760))


@pytest.mark.parametrize("kind", ["server_outages", "fleet_gaps"])
def test_gaps_of_an_hour_on_average_last_an_hour(kind: str) -> None:
    layers = {"missing": {kind: {"per_year": 100, "mean_hours": 1}}}
    panel = web_panel(1, ("2020-01-01", "2029-12-31"), "hourly", layers=layers)
    lengths = runs(panel["cpu_p95"].is_null().to_numpy()[None, :])
    assert len(lengths) > 800
    assert 1 <= np.mean(lengths) < 1.05  # some follow each other at once


@pytest.mark.parametrize("mean_hours", [1.2, 3, 74.4])
def test_gaps_have_a_geometric_length_of_whole_hours(mean_hours: float) -> None:
    chance = geometric(1000, mean_hours * 60, 60)
    years = minutes_of(TimeAxis.of(make_config()), Span(-365 * 30, 365 * 30))
    found = [(each.stop - each.start) / 60 for each in intervals(1, "server_000", "gap", chance, years)]
    lengths = np.array(found)
    assert lengths.size > 50_000
    assert set(lengths % 1) == {0}
    check_mean(lengths, mean_hours)
    for hours in (1, 2, 5):
        check_share((lengths > hours).sum(), lengths.size, (1 - 1 / mean_hours) ** hours)


def test_fleet_gaps_hit_all_servers_at_once() -> None:
    layers = {"missing": {"fleet_gaps": {"per_year": 40, "mean_hours": 6}}}
    panel = web_panel(3, ("2006-01-01", "2025-12-31"), "hourly", layers=layers)
    flags = panel["cpu_p95"].is_null().to_numpy().reshape(3, -1)
    assert (flags == flags[0]).all()
    assert (panel["cpu_p95"].is_null() == panel["net_out_p95"].is_null()).all()
    check_close(len(runs(flags[:1])) / 20, 40 * math.exp(-40 * 6 / 8766), math.sqrt(40 / 20))
    by_year = flags[0, : 20 * 8766].reshape(20, 8766).mean(axis=1)
    check_mean(by_year, 1 - math.exp(-40 * 6 / 8766))


def events_in(panel: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each event and server, with the number of steps that it touches."""
    found = panel.select("server_id", pl.col("event_id").str.split("+")).drop_nulls().explode("event_id")
    return found.group_by("event_id", "server_id").len().sort("event_id", "server_id")


@pytest.mark.parametrize("scope", ["server", "app", "region"])
@pytest.mark.parametrize("kind", ["surge", "memory_leak", "level_shift", "outage"])
def test_random_events_come_as_often_and_last_as_long_as_configured(kind: str, scope: str) -> None:
    magnitude = {} if kind == "outage" else {"magnitude": 1.5, "metrics": ["mem"]}
    event = {"type": kind, "scope": scope, "per_year": 40, "mean_hours": 20, **magnitude}
    layers = {"events": {"random": {"it": event}}}
    panel = web_panel(30, ("2023-01-01", "2024-01-20"), "hourly", layers=layers)
    subject = {"server": "server_id", "app": "app_name", "region": "region"}[scope]
    events = events_in(panel).filter(pl.col("event_id").str.contains(":2023:"))
    lengths = events.group_by("event_id").agg(pl.col("len").unique().alias("lengths"), pl.len().alias("servers"))
    assert set(lengths["lengths"].list.len()) == {1}
    subjects = panel[subject].n_unique()
    check_close(lengths.height / subjects, 40, math.sqrt(40 / subjects))
    minutes = mean_of_whole(20 * 60)
    check_mean(lengths["lengths"].list.first().cast(pl.Float64).to_numpy(), (minutes - 1) / 60 + 1)
    members = dict(panel.group_by(subject).agg(pl.col("server_id").n_unique().alias("servers")).iter_rows())
    for event_id, servers in lengths.select("event_id", "servers").iter_rows():
        assert servers == members[event_id.split(":")[1]]


def event_ratio(events: dict[str, Any], key: str, granularity: str = "hourly") -> tuple[pl.DataFrame, Floats]:
    config = web_config(20, ("2023-01-01", "2023-03-31"), granularity, layers={"events": events})
    panel = sorted_scan(config)
    return panel, (panel[f"{key}_p95"] / sorted_scan(config.clean_twin())[f"{key}_p95"]).round(6).to_numpy()


@pytest.mark.parametrize(("kind", "magnitude"), [("surge", 1.4), ("level_shift", 0.6), ("outage", None)])
def test_events_multiply_by_their_magnitude(kind: str, magnitude: float | None) -> None:
    metrics = {} if magnitude is None else {"magnitude": magnitude, "metrics": ["cpu", "net_in"]}
    event = {"type": kind, "scope": "server", "per_year": 20, "mean_hours": 30, **metrics}
    panel, ratio = event_ratio({"random": {"it": event}}, "cpu")
    ids = panel["event_id"].fill_null("")
    depth = ids.str.split("+").list.len().to_numpy()
    np.testing.assert_allclose(ratio, np.where(ids == "", 1.0, float(magnitude or 0) ** depth), atol=2e-6)
    assert 0.5 > (ids != "").mean() > 0.02  # type: ignore[operator]
    derived = (panel["net_out_p95"] / panel["net_in_p95"]).to_numpy()
    np.testing.assert_allclose(derived[panel["net_in_p95"].to_numpy() != 0], 0.6)


def test_an_outage_gives_zero_in_every_metric() -> None:
    event = {"type": "outage", "scope": "region", "per_year": 30, "mean_hours": 10}
    panel, _ = event_ratio({"random": {"down": event}}, "cpu")
    down = panel.filter(pl.col("event_id").is_not_null())
    assert down.height > 100
    assert down.select(METRICS).sum().sum_horizontal().item() == 0
    assert (
        panel.filter(pl.col("event_id").is_null()).select(pl.any_horizontal(pl.col(METRICS) == 0).any()).item() is False
    )


def test_a_leak_ramps_up_and_resets() -> None:
    event = {"type": "memory_leak", "scope": "server", "per_year": 6, "mean_hours": 72, "magnitude": 1.6}
    panel, ratio = event_ratio({"random": {"leak": {**event, "metrics": ["mem"]}}}, "mem")
    lasting = events_in(panel.filter(pl.col("timestamp") < datetime(2023, 3, 1)))
    checked = 0
    frame = panel.with_columns(ratio=pl.Series(ratio))
    for event_id, server, steps in lasting.iter_rows():
        ramp = frame.filter(pl.col("event_id") == event_id, pl.col("server_id") == server)["ratio"].to_numpy()
        if ":2023:" in event_id and ramp.size == steps >= 10:
            rises = np.diff(ramp)[:-1]
            np.testing.assert_allclose(rises, 0.6 / steps, rtol=3 / steps)
            assert 1 < ramp[0] < 1 + 1.1 * 0.6 / (steps - 2)
            assert ramp[-1] == pytest.approx(1.6)
            checked += 1
    assert checked > 10
    assert set(frame.filter(pl.col("event_id").is_null())["ratio"]) == {1.0}


def test_a_listed_leak_follows_its_minutes() -> None:
    times = {"start": "2023-02-01 06:30", "end": "2023-02-03 06:30"}
    leak = {"type": "memory_leak", "server": "server_003", "magnitude": 2, "metrics": ["mem"], **times}
    panel, ratio = event_ratio({"listed": {"leak": leak}}, "mem")
    minutes = (panel["timestamp"] - datetime(2023, 2, 1, 6, 30)).dt.total_minutes().to_numpy()
    inside = (minutes > -60) & (minutes < 48 * 60) & (panel["server_id"] == "server_003").to_numpy()
    np.testing.assert_allclose(ratio, np.where(inside, 1 + np.clip((minutes + 60) / (48 * 60), 0, 1), 1), atol=2e-6)
    assert (panel["event_id"].is_not_null().to_numpy() == inside).all()


@pytest.mark.parametrize("subject", [{"server": "server_004"}, {"app": "IT-app-1"}, {"region": "EU"}])
@pytest.mark.parametrize("granularity", ["hourly", "daily"])
def test_listed_events_touch_their_subject_at_their_time(subject: dict[str, str], granularity: str) -> None:
    config = web_config(300, ("2023-02-01", "2023-02-08"), granularity, layers={})
    surge = {"type": "surge", "start": "2023-02-03", "end": "2023-02-05 12:00", "magnitude": 1.5, "metrics": ["cpu"]}
    layers = {"events": {"listed": {"launch": {**surge, **subject}}}}
    panel = sorted_scan(web_config(300, ("2023-02-01", "2023-02-08"), granularity, layers=layers))
    ((scope, name),) = subject.items()
    column = {"server": "server_id", "app": "app_name", "region": "region"}[scope]
    last = datetime(2023, 2, 5, 11)
    inside = (pl.col(column) == name) & pl.col("timestamp").is_between(datetime(2023, 2, 3), last)
    assert panel.filter(inside).height > 0
    assert set(panel.filter(inside)["event_id"]) == {"launch"}
    assert panel.filter(~inside)["event_id"].null_count() == panel.filter(~inside).height
    ratio = panel["cpu_p95"] / sorted_scan(config)["cpu_p95"]
    np.testing.assert_allclose(ratio, panel.select(pl.when(inside).then(1.5).otherwise(1.0)).to_series())


LIFE_DAYS = {"first_day": "2023-02-01", "last_day": "2023-11-30"}


@functools.cache
def lives(born: float, retired: float) -> pl.DataFrame:
    """Return the first day and the last day of each server, and how many days it lived."""
    layers = {"server_life": {**LIFE_DAYS, "born_share": born, "retired_share": retired}}
    panel = web_panel(800, ("2023-01-01", "2023-12-31"), layers=layers)
    assert (panel["cpu_p95"].is_null() == panel["net_out_p95"].is_null()).all()
    days, alive = pl.col("timestamp").dt.date(), pl.col("cpu_p95").is_not_null()
    of_server = (
        panel.filter(alive).group_by("server_id").agg(days.min().alias("first"), days.max().alias("last"), pl.len())
    )
    return of_server.with_columns(
        is_born=pl.col("first") > date(2023, 1, 1), is_retired=pl.col("last") < date(2023, 12, 31)
    )


def test_servers_are_born_and_retired_in_their_shares_and_live_in_between() -> None:
    found = lives(0.3, 0.2)
    check_share(found["is_born"].sum(), 800, 0.3)
    check_share(found["is_retired"].sum(), 800, 0.2)
    check_share((found["is_born"] & found["is_retired"]).sum(), 800, 0.06)
    assert found.height == 800
    assert ((found["last"] - found["first"]).dt.total_days() + 1 == found["len"]).all()
    edges = pl.concat([found.filter("is_born")["first"], found.filter("is_retired")["last"]])
    assert edges.is_between(date(2023, 2, 1), date(2023, 11, 30)).all()


@pytest.mark.parametrize(("born", "retired", "column"), [(1.0, 0.0, "first"), (0.0, 1.0, "last")])
def test_days_of_birth_and_retirement_are_uniform(born: float, retired: float, column: str) -> None:
    days = (lives(born, retired)[column] - date(2023, 2, 1)).dt.total_days().cast(pl.Float64).to_numpy()
    total = (date(2023, 11, 30) - date(2023, 2, 1)).days + 1
    check_close(float(days.mean()), (total - 1) / 2, total / math.sqrt(12 * days.size))
    check_share(float((days < total / 4).sum()), days.size, math.ceil(total / 4) / total)


@pytest.mark.parametrize("offset", [{}, {"server_offset": {"sd": {"cpu": 0.3}}}])
def test_resize_divides_the_level_whenever_it_reaches_the_limit(offset: dict[str, Any]) -> None:
    resize = {"metric": "cpu", "limit": 60, "ratio": 2, "metrics": ["cpu", "mem"]}
    flat = {"business_hours_factor": 1, "weekend_factor": 1, "growth_percent_per_month": 8}
    days, life = ("2022-01-01", "2024-12-31"), {"server_life": {**LIFE_DAYS, "resize": resize}}
    panel, plain = (web_panel(20, days, layers=each, archetypes={"web": flat}) for each in (offset | life, offset))
    level = plain["cpu_p95_expected"].to_numpy()
    times = np.maximum(np.floor(np.log2(level / 60)) + 1, 0)
    assert set(times) >= {0, 1, 2}
    for column in ("cpu_p95_expected", "mem_p95_expected"):
        np.testing.assert_allclose(panel[column], plain[column].to_numpy() / 2**times)
    assert panel["disk_p95"].equals(plain["disk_p95"])
    assert (panel["cpu_p95_expected"] < 60 + 1e-9).all()


OWN_NET_OUT: dict[str, Any] = {
    "metrics": {"net_out": {"derived": None, "response": {"business_hours": 0.5}, "spike_share": 0.4}},
    "archetypes": {
        name: {
            "base": {"net_out": 70},
            "sd": {"net_out": 12},
            "correlation": {"net_in~net_out": 0.6, "cpu~net_out": 0.4},
        }
        for name in ("web", "application", "database", "batch")
    },
}


def test_net_out_can_be_a_metric_of_its_own() -> None:
    own = {**OWN_NET_OUT, "archetypes": {"web": OWN_NET_OUT["archetypes"]["web"]}}
    panel = web_panel(50, ("2023-02-06", "2023-03-05"), "hourly", **own)
    noise = {
        key: (panel[f"{key}_p95"] - panel[f"{key}_p95_expected"]).to_numpy() for key in ("cpu", "net_in", "net_out")
    }
    check_mean(noise["net_out"], 0)
    check_sd(noise["net_out"], 12)
    check_correlation(noise["net_in"], noise["net_out"], 0.6)
    check_correlation(noise["cpu"], noise["net_out"], 0.4)
    assert set(panel["net_out_p95_expected"].round(9)) == {70.0, 70 * 1.3}
    assert set(panel.filter(HOURS.is_between(9, 17))["net_out_p95_expected"].round(9)) == {70 * 1.3}


# --- 2. A layer changes only what it is about ---

FOLLOW_THE_CALENDAR = ["cpu_p95", "mem_p95", "net_in_p95", "net_out_p95"]
GROW = ["cpu_p95", "mem_p95", "disk_p95"]
FLAT_PROFILE = {"hours": [1.2] * 24, "weekdays": [1.0] * 7}
SURGE = {"type": "surge", "scope": "app", "per_year": 50, "mean_hours": 30, "magnitude": 1.5}
CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "offset of cpu": ({"layers": {"server_offset": {"sd": {"cpu": 0.3}}}}, ["cpu_p95"]),
    "offset of net_in": ({"layers": {"server_offset": {"sd": {"net_in": 0.3}}}}, ["net_in_p95", "net_out_p95"]),
    "correlated offsets": ({"layers": {"server_offset": LAYERS["server_offset"]}}, FOLLOW_THE_CALENDAR),
    "growth of servers": ({"layers": {"server_growth": {"sd_percent_per_month": 5}}}, GROW),
    "monthly growth": ({"growth": {"trend": "monthly", "origin": "2020-01-01"}}, GROW),
    "season of cpu": ({"layers": {"annual_season": {"cpu": [{"amplitude": 0.1, "peak_day": 335}]}}}, ["cpu_p95"]),
    "zones": (
        {"layers": {"local_time": {"zones": {"Asia": "Asia/Tokyo"}}}},
        [*FOLLOW_THE_CALENDAR, "is_weekend", "is_holiday"],
    ),
    "holidays of a region": (
        {"layers": {"local_time": {"holidays": {"EU": {"country": "DE", "observed": True}}}}},
        ["is_holiday"],
    ),
    "outliers of cpu": ({"layers": {"outliers": {"cpu": {"probability": 0.05, "magnitude": 0.5}}}}, ["cpu_p95"]),
    "outliers of net_in": ({"layers": {"outliers": {"net_in": {"probability": 0.05}}}}, ["net_in_p95"]),
    "outliers of net_out": ({"layers": {"outliers": {"net_out": {"probability": 0.05}}}}, ["net_out_p95"]),
    "missing cpu": ({"layers": {"missing": {"share": {"cpu": 0.05}}}}, ["cpu_p95"]),
    "server outages": ({"layers": {"missing": {"server_outages": {"per_year": 50, "mean_hours": 6}}}}, METRICS),
    "fleet gaps": ({"layers": {"missing": {"fleet_gaps": {"per_year": 50, "mean_hours": 6}}}}, METRICS),
    "surge of net_in": (
        {"layers": {"events": {"random": {"rush": {**SURGE, "metrics": ["net_in"]}}}}},
        ["net_in_p95", "net_out_p95"],
    ),
    "leak": (
        {"layers": {"events": {"random": {"leak": {**SURGE, "type": "memory_leak", "metrics": ["mem"]}}}}},
        ["mem_p95"],
    ),
    "outage": (
        {
            "layers": {
                "events": {"random": {"down": {"type": "outage", "scope": "app", "per_year": 50, "mean_hours": 9}}}
            }
        },
        METRICS,
    ),
    "listed outage of disk": (
        {
            "layers": {
                "events": {
                    "listed": {
                        "full": {
                            "type": "outage",
                            "server": "server_002",
                            "start": "2023-10-01",
                            "end": "2023-10-02",
                            "metrics": ["disk"],
                        }
                    }
                }
            }
        },
        ["disk_p95"],
    ),
    "lives": (
        {
            "layers": {
                "server_life": {
                    "first_day": "2023-10-01",
                    "last_day": "2023-11-30",
                    "born_share": 0.5,
                    "retired_share": 0.5,
                }
            }
        },
        METRICS,
    ),
    "resize": (
        {
            "layers": {
                "server_life": {**LIFE_DAYS, "resize": {"metric": "cpu", "limit": 20, "ratio": 2, "metrics": ["cpu"]}}
            }
        },
        ["cpu_p95"],
    ),
    "profile": ({"archetypes": {"web": {"profile": FLAT_PROFILE}}}, FOLLOW_THE_CALENDAR),
    "scheduled spikes": ({"archetypes": {"web": {"scheduled_spikes": SCHEDULED}}}, FOLLOW_THE_CALENDAR),
    "holiday effect": ({"calendar": {"holiday_effect": {"factor": 0.2}}}, FOLLOW_THE_CALENDAR),
    "business days": ({"calendar": {"eoq": {"business_days": True}}}, FOLLOW_THE_CALENDAR),
    "own net_out": (OWN_NET_OUT, ["net_out_p95"]),
}
SEASON = {"num_servers": 40, "granularity": "hourly", "start_date": "2023-09-20", "end_date": "2023-12-31"}


@functools.cache
def default_panel() -> pl.DataFrame:
    return sorted_scan(make_config(**SEASON, truth=True))


def differing(first: pl.DataFrame, second: pl.DataFrame) -> list[str]:
    return [each for each in first.columns if not first[each].equals(second[each], check_dtypes=True)]


@pytest.mark.parametrize("name", CHANGES)
def test_a_layer_leaves_every_bit_of_the_other_columns(name: str) -> None:
    overrides, wanted = CHANGES[name]
    panel = sorted_scan(make_config(**merged(SEASON, overrides)))
    assert panel.columns == [each for each in default_panel().columns if each not in TRUTH]
    assert differing(panel, default_panel()) == wanted


@pytest.mark.parametrize("name", ["missing cpu", "server outages", "fleet gaps", "lives"])
def test_what_is_there_is_as_before(name: str) -> None:
    panel = sorted_scan(make_config(**merged(SEASON, CHANGES[name][0])))
    for column in METRICS:
        here = panel[column].is_not_null()
        assert panel[column].filter(here).equals(default_panel()[column].filter(here))
    assert panel["cpu_p95"].null_count() > 0


@pytest.mark.parametrize("name", ["profile", "scheduled spikes"])
def test_a_layer_of_one_archetype_leaves_the_others(name: str) -> None:
    panel = sorted_scan(make_config(**merged(SEASON, CHANGES[name][0])))
    others = pl.col("server_type") != "web"
    assert_frame_equal(panel.filter(others), default_panel().filter(others)[panel.columns], check_exact=True)


def test_local_time_leaves_the_regions_that_it_does_not_name() -> None:
    panel = sorted_scan(make_config(**merged(SEASON, CHANGES["zones"][0])))
    others = pl.col("region") != "Asia"
    assert_frame_equal(panel.filter(others), default_panel().filter(others)[panel.columns], check_exact=True)


def test_the_truth_only_adds_columns() -> None:
    panel = sorted_scan(make_config(**SEASON))
    assert default_panel().columns == [*panel.columns, *TRUTH]
    assert_frame_equal(panel, default_panel()[panel.columns], check_exact=True)
    assert default_panel()["is_outlier"].sum() == 0
    assert default_panel()["event_id"].null_count() == default_panel().height


def test_first_columns_only_change_the_order() -> None:
    first = ["server_id", "is_spike", "cpu_p95"]
    panel = sorted_scan(make_config(**SEASON, truth=True, first_columns=first))
    others = [each for each in default_panel().columns if each not in first]
    assert panel.columns == [*first, *others]
    assert_frame_equal(panel[default_panel().columns], default_panel(), check_exact=True)


@pytest.mark.parametrize(
    "layers",
    [
        {"server_offset": {"sd": {}}},
        {"server_offset": {"sd": {"cpu": 0}}},
        {"annual_season": {}},
        {"annual_season": {"cpu": []}},
        {"local_time": {}},
        {"local_time": {"zones": {"EU": "UTC"}}},
        {"outliers": {}},
        {"outliers": {"cpu": {"probability": 0}}},
        {"missing": {}},
        {"missing": {"fleet_gaps": {"per_year": 0, "mean_hours": 5}}},
        {"events": {}},
        {"events": {"random": {"rush": {**SURGE, "metrics": ["cpu"], "per_year": 0}}}},
        {"server_life": LIFE_DAYS},
    ],
    ids=json.dumps,
)
def test_a_layer_that_does_nothing_changes_nothing(layers: dict[str, Any]) -> None:
    panel = sorted_scan(make_config(**merged(SEASON, {"layers": layers})))
    assert differing(panel, default_panel()) == []


# --- 3. Local time ---

ALL_REGIONS = ("US-East", "US-West", "EU", "Asia")


def of_region(region: str) -> dict[str, Any]:
    return {"region": {each: 1 if each == region else 0 for each in ALL_REGIONS}}


def office_hours(region: str, zone: str, days: tuple[str, str]) -> pl.DataFrame:
    """Return the hours in which servers of a region are busy, in UTC."""
    layers = {"local_time": {"zones": {region: zone}}}
    web = {"archetypes": {"web": {"weekend_factor": 1}}}
    panel = web_panel(1, days, "hourly", layers=layers, fleet=of_region(region), **web)
    assert set(panel["cpu_p95_expected"].round(9)) == {45.0, 72.0}
    return panel.filter(pl.col("cpu_p95_expected") > 60)


def test_asian_servers_are_busy_in_the_office_hours_of_tokyo() -> None:
    panel = sorted_scan(
        web_config(20, ("2023-02-06", "2023-02-12"), "hourly", layers={"local_time": {"zones": {"Asia": "Asia/Tokyo"}}})
    )
    local = pl.when(pl.col("region") == "Asia").then((HOURS + 9) % 24).otherwise(HOURS)
    wednesday = panel.filter(pl.col("timestamp").dt.date() == date(2023, 2, 8)).with_columns(local=local)
    assert set(wednesday["region"]) == set(ALL_REGIONS)
    busy = pl.col("cpu_p95_expected") == pl.col("cpu_p95_expected").max()
    assert set(wednesday.filter(busy)["local"]) == set(range(9, 18))
    assert set(wednesday.filter(~busy)["local"]) == set(range(24)) - set(range(9, 18))


def test_office_hours_of_new_york_shift_when_clocks_change() -> None:
    found = office_hours("US-East", "America/New_York", ("2022-01-01", "2025-12-31"))
    hours = found.group_by(pl.col("timestamp").dt.date().alias("day")).agg(HOURS.alias("hours").sort())
    changes = {2022: (13, 6), 2023: (12, 5), 2024: (10, 3), 2025: (9, 2)}
    assert hours.height == 4 * 365 + 1
    for day, busy in hours.iter_rows():
        march, november = changes[day.year]
        is_summer = date(day.year, 3, march) <= day < date(day.year, 11, november)
        assert busy == list(range(13, 22) if is_summer else range(14, 23)), day


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham"])
def test_office_hours_follow_any_zone(zone: str) -> None:
    found = office_hours("Asia", zone, ("2023-01-01", "2023-12-31"))["timestamp"].to_list()
    steps = [datetime(2023, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(hours=each) for each in range(8760)]
    assert found == [each.replace(tzinfo=None) for each in steps if 9 <= each.astimezone(ZoneInfo(zone)).hour <= 17]


def test_profiles_and_scheduled_spikes_follow_local_time() -> None:
    layers = {"local_time": {"zones": {"Asia": "Asia/Kolkata"}}}
    spikes = {"scheduled_spikes": [{"hours": [2], "probability": 1, "magnitude": 3}]}
    archetypes = {"web": {**profile(HOUR_FACTORS, WEEKDAY_FACTORS)["web"], **spikes}}
    panel = web_panel(
        1, ("2023-02-06", "2023-02-19"), "hourly", layers=layers, archetypes=archetypes, fleet=of_region("Asia")
    )
    local = [each + timedelta(hours=5, minutes=30) for each in panel["timestamp"]]
    means = [45 * HOUR_FACTORS[each.hour] * WEEKDAY_FACTORS[each.weekday()] for each in local]
    np.testing.assert_allclose(panel["cpu_p95_expected"], means)
    assert panel["is_spike"].to_list() == [int(each.hour == 2) for each in local]
    assert panel["is_weekend"].to_list() == [int(each.weekday() >= 5) for each in local]


REGIONAL = {
    "zones": {"EU": "Europe/Berlin", "Asia": "Asia/Tokyo"},
    "holidays": {"EU": {"country": "DE", "observed": True}, "Asia": {"country": "JP", "observed": True}},
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
        assert (first in flagged(panel, other, "is_holiday")) == ({region, other} == {"US-East", "US-West"})


@pytest.mark.parametrize(
    ("region", "first"),
    [("EU", datetime(2023, 9, 8, 22)), ("Asia", datetime(2023, 9, 8, 15)), ("US-West", datetime(2023, 9, 9))],
)
def test_weekends_follow_the_region(region: str, first: datetime) -> None:
    panel = sorted_scan(web_config(30, ("2023-09-06", "2023-09-13"), "hourly", layers={"local_time": REGIONAL}))
    assert flagged(panel, region, "is_weekend") == [first + timedelta(hours=each) for each in range(48)]
    weekend = panel.filter(pl.col("region") == region, pl.col("is_weekend") == 1)
    assert set(weekend["cpu_p95_expected"].round(9)) == {22.5, 36.0}


def test_daily_steps_stand_for_their_own_date() -> None:
    config = web_config(30, ("2023-09-20", "2023-11-20"), layers={"local_time": REGIONAL})
    panel = sorted_scan(config)
    assert ((panel["is_weekend"] == 1) == (panel["dayofweek"] >= 5)).all()
    assert datetime(2023, 10, 3) in flagged(panel, "EU", "is_holiday")
    assert datetime(2023, 11, 3) in flagged(panel, "Asia", "is_holiday")
    assert flagged(panel, "US-East", "is_holiday") == [datetime(2023, *each) for each in ((10, 9), (11, 10), (11, 11))]
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
    assert_frame_equal(part, whole.filter(pl.col("timestamp") >= datetime(2023, 7, 12)), check_exact=True)


# --- 4. The truth is true ---

EXACT: dict[str, Any] = {
    "num_servers": 24,
    "granularity": "hourly",
    "start_date": "2023-12-01",
    "end_date": "2024-01-31",
    "decimals": 12,
    "metrics": WIDE_CLIPS,
    "truth": True,
}
KEYS = ["cpu", "mem", "disk", "net_in"]
TOLERANCE = 1e-6
EVENTS: dict[str, Any] = {**LAYERS["events"]["random"], **LISTED}


@functools.cache
def everything() -> pl.DataFrame:
    return sorted_scan(make_config(**merged(EVERYTHING, EXACT)))


@functools.cache
def undisturbed() -> dict[str, Floats]:
    """Return expected + sd × noise of each drawn metric; the noise is that of a panel without any layer."""
    calm = {name: {"spike": {"probability": 0}} for name in ("web", "application", "database", "batch")}
    plain = sorted_scan(make_config(**EXACT, archetypes=calm))
    return {
        key: (plain[f"{key}_p95"] - plain[f"{key}_p95_expected"] + everything()[f"{key}_p95_expected"]).to_numpy()
        for key in KEYS
    }


def names_of(event_ids: str | None) -> list[str]:
    return [each.split(":")[0] for each in event_ids.split("+")] if event_ids else []


def event_factors(key: str) -> Floats:
    """Return what events multiply the cells of a metric by, leaks left out."""

    def factor(names: list[str]) -> float:
        touching = [EVENTS[each] for each in names if key in EVENTS[each].get("metrics", KEYS) and each != "leak"]
        return math.prod(float(each.get("magnitude", 0)) for each in touching)

    return np.array([factor(names_of(each)) for each in everything()["event_id"]])


def has_leak() -> NDArray[np.bool_]:
    return np.array(["leak" in names_of(each) for each in everything()["event_id"]])


def spike_factors(key: str) -> Floats:
    """Return what a spike may multiply by: by chance, scheduled, both; shape (cells, 3)."""
    config = make_config()
    share = config.metrics[key].spike_share
    if share is None:
        return np.ones((everything().height, 3))
    by_chance = np.array([config.archetypes[each].spike.magnitude * share for each in everything()["server_type"]])
    scheduled_share = 1.5 * share
    is_scheduled = everything()["server_type"].is_in(["web", "batch"]).to_numpy()
    of_schedule = np.where(is_scheduled, scheduled_share, by_chance)
    return np.stack([by_chance, of_schedule, np.where(is_scheduled, by_chance * scheduled_share, by_chance)], axis=1)


def check_cells(where: NDArray[np.bool_], key: str, factors: Floats | float) -> None:
    values = everything()[f"{key}_p95"].to_numpy()
    where = where & ~np.isnan(values)
    assert where.sum() > 20
    wanted = undisturbed()[key] * factors
    np.testing.assert_allclose(values[where], wanted[where], rtol=0, atol=TOLERANCE)


def truth_flags() -> tuple[NDArray[np.bool_], ...]:
    panel = everything()
    is_spike, is_outlier = (panel[each].to_numpy() == 1 for each in ("is_spike", "is_outlier"))
    return is_spike, is_outlier, panel["event_id"].is_not_null().to_numpy()


@pytest.mark.parametrize("key", KEYS)
def test_a_cell_to_which_nothing_happens_is_its_mean_plus_noise(key: str) -> None:
    is_spike, is_outlier, is_event = truth_flags()
    check_cells(~is_spike & ~is_outlier & ~is_event, key, 1.0)


@pytest.mark.parametrize("key", KEYS)
def test_an_event_multiplies_by_its_factor(key: str) -> None:
    is_spike, is_outlier, is_event = truth_flags()
    is_leaking = has_leak() if key == "mem" else np.zeros_like(is_event)
    check_cells(~is_spike & ~is_outlier & is_event & ~is_leaking, key, event_factors(key))


def test_a_leak_multiplies_by_at_most_its_magnitude() -> None:
    is_spike, _, _ = truth_flags()
    factors = event_factors("mem")
    is_alone = np.array([names_of(each).count("leak") == 1 for each in everything()["event_id"]])
    where = ~is_spike & is_alone & (factors != 0) & everything()["mem_p95"].is_not_null().to_numpy()
    ratio = everything()["mem_p95"].to_numpy()[where] / (undisturbed()["mem"] * factors)[where]
    assert where.sum() > 100
    assert ratio.min() >= 1 - TOLERANCE
    assert 1.6 < ratio.max() <= 1.7 + TOLERANCE


@pytest.mark.parametrize("key", KEYS)
def test_a_spike_multiplies_by_its_magnitude_and_the_share_of_the_metric(key: str) -> None:
    is_spike, is_outlier, is_event = truth_flags()
    where = is_spike & ~is_outlier & ~is_event & everything()["net_in_p95"].is_not_null().to_numpy()
    off = (undisturbed()["net_in"][:, None] * spike_factors("net_in") - everything()["net_in_p95"].to_numpy()[:, None])[
        where
    ]
    kinds = np.argmin(np.abs(off), axis=1)
    assert np.abs(off).min(axis=1).max() < TOLERANCE
    factors = np.ones(where.size)
    factors[where] = np.take_along_axis(spike_factors(key)[where], kinds[:, None], axis=1)[:, 0]
    assert set(kinds) == {0, 1, 2}
    check_cells(where, key, factors)


def test_an_outlier_is_too_high_or_low_by_its_magnitude() -> None:
    is_spike, is_outlier, is_event = truth_flags()
    panel = everything()
    present_cells = (
        panel["cpu_p95"].is_not_null() & panel["net_out_p95"].is_not_null() & panel["net_in_p95"].is_not_null()
    )
    where = ~is_spike & ~is_event & present_cells.to_numpy()
    cpu = (panel["cpu_p95"].to_numpy() / undisturbed()["cpu"])[where].round(6)
    outward = (panel["net_out_p95"] / panel["net_in_p95"] / 0.6).to_numpy()[where].round(6)
    assert set(cpu) == {0.0, 1.0, 1.6}
    assert set(outward) == {1.0, 1.6}
    assert (((cpu != 1) | (outward != 1)) == is_outlier[where]).all()
    check_cells(~is_spike & ~is_event & is_outlier, "mem", 1.0)


def test_values_are_clipped_and_rounded_at_the_end() -> None:
    usual = {"decimals": 2, "metrics": {}}
    panel = sorted_scan(make_config(**merged(EVERYTHING, {**EXACT, **usual})))
    config = make_config()
    for metric in config.metrics.values():
        whole = present(everything()[metric.column])
        np.testing.assert_allclose(present(panel[metric.column]), np.clip(whole, *metric.clip).round(2), atol=1e-9)
        assert (panel[metric.column].is_null() == everything()[metric.column].is_null()).all()
    means = TRUTH[: len(METRICS)]
    assert_frame_equal(panel.select(means), everything().select(means), check_exact=True)


def test_the_mean_of_a_derived_metric_follows_its_source() -> None:
    np.testing.assert_allclose(
        everything()["net_out_p95_expected"], everything()["net_in_p95_expected"].to_numpy() * 0.6, rtol=1e-12
    )


# --- 5. The clean twin ---


@functools.cache
def twin() -> pl.DataFrame:
    return sorted_scan(make_config(**merged(EVERYTHING, EXACT)).clean_twin())


def test_the_clean_twin_differs_only_where_the_truth_says_so() -> None:
    panel = everything()
    _, is_outlier, is_event = truth_flags()
    changed = np.logical_or.reduce([panel[each].ne_missing(twin()[each]).to_numpy() for each in METRICS])
    missing = panel.select(pl.any_horizontal(pl.col(METRICS).is_null())).to_series().to_numpy()
    dead = twin()["cpu_p95"].is_null().to_numpy()
    assert not (changed & ~(is_outlier | is_event | missing)).any()
    assert not (~changed & (is_outlier | is_event | missing) & ~dead).any()


def test_the_clean_twin_keeps_everything_else() -> None:
    kept = [each for each in everything().columns if each not in {*METRICS, *TRUTH[len(METRICS) :]}]
    assert_frame_equal(twin().select(kept), everything().select(kept), check_exact=True)
    whole = ~everything().select(pl.any_horizontal(pl.col(METRICS).is_null())).to_series()
    assert everything().filter(whole)["is_spike"].equals(twin().filter(whole)["is_spike"])
    assert twin()["event_id"].null_count() == twin().height
    assert twin()["is_outlier"].sum() == 0
    dead = twin().select(pl.any_horizontal(pl.col(METRICS).is_null()) != pl.all_horizontal(pl.col(METRICS).is_null()))
    assert dead.to_series().sum() == 0
