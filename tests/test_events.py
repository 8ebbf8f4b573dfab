"""Events come as often, last as long and change values as much as configured."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.conftest import deep
from tests.estimates import Floats, check_close, check_mean
from tests.panels import METRICS, sorted_scan, web_config, web_panel


def mean_of_whole(mean: float) -> float:
    """Return the mean of an exponential that is rounded up to whole units."""
    return 1 / (1 - math.exp(-1 / mean))


def events_in(panel: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each event and server, with the number of steps that it touches."""
    found = (
        panel.select("server_id", pl.col("event_id").str.split("+"))
        .drop_nulls()
        .explode("event_id")
    )
    return found.group_by("event_id", "server_id").len().sort("event_id", "server_id")


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("surge", "server"),
        pytest.param("surge", "app", marks=deep),
        ("memory_leak", "region"),
        ("level_shift", "app"),
        ("outage", "region"),
    ],
)
def test_random_events_come_as_often_and_last_as_long_as_configured(kind: str, scope: str) -> None:
    magnitude = {} if kind == "outage" else {"magnitude": 1.5, "metrics": ["mem"]}
    event = {"type": kind, "scope": scope, "per_year": 40, "mean_hours": 20, **magnitude}
    layers = {"events": {"random": {"it": event}}}
    panel = web_panel(12, ("2023-01-01", "2024-01-20"), "hourly", layers=layers)
    subject = {"server": "server_id", "app": "app_name", "region": "region"}[scope]
    events = events_in(panel).filter(pl.col("event_id").str.contains(":2023:"))
    lengths = events.group_by("event_id").agg(
        pl.col("len").unique().alias("lengths"), pl.len().alias("servers")
    )
    assert set(lengths["lengths"].list.len()) == {1}
    subjects = panel[subject].n_unique()
    check_close(lengths.height / subjects, 40, math.sqrt(40 / subjects))
    minutes = mean_of_whole(20 * 60)
    check_mean(lengths["lengths"].list.first().cast(pl.Float64).to_numpy(), (minutes - 1) / 60 + 1)
    members = dict(
        panel.group_by(subject).agg(pl.col("server_id").n_unique().alias("servers")).iter_rows()
    )
    for event_id, servers in lengths.select("event_id", "servers").iter_rows():
        assert servers == members[event_id.split(":")[1]]


def event_ratio(
    events: dict[str, Any], key: str, granularity: str = "hourly"
) -> tuple[pl.DataFrame, Floats]:
    config = web_config(20, ("2023-01-01", "2023-03-31"), granularity, layers={"events": events})
    panel = sorted_scan(config)
    return panel, (panel[f"{key}_p95"] / sorted_scan(config.clean_twin())[f"{key}_p95"]).round(
        6
    ).to_numpy()


@pytest.mark.parametrize(
    ("kind", "magnitude"), [("surge", 1.4), ("level_shift", 0.6), ("outage", None)]
)
def test_events_multiply_by_their_magnitude(kind: str, magnitude: float | None) -> None:
    metrics = {} if magnitude is None else {"magnitude": magnitude, "metrics": ["cpu", "net_in"]}
    event = {"type": kind, "scope": "server", "per_year": 20, "mean_hours": 30, **metrics}
    panel, ratio = event_ratio({"random": {"it": event}}, "cpu")
    ids = panel["event_id"].fill_null("")
    depth = ids.str.split("+").list.len().to_numpy()
    np.testing.assert_allclose(
        ratio, np.where(ids == "", 1.0, float(magnitude or 0) ** depth), atol=2e-6
    )
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
        panel.filter(pl.col("event_id").is_null())
        .select(pl.any_horizontal(pl.col(METRICS) == 0).any())
        .item()
        is False
    )


def test_a_leak_ramps_up_and_resets() -> None:
    event = {
        "type": "memory_leak",
        "scope": "server",
        "per_year": 6,
        "mean_hours": 72,
        "magnitude": 1.6,
    }
    panel, ratio = event_ratio({"random": {"leak": {**event, "metrics": ["mem"]}}}, "mem")
    lasting = events_in(panel.filter(pl.col("timestamp") < datetime(2023, 3, 1)))
    checked = 0
    frame = panel.with_columns(ratio=pl.Series(ratio))
    for event_id, server, steps in lasting.iter_rows():
        ramp = frame.filter(pl.col("event_id") == event_id, pl.col("server_id") == server)[
            "ratio"
        ].to_numpy()
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
    leak = {
        "type": "memory_leak",
        "server": "server_003",
        "magnitude": 2,
        "metrics": ["mem"],
        **times,
    }
    panel, ratio = event_ratio({"listed": {"leak": leak}}, "mem")
    minutes = (panel["timestamp"] - datetime(2023, 2, 1, 6, 30)).dt.total_minutes().to_numpy()
    inside = (minutes > -60) & (minutes < 48 * 60) & (panel["server_id"] == "server_003").to_numpy()
    np.testing.assert_allclose(
        ratio, np.where(inside, 1 + np.clip((minutes + 60) / (48 * 60), 0, 1), 1), atol=2e-6
    )
    assert (panel["event_id"].is_not_null().to_numpy() == inside).all()


@pytest.mark.parametrize(
    ("subject", "granularity"),
    [
        ({"server": "server_004"}, "daily"),
        ({"app": "IT-app-1"}, "hourly"),
        ({"region": "EU"}, "daily"),
    ],
)
def test_listed_events_touch_their_subject_at_their_time(
    subject: dict[str, str], granularity: str
) -> None:
    config = web_config(100, ("2023-02-02", "2023-02-06"), granularity, layers={})
    surge = {
        "type": "surge",
        "start": "2023-02-03",
        "end": "2023-02-05 12:00",
        "magnitude": 1.5,
        "metrics": ["cpu"],
    }
    layers = {"events": {"listed": {"launch": {**surge, **subject}}}}
    panel = sorted_scan(web_config(100, ("2023-02-02", "2023-02-06"), granularity, layers=layers))
    ((scope, name),) = subject.items()
    column = {"server": "server_id", "app": "app_name", "region": "region"}[scope]
    last = datetime(2023, 2, 5, 11)
    inside = (pl.col(column) == name) & pl.col("timestamp").is_between(datetime(2023, 2, 3), last)
    assert panel.filter(inside).height > 0
    assert set(panel.filter(inside)["event_id"]) == {"launch"}
    assert panel.filter(~inside)["event_id"].null_count() == panel.filter(~inside).height
    ratio = panel["cpu_p95"] / sorted_scan(config)["cpu_p95"]
    np.testing.assert_allclose(
        ratio, panel.select(pl.when(inside).then(1.5).otherwise(1.0)).to_series()
    )
