"""Each server has a level of its own that lasts."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from tests.estimates import check_correlation, check_mean, check_sd
from tests.panels import web_panel


def test_server_offsets_have_mean_one_their_sd_and_their_correlation() -> None:
    sd = {"cpu": 0.3, "mem": 0.2, "net_in": 0.5}
    layers = {"server_offset": {"sd": sd, "correlation": {"cpu~mem": 0.5, "cpu~net_in": -0.3}}}
    day = ("2024-02-06", "2024-02-06")
    panel, plain = (web_panel(1500, day, layers=each) for each in (layers, {}))
    offsets = {
        key: (panel[f"{key}_p95_expected"] / plain[f"{key}_p95_expected"]).to_numpy() for key in sd
    }
    logarithms = {key: np.log(values) for key, values in offsets.items()}
    for key, wanted in sd.items():
        check_mean(offsets[key], 1)
        check_sd(offsets[key], wanted)
        check_mean(logarithms[key], -math.log1p(wanted**2) / 2)
        check_sd(logarithms[key], math.sqrt(math.log1p(wanted**2)))
    for first, second, wanted in (
        ("cpu", "mem", 0.5),
        ("cpu", "net_in", -0.3),
        ("mem", "net_in", 0.0),
    ):
        check_correlation(logarithms[first], logarithms[second], wanted)


def test_server_offsets_last() -> None:
    layers = {"server_offset": {"sd": {"disk": 0.4}}}
    panel = web_panel(10, ("2023-12-01", "2024-02-06"), layers=layers)
    levels = panel.group_by("server_id").agg(pl.col("disk_p95_expected").unique())
    assert levels["disk_p95_expected"].list.len().to_list() == [1] * 10
    assert levels["disk_p95_expected"].list.first().n_unique() == 10
