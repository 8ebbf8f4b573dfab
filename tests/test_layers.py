"""A layer changes only what it is about."""

from __future__ import annotations

import functools
import json
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.conftest import make_config
from tests.everything import LAYERS, SCHEDULED
from tests.panels import LIFE_DAYS, METRICS, OWN_NET_OUT, TRUTH, differing, merged, sorted_scan

FOLLOW_THE_CALENDAR = ["cpu_p95", "mem_p95", "net_in_p95", "net_out_p95"]
GROW = ["cpu_p95", "mem_p95", "disk_p95"]
FLAT_PROFILE = {"hours": [1.2] * 24, "weekdays": [1.0] * 7}
SURGE = {"type": "surge", "scope": "app", "per_year": 50, "mean_hours": 30, "magnitude": 1.5}
CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "offset of cpu": ({"layers": {"server_offset": {"sd": {"cpu": 0.3}}}}, ["cpu_p95"]),
    "offset of net_in": (
        {"layers": {"server_offset": {"sd": {"net_in": 0.3}}}},
        ["net_in_p95", "net_out_p95"],
    ),
    "correlated offsets": (
        {"layers": {"server_offset": LAYERS["server_offset"]}},
        FOLLOW_THE_CALENDAR,
    ),
    "growth of servers": ({"layers": {"server_growth": {"sd_percent_per_month": 5}}}, GROW),
    "monthly growth": ({"growth": {"trend": "monthly", "origin": "2020-01-01"}}, GROW),
    "season of cpu": (
        {"layers": {"annual_season": {"cpu": [{"amplitude": 0.1, "peak_day": 335}]}}},
        ["cpu_p95"],
    ),
    "zones": (
        {"layers": {"local_time": {"zones": {"Asia": "Asia/Tokyo"}}}},
        [*FOLLOW_THE_CALENDAR, "is_weekend", "is_holiday"],
    ),
    "holidays of a region": (
        {"layers": {"local_time": {"holidays": {"EU": {"country": "DE", "observed": True}}}}},
        ["is_holiday"],
    ),
    "outliers of cpu": (
        {"layers": {"outliers": {"cpu": {"probability": 0.05, "magnitude": 0.5}}}},
        ["cpu_p95"],
    ),
    "outliers of net_in": (
        {"layers": {"outliers": {"net_in": {"probability": 0.05}}}},
        ["net_in_p95"],
    ),
    "outliers of net_out": (
        {"layers": {"outliers": {"net_out": {"probability": 0.05}}}},
        ["net_out_p95"],
    ),
    "missing cpu": ({"layers": {"missing": {"share": {"cpu": 0.05}}}}, ["cpu_p95"]),
    "server outages": (
        {"layers": {"missing": {"server_outages": {"per_year": 50, "mean_hours": 6}}}},
        METRICS,
    ),
    "fleet gaps": (
        {"layers": {"missing": {"fleet_gaps": {"per_year": 50, "mean_hours": 6}}}},
        METRICS,
    ),
    "surge of net_in": (
        {"layers": {"events": {"random": {"rush": {**SURGE, "metrics": ["net_in"]}}}}},
        ["net_in_p95", "net_out_p95"],
    ),
    "leak": (
        {
            "layers": {
                "events": {"random": {"leak": {**SURGE, "type": "memory_leak", "metrics": ["mem"]}}}
            }
        },
        ["mem_p95"],
    ),
    "outage": (
        {
            "layers": {
                "events": {
                    "random": {
                        "down": {"type": "outage", "scope": "app", "per_year": 50, "mean_hours": 9}
                    }
                }
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
                "server_life": {
                    **LIFE_DAYS,
                    "resize": {"metric": "cpu", "limit": 20, "ratio": 2, "metrics": ["cpu"]},
                }
            }
        },
        ["cpu_p95"],
    ),
    "profile": ({"archetypes": {"web": {"profile": FLAT_PROFILE}}}, FOLLOW_THE_CALENDAR),
    "scheduled spikes": (
        {"archetypes": {"web": {"scheduled_spikes": SCHEDULED}}},
        FOLLOW_THE_CALENDAR,
    ),
    "holiday effect": ({"calendar": {"holiday_effect": {"factor": 0.2}}}, FOLLOW_THE_CALENDAR),
    "business days": ({"calendar": {"eoq": {"business_days": True}}}, FOLLOW_THE_CALENDAR),
    "own net_out": (OWN_NET_OUT, ["net_out_p95"]),
}
SEASON = {
    "num_servers": 12,
    "granularity": "hourly",
    "start_date": "2023-09-24",
    "end_date": "2023-10-09",
}


@functools.cache
def default_panel() -> pl.DataFrame:
    return sorted_scan(make_config(**SEASON, truth=True))


@functools.cache
def changed_panel(name: str) -> pl.DataFrame:
    return sorted_scan(make_config(**merged(SEASON, CHANGES[name][0])))


@pytest.mark.parametrize("name", CHANGES)
def test_a_layer_leaves_every_bit_of_the_other_columns(name: str) -> None:
    _, wanted = CHANGES[name]
    panel = changed_panel(name)
    assert panel.columns == [each for each in default_panel().columns if each not in TRUTH]
    assert differing(panel, default_panel()) == wanted


@pytest.mark.parametrize("name", ["missing cpu", "server outages", "fleet gaps", "lives"])
def test_what_is_there_is_as_before(name: str) -> None:
    panel = changed_panel(name)
    for column in METRICS:
        here = panel[column].is_not_null()
        assert panel[column].filter(here).equals(default_panel()[column].filter(here))
    assert panel["cpu_p95"].null_count() > 0


@pytest.mark.parametrize("name", ["profile", "scheduled spikes"])
def test_a_layer_of_one_archetype_leaves_the_others(name: str) -> None:
    panel = changed_panel(name)
    others = pl.col("server_type") != "web"
    assert_frame_equal(
        panel.filter(others), default_panel().filter(others)[panel.columns], check_exact=True
    )


def test_local_time_leaves_the_regions_that_it_does_not_name() -> None:
    panel = changed_panel("zones")
    others = pl.col("region") != "Asia"
    assert_frame_equal(
        panel.filter(others), default_panel().filter(others)[panel.columns], check_exact=True
    )


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
