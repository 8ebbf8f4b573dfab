"""Each server grows at a rate of its own."""

from __future__ import annotations

import polars as pl

from tests.estimates import check_mean, check_sd
from tests.panels import web_panel


def test_servers_grow_at_rates_of_their_own() -> None:
    layers = {"server_growth": {"sd_percent_per_month": 1.5}}
    web = {"growth_percent_per_month": 0.5}
    panel = web_panel(500, ("2024-01-01", "2024-06-30"), layers=layers, archetypes={"web": web})
    levels = panel.group_by("server_id").agg(pl.col("disk_p95_expected").sort_by("timestamp"))[
        "disk_p95_expected"
    ]
    months = 181 / 30.4375
    rates = ((levels.list.last() / levels.list.first() - 1) / months * 100).to_numpy()
    check_mean(rates, 0.5)
    check_sd(rates, 1.5)


def test_a_shrinking_server_stops_at_zero() -> None:
    layers = {"server_growth": {"sd_percent_per_month": 20}}
    panel = web_panel(50, ("2024-01-01", "2024-12-31"), layers=layers)
    assert panel["disk_p95_expected"].min() == 0
