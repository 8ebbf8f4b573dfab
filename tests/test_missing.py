"""Values go missing one by one, by server and in the whole fleet, as often as configured."""

from __future__ import annotations

import math

import numpy as np
import pytest

from capgen import scan
from capgen.draws.intervals import geometric, intervals, minutes_of
from capgen.timeline.time_axis import Span
from tests.conftest import make_config
from tests.estimates import check_close, check_mean, check_share, runs
from tests.panels import TRUTH, web_config, web_panel


def test_missing_values_have_their_shares() -> None:
    layers = {"missing": {"share": {"cpu": 0.02, "net_out": 0.05}}}
    panel = web_panel(100, ("2023-01-01", "2023-12-31"), layers=layers)
    cpu = panel["cpu_p95"].is_null()
    outward = panel["net_out_p95"].is_null()
    check_share(cpu.sum(), panel.height, 0.02)
    check_share(outward.sum(), panel.height, 0.05)
    check_share((cpu & outward).sum(), panel.height, 0.001)
    assert (
        panel.select("mem_p95", "disk_p95", "net_in_p95", *TRUTH[:5])
        .null_count()
        .sum_horizontal()
        .item()
        == 0
    )


def test_server_outages_come_as_often_and_last_as_long_as_configured() -> None:
    layers = {"missing": {"server_outages": {"per_year": 8, "mean_hours": 3}}}
    panel = web_panel(50, ("2023-01-01", "2023-12-31"), "hourly", layers=layers)
    assert (panel["cpu_p95"].is_null() == panel["disk_p95"].is_null()).all()
    flags = panel["cpu_p95"].is_null().to_numpy().reshape(50, -1)
    lengths = np.array(runs(flags), dtype=np.float64)
    check_close(lengths.size / 50, 8, math.sqrt(8 / 50))
    check_mean(lengths, 3)
    check_mean(flags.mean(axis=1), 1 - math.exp(-8 * 3 / 8760))


@pytest.mark.parametrize("kind", ["server_outages", "fleet_gaps"])
def test_gaps_of_an_hour_on_average_last_an_hour(kind: str) -> None:
    layers = {"missing": {kind: {"per_year": 100, "mean_hours": 1}}}
    panel = web_panel(1, ("2020-01-01", "2024-12-31"), "hourly", layers=layers)
    lengths = runs(panel["cpu_p95"].is_null().to_numpy()[None, :])
    assert len(lengths) > 400
    assert 1 <= np.mean(lengths) < 1.05  # some follow each other at once


@pytest.mark.parametrize("mean_hours", [1.2, 3, 74.4])
def test_gaps_have_a_geometric_length_of_whole_hours(mean_hours: float) -> None:
    chance = geometric(1000, mean_hours * 60, 60)
    years = minutes_of(make_config().axis, Span(-365 * 10, 365 * 10))
    found = [
        (gap.stop - gap.start) / 60 for gap in intervals(1, "server_000", "gap", chance, years)
    ]
    lengths = np.array(found)
    assert lengths.size > 15_000
    assert set(lengths % 1) == {0}
    check_mean(lengths, mean_hours)
    for hours in (1, 2, 5):
        check_share((lengths > hours).sum(), lengths.size, (1 - 1 / mean_hours) ** hours)


def test_fleet_gaps_hit_all_servers_at_once() -> None:
    layers = {"missing": {"fleet_gaps": {"per_year": 40, "mean_hours": 6}}}
    config = web_config(2, ("2016-01-01", "2025-12-31"), "hourly", layers=layers)
    columns = ["server_id", "timestamp", "cpu_p95", "net_out_p95"]
    panel = scan(config).select(columns).sort("server_id", "timestamp").collect()
    flags = panel["cpu_p95"].is_null().to_numpy().reshape(2, -1)
    assert (flags[0] == flags[1]).all()
    assert (panel["cpu_p95"].is_null() == panel["net_out_p95"].is_null()).all()
    check_close(len(runs(flags[:1])) / 10, 40 * math.exp(-40 * 6 / 8766), math.sqrt(40 / 10))
    by_year = flags[0, : 10 * 8766].reshape(10, 8766).mean(axis=1)
    check_mean(by_year, 1 - math.exp(-40 * 6 / 8766))
