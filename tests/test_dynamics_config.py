"""The configuration of the dynamics: every bad value is refused by name, with the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from capgen import ConfigError, load_config, scan
from tests.conftest import make_config
from tests.test_layer_config import INFINITE, NAN, assert_refused, nested, table

PARTS = "archetypes.web.noise_parts"
REGIMES = "archetypes.web.regimes"
SPREAD = "archetypes.web.spread"
HOURS = f"{PARTS}.hours"
STATES = f"{REGIMES}.states"
SHARED = "layers.shared_movement"
PART: dict[str, Any] = {"half_life_hours": 3, "share": {"cpu": 0.4, "mem": 0.4}}
STATE: dict[str, Any] = {"chances": {"weekday": 1}}
POINTS = [{"at": 0.1, "value": 1}, {"at": 0.9, "value": 2}]
NIGHT = [1.0] * 5 + [0.0] * 19


def points(*pairs: tuple[float, float]) -> list[dict[str, float]]:
    return [{"at": at, "value": value} for at, value in pairs]


BAD: list[tuple[str, Any, str, str]] = [
    (PARTS, [PART], PARTS, "mapping"),
    (PARTS, {"Hours": PART}, f"{PARTS}.Hours", "pattern"),
    (HOURS, {"share": {"cpu": 0.1}}, HOURS, "half_life_hours as well"),
    (HOURS, {"half_life_hours": 3}, HOURS, "share as well"),
    *table(
        HOURS,
        PART,
        [
            ("half_life_hours", -1, "at least 0"),
            ("half_life_hours", 721, "at most 720"),
            ("half_life_hours", 1e-9, "expected 0 or at least 0.001"),
            ("half_life_hours", NAN, "finite"),
            ("half_life_hours", "3h", "number"),
            ("share", 0.4, "mapping"),
            ("half_life", 3, "'half_life_hours'"),
            ("correlation", 0.4, "mapping"),
        ],
    ),
    (f"{HOURS}", {**PART, "share": {"cpu": 1.2}}, f"{HOURS}.share.cpu", "at most 1"),
    (f"{HOURS}", {**PART, "share": {"cpu": -0.2}}, f"{HOURS}.share.cpu", "at least 0"),
    (
        HOURS,
        {**PART, "share": {"gpu": 0.2}},
        f"{HOURS}.share",
        "expected one of cpu, mem, disk, net_in, got 'gpu'",
    ),
    (HOURS, {**PART, "share": {"net_out": 0.2}}, f"{HOURS}.share", "got 'net_out'"),
    (HOURS, {**PART, "correlation": {"cpu~mem": 1.1}}, f"{HOURS}.correlation.cpu~mem", "at most 1"),
    (HOURS, {**PART, "correlation": {"cpu~gpu": 0.1}}, PARTS, "joined by ~, got 'cpu~gpu'"),
    (HOURS, {**PART, "correlation": {"cpu": 0.1}}, PARTS, "joined by ~, got 'cpu'"),
    (
        HOURS,
        {**PART, "correlation": {"cpu~disk": 0.1}},
        f"{HOURS}.correlation.cpu~disk",
        "expected two metrics that have a share in the part",
    ),
    (
        PARTS,
        {"a": PART, "b": {**PART, "share": {"cpu": 0.7}}},
        PARTS,
        "shares of cpu that sum to at most 1, got 1.1",
    ),
    (
        PARTS,
        {
            "a": {
                "half_life_hours": 3,
                "share": {"cpu": 1, "mem": 1},
                "correlation": {"cpu~mem": 0.9},
            }
        },
        PARTS,
        (
            "cpu~net_in 0.8, mem~net_in 0.2; the nearest possible: cpu~mem 0.9, cpu~disk 0, "
            "mem~disk 0, "
        ),
    ),
    (
        PARTS,
        {"a": {"half_life_hours": 3, "share": {"cpu": 0.5}}},
        PARTS,
        "got cpu~net_in 0.8; the nearest possible: cpu~net_in 0.706",
    ),
    (
        PARTS,
        {
            "a": {
                "half_life_hours": 3,
                "share": dict.fromkeys(["cpu", "mem", "disk", "net_in"], 0.5),
                "correlation": {"cpu~mem": 0.9, "mem~disk": 0.9, "cpu~disk": -0.7},
            }
        },
        PARTS,
        "pairs of one part that are not positive definite together; lower some of them",
    ),
    ("metrics.cpu.shape", "gamma", "metrics.cpu.shape", "'gamma'"),
    ("metrics.cpu.shape", "quantiles", "metrics.cpu", "expected quantiles with shape: quantiles"),
    ("metrics.cpu.quantiles", POINTS, "metrics.cpu", "and with no other shape"),
    ("metrics.net_out.shape", "lognormal", "metrics.net_out", "expected no shape beside derived"),
    *(
        (
            f"{STATES}",
            {"a": {**STATE, "quantiles": {"disk": quantiles}}},
            f"{STATES}.a.quantiles.disk",
            says,
        )
        for quantiles, says in (
            (points((0.5, 1)), "at least 2"),
            (points((0.5, 1), (0.4, 2)), "climb"),
            (points((0.4, 1), (0.4, 2)), "climb"),
            (points((0.4, 2), (0.5, 1)), "climb"),
            (points((0.4, 2), (0.5, 2)), "more than one value"),
            (points((0.4, 2), (0.4000001, 3)), "1e-06 or more apart"),
            (points((0.0, 2), (0.4, 3)), "at least 0.000001"),
            (points((0.3, 2), (1.0, 3)), "at most 0.999999"),
            (points((0.3, 2), (0.4, 1e7)), "at most 1000000"),
            (points((0.3, NAN), (0.4, 1)), "finite"),
            ([{"at": 0.5}], "value as well"),
            (points(*((place / 300, place) for place in range(1, 250))), "at most 199"),
        )
    ),
    (REGIMES, {}, REGIMES, "states as well"),
    (STATES, {}, STATES, "at least 1"),
    (STATES, {f"s{number}": STATE for number in range(9)}, STATES, "at most 8"),
    (STATES, {"a": {}}, f"{STATES}.a", "chances as well"),
    (STATES, {"a": {"chances": 1}}, f"{STATES}.a.chances", "mapping"),
    (STATES, {"a": {"chances": {"weekend": 1}}}, f"{STATES}.a.chances", "weekday as well"),
    (STATES, {"a": {"chances": {"weekday": -1}}}, f"{STATES}.a.chances.weekday", "at least 0"),
    (
        STATES,
        {"a": {"chances": {"weekday": 1e7}}},
        f"{STATES}.a.chances.weekday",
        "at most 1000000",
    ),
    (STATES, {"a": {"chances": {"weekday": NAN}}}, f"{STATES}.a.chances.weekday", "finite"),
    (
        STATES,
        {"a": {"chances": {"weekday": [1.0] * 23}}},
        f"{STATES}.a.chances.weekday",
        "at least 24",
    ),
    (
        STATES,
        {"a": {"chances": {"weekday": [1.0] * 25}}},
        f"{STATES}.a.chances.weekday",
        "at most 24",
    ),
    (
        STATES,
        {"a": {"chances": {"weekday": 1, "holiday": 1}}},
        f"{STATES}.a.chances.holiday",
        "unknown key",
    ),
    (
        STATES,
        {"a": {"chances": {"weekday": NIGHT}}},
        STATES,
        "at least one state at 5:00 on a weekday",
    ),
    (STATES, {"a": {"chances": {"weekday": 1, "weekend": 0}}}, STATES, "at 0:00 on a weekend"),
    *(
        (STATES, {"a": {**STATE, key: value}}, f"{STATES}.a.{key}", says)
        for key, value, says in (
            ("stickiness", 1, "at most 0.998"),
            ("stickiness", -0.1, "at least 0"),
            ("stickiness", NAN, "finite"),
            ("level", 2, "mapping"),
            ("level", {"cpu": -1}, "at least 0"),
            ("level", {"cpu": INFINITE}, "finite"),
            ("level", {"cpu": 1001}, "at most 1000"),
            ("level", {"gpu": 1}, "got 'gpu'"),
            ("level", {"net_out": 1}, "got 'net_out'"),
            ("spread", {"cpu": -1}, "at least 0"),
            ("spread", {"gpu": 1}, "got 'gpu'"),
            ("quantiles", {"gpu": POINTS}, "got 'gpu'"),
            (
                "quantiles",
                {"cpu": POINTS},
                "expected a metric whose shape is lognormal or quantiles, got normal",
            ),
            ("correlation", {"cpu~mem": 2}, "at most 1"),
            ("correlation", {"cpu~gpu": 0.1}, "'cpu~gpu'"),
            (
                "correlation",
                {"cpu~mem": 0.9, "cpu~disk": 0.9, "mem~disk": -0.9},
                "smallest eigenvalue",
            ),
            ("swing", 1.1, "at most 1"),
            ("swing", -1.1, "at least -1"),
            ("sticky", 0.5, "unknown key"),
        )
    ),
    (
        REGIMES,
        {"states": {"a": STATE}, "swing": {"strength": 1}},
        f"{REGIMES}.swing",
        "half_life_hours as well",
    ),
    (REGIMES, {"states": {"a": STATE}, "swing": 1}, f"{REGIMES}.swing", "mapping"),
    *(
        (
            REGIMES,
            {"states": {"a": STATE}, "swing": {"half_life_hours": 5, "strength": 1} | bad},
            f"{REGIMES}.swing.{next(iter(bad))}",
            says,
        )
        for bad, says in (
            ({"half_life_hours": 0}, "at least 1"),
            ({"half_life_hours": 721}, "at most 720"),
            ({"strength": 1.1}, "at most 1"),
            ({"strength": -0.1}, "at least 0"),
            ({"period": 1}, "unknown key"),
        )
    ),
    (SHARED, 0.4, SHARED, "0.4"),
    (SHARED, {"zone": {"noise": 0.1}}, f"{SHARED}.zone", "unknown key"),
    (SHARED, {"app": {"noise": 1.1}}, f"{SHARED}.app.noise", "at most 1"),
    (SHARED, {"app": {"states": -0.1}}, f"{SHARED}.app.states", "at least 0"),
    (SHARED, {"app": {"spikes": 0.1}}, f"{SHARED}.app.spikes", "unknown key"),
    (
        SHARED,
        {"app": {"noise": 0.6}, "fleet": {"noise": 0.6}},
        SHARED,
        "shares of noise that sum to at most 1, got 1.2",
    ),
    (
        SHARED,
        {"app": {"states": 0.6}, "region": {"states": 0.6}},
        SHARED,
        "shares of states that sum to at most 1",
    ),
    (SPREAD, {"base.gpu": {"sd": 0.1}}, SPREAD, "got 'base.gpu'"),
    (SPREAD, {"base": {"sd": 0.1}}, SPREAD, "base.cpu, base.mem, "),
    (SPREAD, {"share": {"sd": 0.1}}, SPREAD, "spike.probability, spike.magnitude, got 'share'"),
    (SPREAD, {"base.cpu": 0.1}, f"{SPREAD}.base.cpu", "mapping"),
    (SPREAD, {"base.cpu": {}}, f"{SPREAD}.base.cpu", "sd as well"),
    (SPREAD, {"base.cpu": {"sd": -0.1}}, f"{SPREAD}.base.cpu.sd", "at least 0"),
    (SPREAD, {"base.cpu": {"sd": 11}}, f"{SPREAD}.base.cpu", "at most 10 × the parameter, got 11"),
    (
        SPREAD,
        {"base.cpu": {"sd": 1e7, "kind": "normal"}},
        f"{SPREAD}.base.cpu.sd",
        "at most 1000000",
    ),
    (SPREAD, {"base.cpu": {"sd": 1, "kind": "uniform"}}, f"{SPREAD}.base.cpu.kind", "'uniform'"),
]


def test_a_bad_value_is_refused_by_name() -> None:
    assert_refused(BAD)


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            {"archetypes": {"web": {"base": {"cpu": 0}}}},
            (
                "archetypes.web.base.cpu: expected more than 0 for a metric "
                "with shape lognormal, got 0"
            ),
        ),
        (
            {"archetypes": {"web": {"sd": {"cpu": 1e12}}}},
            (
                "archetypes.web.sd.cpu: expected at most 100 × base for a metric "
                "with shape lognormal, got 1e+12"
            ),
        ),
        (
            {
                "archetypes": {
                    "web": {
                        "profile": {"hours": [1.0] * 24, "weekdays": [1.0] * 7},
                        "spread": {"weekend_factor": {"sd": 0.1}},
                    }
                }
            },
            (
                f"{SPREAD}.weekend_factor: expected none beside a profile, "
                "which has a spread of its own"
            ),
        ),
        (
            {"archetypes": {"web": {"spread": {"regimes.states.busy.stickiness": {"sd": 0.1}}}}},
            "got 'regimes.states.busy.stickiness'",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(overrides: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make_config(**overrides, metrics={"cpu": {"shape": "lognormal"}})
    assert says in str(refused.value)


EXTREME: dict[str, dict[str, Any]] = {
    "short half-life": nested(HOURS, {"half_life_hours": 0.001, "share": {"mem": 0.5}}),
    "longest half-life": nested(HOURS, {"half_life_hours": 720, "share": {"mem": 1}}),
    "tiny weights": nested(STATES, {name: {"chances": {"weekday": 5e-324}} for name in "ab"}),
    "weights far apart": nested(STATES, {"a": STATE, "b": {"chances": {"weekday": 1e-300}}}),
    "level of zero": nested(STATES, {"a": {**STATE, "level": {"cpu": 0}, "spread": {"cpu": 0}}}),
    "close quantiles": nested(
        "metrics.cpu", {"shape": "quantiles", "quantiles": points((0.5, 1), (0.500002, 2))}
    ),
    "rare quantiles": nested(
        "metrics.cpu", {"shape": "quantiles", "quantiles": points((1e-6, 0), (2e-6, 1))}
    ),
    "values close together": nested(
        "metrics.cpu", {"shape": "quantiles", "quantiles": points((0.1, 1e6 - 1e-6), (0.9, 1e6))}
    ),
    "wide lognormal": {
        **nested("metrics.cpu.shape", "lognormal"),
        **nested("archetypes.web.sd.cpu", 4500.0),
    },
    "wide spread": nested(
        SPREAD, {"base.cpu": {"sd": 10}, "spike.magnitude": {"sd": 10}, "sd.cpu": {"sd": 10}}
    ),
}


@pytest.mark.parametrize("name", EXTREME)
def test_what_is_extreme_gives_numbers(name: str) -> None:
    window = {
        "num_servers": 20,
        "start_date": "2024-03-01",
        "end_date": "2024-03-02",
        "granularity": "hourly",
    }
    independent = {
        "correlation": dict.fromkeys(["cpu~mem", "cpu~net_in", "mem~disk", "mem~net_in"], 0.0)
    }
    values = EXTREME[name]
    web = {**values.get("archetypes", {}).get("web", {}), **independent}
    panel = scan(make_config(**window, **{**values, "archetypes": {"web": web}})).collect()
    metrics = [each for each in panel.columns if each.endswith("_p95")]
    assert panel.select(metrics).null_count().sum_horizontal().item() == 0
    assert [each for each in metrics if not panel[each].is_finite().all()] == []


def test_a_normal_spread_is_in_the_unit_of_its_parameter() -> None:
    config = make_config(**nested(SPREAD, {"base.net_in": {"kind": "normal", "sd": 60}}))
    assert config.archetypes["web"].spread["base.net_in"].sd == 60


def test_dynamics_that_a_file_turns_on_can_be_turned_off(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        "archetypes: {web: {noise_parts: {hours: {half_life_hours: 3, share: {mem: 0.1}}},"
        " regimes: {states: {a: {chances: {weekday: 1}}}}, spread: {base.cpu: {sd: 0.1}}}}\n"
        "layers: {shared_movement: {app: {noise: 0.1}}}\n",
        encoding="utf-8",
    )
    assert load_config(file, environment={}).archetypes["web"].regimes is not None
    web = {"noise_parts": {"hours": None}, "regimes": None, "spread": {"base.cpu": None}}
    off = {"archetypes": {"web": web}, "layers": {"shared_movement": None}}
    assert load_config(file, overrides=off, environment={}) == make_config()


def test_dynamics_are_off_by_default() -> None:
    config = make_config()
    assert config.layers.shared_movement is None
    assert all(metric.shape == "normal" for metric in config.metrics.values())
    assert all(
        not archetype.noise_parts and archetype.regimes is None and not archetype.spread
        for archetype in config.archetypes.values()
    )
