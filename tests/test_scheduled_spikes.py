"""Scheduled spikes start at their hours, as often as configured, and last their steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.estimates import check_mean, check_share
from tests.panels import HOURS, web_panel


def scheduled(**schedule: Any) -> dict[str, Any]:
    return {"web": {"scheduled_spikes": [{"magnitude": 3, "probability": 0.4, **schedule}]}}


def test_scheduled_spikes_start_at_their_hours_and_last() -> None:
    panel = web_panel(
        60, ("2023-02-06", "2023-03-05"), "hourly", archetypes=scheduled(hours=[2, 14], steps=2)
    )
    flags = panel["is_spike"].to_numpy().reshape(60, 28, 24)
    for hour in (2, 14):
        check_share(flags[:, :, hour].sum(), 60 * 28, 0.4)
        assert (flags[:, :, hour + 1] == flags[:, :, hour]).all()
    assert not np.delete(flags, [2, 3, 14, 15], axis=2).any()
    spikes = panel.filter(pl.col("is_spike") == 1)
    for column, share in (
        ("cpu_p95", 1),
        ("mem_p95", 0.7),
        ("net_in_p95", 0.8),
        ("disk_p95", 1 / 3),
    ):
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
def test_scheduled_spikes_last_so_many_steps(
    granularity: str, hour: int, steps: int, minutes: list[int]
) -> None:
    archetypes = scheduled(hours=[hour], steps=steps, probability=1)
    panel = web_panel(2, ("2023-02-06", "2023-02-08"), granularity, archetypes=archetypes)
    minute = HOURS.cast(pl.Int64) * 60 + pl.col("timestamp").dt.minute()
    found = (
        panel.filter(pl.col("is_spike") == 1).group_by(minute.alias("minute")).len().sort("minute")
    )
    assert found["minute"].to_list() == minutes
    assert set(found["len"]) <= {6}
