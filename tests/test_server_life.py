"""Servers are born, retired and resized as configured."""

from __future__ import annotations

import functools
import math
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.estimates import check_close, check_share
from tests.panels import LIFE_DAYS, web_panel


@functools.cache
def lives(born: float, retired: float) -> pl.DataFrame:
    """Return the first day and the last day of each server, and how many days it lived."""
    layers = {"server_life": {**LIFE_DAYS, "born_share": born, "retired_share": retired}}
    panel = web_panel(400, ("2023-01-01", "2023-12-31"), layers=layers)
    assert (panel["cpu_p95"].is_null() == panel["net_out_p95"].is_null()).all()
    days = pl.col("timestamp").dt.date()
    alive = pl.col("cpu_p95").is_not_null()
    of_server = (
        panel.filter(alive)
        .group_by("server_id")
        .agg(days.min().alias("first"), days.max().alias("last"), pl.len())
    )
    return of_server.with_columns(
        is_born=pl.col("first") > date(2023, 1, 1), is_retired=pl.col("last") < date(2023, 12, 31)
    )


def test_servers_are_born_and_retired_in_their_shares_and_live_in_between() -> None:
    found = lives(0.3, 0.2)
    check_share(found["is_born"].sum(), 400, 0.3)
    check_share(found["is_retired"].sum(), 400, 0.2)
    check_share((found["is_born"] & found["is_retired"]).sum(), 400, 0.06)
    assert found.height == 400
    assert ((found["last"] - found["first"]).dt.total_days() + 1 == found["len"]).all()
    edges = pl.concat([found.filter("is_born")["first"], found.filter("is_retired")["last"]])
    assert edges.is_between(date(2023, 2, 1), date(2023, 11, 30)).all()


@pytest.mark.parametrize(("born", "retired", "column"), [(1.0, 0.0, "first"), (0.0, 1.0, "last")])
def test_days_of_birth_and_retirement_are_uniform(born: float, retired: float, column: str) -> None:
    days = (
        (lives(born, retired)[column] - date(2023, 2, 1))
        .dt.total_days()
        .cast(pl.Float64)
        .to_numpy()
    )
    total = (date(2023, 11, 30) - date(2023, 2, 1)).days + 1
    check_close(float(days.mean()), (total - 1) / 2, total / math.sqrt(12 * days.size))
    check_share(float((days < total / 4).sum()), days.size, math.ceil(total / 4) / total)


@pytest.mark.parametrize("offset", [{}, {"server_offset": {"sd": {"cpu": 0.3}}}])
def test_resize_divides_the_level_whenever_it_reaches_the_limit(offset: dict[str, Any]) -> None:
    resize = {"metric": "cpu", "limit": 60, "ratio": 2, "metrics": ["cpu", "mem"]}
    flat = {"business_hours_factor": 1, "weekend_factor": 1, "growth_percent_per_month": 8}
    days = ("2022-01-01", "2024-12-31")
    life = {"server_life": {**LIFE_DAYS, "resize": resize}}
    panel, plain = (
        web_panel(20, days, layers=layers, archetypes={"web": flat})
        for layers in (offset | life, offset)
    )
    level = plain["cpu_p95_expected"].to_numpy()
    times = np.maximum(np.floor(np.log2(level / 60)) + 1, 0)
    assert set(times) >= {0, 1, 2}
    for column in ("cpu_p95_expected", "mem_p95_expected"):
        np.testing.assert_allclose(panel[column], plain[column].to_numpy() / 2**times)
    assert panel["disk_p95"].equals(plain["disk_p95"])
    assert (panel["cpu_p95_expected"] < 60 + 1e-9).all()
