"""Each section of the dynamics, switched on, leaves every other bit as it was."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from capgen import scan
from tests.conftest import make_config
from tests.everything import LAYERS, SCHEDULED
from tests.panels import METRICS, WIDE_CLIPS, differing, merged, sorted_scan

WINDOW: dict[str, Any] = {
    "num_servers": 10,
    "granularity": "hourly",
    "start_date": "2024-03-01",
    "end_date": "2024-03-09",
    "truth": True,
    "metrics": WIDE_CLIPS,  # so that no clip hides a change from its label
    "decimals": 6,
    "archetypes": {"web": {"scheduled_spikes": SCHEDULED}},
    "layers": {
        name: LAYERS[name]
        for name in ("server_offset", "server_growth", "outliers", "missing", "events")
    },
}
KEYS = ["cpu", "mem", "disk", "net_in"]
STATE: dict[str, Any] = {"chances": {"weekday": 1}, "stickiness": 0.9}
PART = {"half_life_hours": 12, "share": dict.fromkeys(KEYS, 0.5), "correlation": {"cpu~mem": 0.45}}
NO_SHARE = {**PART, "share": dict.fromkeys(KEYS, 0.0)}
POINTS = [{"at": 0.1, "value": 0}, {"at": 0.9, "value": 1}, {"at": 0.99, "value": 6}]
NET = ["net_in_p95", "net_out_p95"]


def web(**sections: Any) -> dict[str, Any]:
    return {"archetypes": {"web": sections}}


@functools.cache
def without() -> pl.DataFrame:
    return sorted_scan(make_config(**WINDOW))


def changed_by(overrides: dict[str, Any]) -> pl.DataFrame:
    panel = sorted_scan(make_config(**merged(WINDOW, overrides)))
    return panel.drop("state", strict=False)  # of the truth, where there are states


def levels(**of_metrics: float) -> dict[str, Any]:
    return {"regimes": {"states": {"usual": STATE, "other": {**STATE, "level": of_metrics}}}}


def means(*columns: str) -> list[str]:
    return [*columns, *(f"{each}_expected" for each in columns)]


# What each section may change: these columns of web servers.
CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "noise parts": (web(noise_parts={"hours": PART}), METRICS),
    # A metric's noise is made of its own draws and of those of the metrics before it: the latter do
    # not notice.
    "a noise part of net_in": (
        web(noise_parts={"hours": {"half_life_hours": 3, "share": {"net_in": 0.02}}}),
        NET,
    ),
    "level of cpu": (web(**levels(cpu=0.5)), means("cpu_p95")),
    "level of net_in": (web(**levels(net_in=0.5)), means(*NET)),
    "spread of a state": (
        web(regimes={"states": {"a": STATE, "b": {**STATE, "spread": {"mem": 2}}}}),
        ["mem_p95"],
    ),
    "correlation of a state": (
        web(regimes={"states": {"a": STATE, "b": {**STATE, "correlation": {"cpu~mem": -0.5}}}}),
        METRICS[1:],
    ),
    "spread of base": (web(spread={"base.cpu": {"sd": 0.3}}), means("cpu_p95")),
    "spread of sd": (web(spread={"sd.net_in": {"sd": 0.3}}), NET),
    "spread of spikes": (
        web(spread={"spike.magnitude": {"sd": 0.3}}),
        ["cpu_p95", "mem_p95", *NET],
    ),
    "spread of their number": (
        web(spread={"spike.probability": {"sd": 2}}),
        ["cpu_p95", "mem_p95", *NET, "is_spike"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_section_of_an_archetype_leaves_every_bit_of_the_rest(name: str) -> None:
    overrides, wanted = CHANGES[name]
    panel = changed_by(overrides)
    is_web = pl.col("server_type") == "web"
    assert_frame_equal(panel.filter(~is_web), without().filter(~is_web), check_exact=True)
    assert sorted(differing(panel, without())) == sorted(wanted)
    assert all(panel[each].is_null().equals(without()[each].is_null()) for each in METRICS)


@pytest.mark.parametrize(
    ("overrides", "wanted"),
    [
        ({"metrics": {"cpu": {"shape": "lognormal"}}}, ["cpu_p95"]),
        ({"metrics": {"net_in": {"shape": "lognormal"}}}, NET),
        ({"metrics": {"disk": {"shape": "quantiles", "quantiles": POINTS}}}, ["disk_p95"]),
        ({"layers": {"shared_movement": {"app": {"noise": 0.3}}}}, METRICS),
        ({"layers": {"shared_movement": {"fleet": {"states": 0.9}}}}, []),
    ],
    ids=["lognormal", "of net_in", "quantiles", "shared noise", "shared changes without states"],
)
def test_a_section_of_all_leaves_every_bit_of_the_rest(
    overrides: dict[str, Any], wanted: list[str]
) -> None:
    assert sorted(differing(changed_by(overrides), without())) == sorted(wanted)


NOTHING: dict[str, dict[str, Any]] = {
    "a part without a share": web(noise_parts={"hours": NO_SHARE}),
    "one state": web(
        regimes={"states": {"only": STATE}, "swing": {"half_life_hours": 48, "strength": 1}}
    ),
    "states that are alike": web(
        regimes={
            "states": {
                "a": {**STATE, "level": {"cpu": 1}, "swing": 1},
                "b": {**STATE, "spread": {"mem": 1}},
            }
        }
    ),
    "states that correlate as ever": web(
        regimes={
            "states": {
                name: {**STATE, "correlation": dict(make_config().archetypes["web"].correlation)}
                for name in "ab"
            }
        }
    ),
    "nothing in common": {"layers": {"shared_movement": {"app": {"noise": 0, "states": 0}}}},
    "parts of all archetypes, none with a share": {
        "archetypes": {
            name: {"noise_parts": {"hours": NO_SHARE}} for name in ("web", "batch", "database")
        }
    },
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_should_do_nothing_changes_no_bit(name: str) -> None:
    assert differing(changed_by(NOTHING[name]), without()) == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [("base.cpu", "lognormal"), ("sd.cpu", "normal"), ("spike.probability", "lognormal")],
)
def test_a_spread_of_zero_changes_no_rounded_value(path: str, kind: str) -> None:
    overrides = {"archetypes": {"web": {"spread": {path: {"kind": kind, "sd": 0}}}}}
    panel = changed_by(overrides)
    values = [each for each in panel.columns if not each.endswith("_expected")]
    assert_frame_equal(panel.select(values), without().select(values), check_exact=True)
    # The mean is a product, whose order is another one: it may differ in its last bits.
    assert_frame_equal(panel, without(), check_exact=False, rel_tol=1e-14, abs_tol=0)


def test_factors_spread_by_zero_change_means_by_their_last_bits_only() -> None:
    paths = [
        "business_hours_factor",
        "weekend_factor",
        "growth_percent_per_month",
        "base.mem",
        "spike.magnitude",
    ]
    spread = {"archetypes": {"database": {"spread": {path: {"sd": 0} for path in paths}}}}
    panel = changed_by(merged(spread, {"decimals": 12}))
    plain = changed_by({"decimals": 12})
    assert_frame_equal(panel, plain, check_exact=False, rel_tol=1e-11, abs_tol=0)


def test_states_leave_the_noise_as_it_was() -> None:
    """What a level adds to the mean, and nothing else, is added to the value."""
    window = {
        "num_servers": 10,
        "start_date": "2023-12-01",
        "end_date": "2024-01-31",
        "truth": True,
        "decimals": 9,
    }
    calm = {"spike": {"probability": 0}}
    plain = {**window, "metrics": WIDE_CLIPS, **web(**calm)}
    regimes = {"states": {"a": STATE, "b": {**STATE, "level": dict.fromkeys(KEYS, 2.5)}}}
    still, moved = (
        sorted_scan(make_config(**overrides))
        for overrides in (plain, merged(plain, web(regimes=regimes)))
    )
    for column in METRICS:
        noise = [
            (panel[column] - panel[f"{column}_expected"]).to_numpy() for panel in (still, moved)
        ]
        np.testing.assert_allclose(noise[1], noise[0], rtol=0, atol=1e-6)
    assert still["cpu_p95_expected"].ne(moved["cpu_p95_expected"]).sum() > 50


def test_one_metric_alone_is_what_it_is_among_all() -> None:
    overrides = merged(web(noise_parts={"hours": PART}), web(**levels(cpu=0.5)))
    config = make_config(**merged(WINDOW, overrides))
    whole = changed_by(overrides)
    for column in ["cpu_p95", "net_out_p95", "cpu_p95_expected", "event_id"]:
        alone = (
            scan(config)
            .select("server_id", "timestamp", column)
            .sort("server_id", "timestamp")
            .collect()
        )
        assert_frame_equal(alone, whole.select(alone.columns), check_exact=True)
