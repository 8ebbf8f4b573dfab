"""A check proves each of the dynamics: it passes with them, and fails where one is missing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen import build, check, load_config
from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from capgen.quality.statistics import Statistic
from capgen.quality.twin.contrast import Both, Contrast
from capgen.quality.twin.periods import cut_periods
from tests.checking import check_but_remade
from tests.conftest import deep, make_config
from tests.data_faults import failed, verdicts
from tests.everything import PROFILE

WEB: dict[str, Any] = {
    "share": 1.0,
    "base": {"net_in": 60},
    "noise_parts": {
        "hours": {
            "half_life_hours": 3,
            "share": {"cpu": 0.6, "mem": 0.6, "disk": 0.6, "net_in": 0.6},
        },
        "days": {
            "half_life_hours": 24,
            "share": {"cpu": 0.2, "mem": 0.2, "disk": 0.2, "net_in": 0.2},
        },
    },
    "regimes": {
        "states": {
            "idle": {
                "chances": {"weekday": [0.7] * 8 + [0.3] * 16, "weekend": 0.8},
                "stickiness": 0.95,
                "level": {"cpu": 0.5},
            },
            "busy": {
                "chances": {"weekday": [0.3] * 8 + [0.7] * 16, "weekend": 0.2},
                "stickiness": 0.95,
                "level": {"cpu": 1.3},
                "correlation": {"cpu~mem": -0.3, "cpu~net_in": 0.7},
            },
        }
    },
    "spread": {"base.mem": {"sd": 0.3}, "sd.disk": {"sd": 0.4}},
}
PANEL: dict[str, Any] = {
    "granularity": "hourly",
    "num_servers": 36,
    "start_date": "2024-03-01",
    "end_date": "2024-04-30",
    "truth": True,
    "metrics": {"cpu": {"shape": "lognormal"}},
    "archetypes": {"web": WEB, "application": None, "database": None, "batch": None},
    "layers": {"shared_movement": {"fleet": {"noise": 0.08}}},
}
RUSH = {
    "type": "surge",
    "scope": "server",
    "per_year": 50,
    "mean_hours": 40,
    "magnitude": 2,
    "metrics": ["mem", "net_in"],
}
# For each of the dynamics: where it is configured, what is there without it, and rules that say so.
CASES: dict[str, tuple[str, Any, set[str]]] = {
    "noise parts": ("archetypes.web.noise_parts", {}, {"autocorrelation"}),
    "half-life": ("archetypes.web.noise_parts.hours.half_life_hours", 24, {"autocorrelation"}),
    "regimes": ("archetypes.web.regimes", None, {"regimes", "autocorrelation"}),
    "stickiness": ("archetypes.web.regimes.states.idle.stickiness", 0, {"dwell"}),
    "chances": ("archetypes.web.regimes.states.busy.chances", {"weekday": 0.35}, {"occupancy"}),
    "correlation": ("archetypes.web.regimes.states.busy.correlation", None, {"correlation"}),
    "shape": ("metrics.cpu.shape", "normal", {"tails"}),
    "shared movement": ("layers.shared_movement", None, {"shared_movement"}),
    "spread of levels": ("archetypes.web.spread", {"sd.disk": {"sd": 0.4}}, {"server_spread"}),
    "spread of noise": ("archetypes.web.spread", {"base.mem": {"sd": 0.3}}, {"server_spread"}),
    "weekend": ("archetypes.web.weekend_factor", 1.0, {"weekend"}),
    "spikes": ("archetypes.web.spike.probability", 0.0, {"spike_rate"}),
}


# What one panel lacks at once: no rule of a line fails for want of another of its line, as
# `tests/bench/missing_dynamics.py` shows; but for autocorrelation, which misses the shape as well.
TOGETHER = [
    ["weekend", "spikes", "chances", "spread of noise"],
    ["half-life", "correlation", "stickiness"],
    ["noise parts", "shared movement"],
    ["regimes", "shape", "spread of levels"],
]


def with_changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """Return the panel with values put in by their path."""
    changed = deepcopy(PANEL)
    for path, value in changes:
        *sections, key = path.split(".")
        place = changed
        for section in sections:
            place = place.setdefault(section, {})
        place[key] = value
    return changed


def missing(names: Iterable[str], folder: Path) -> Report:
    """Check a panel that lacks some of its dynamics, by all rules but `remade`."""
    build(make_config(**with_changed(*(CASES[name][:2] for name in names))), folder / "data")
    config_file = folder / "config.yaml"
    config_file.write_text(json.dumps(PANEL))
    return check_but_remade(folder / "data", config_file)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dynamics") / "data"
    build(make_config(**PANEL), folder)
    return folder


def test_a_good_panel_passes_and_each_of_its_dynamics_is_tested(good: Path) -> None:
    report = check(good)
    assert failed(report) == []
    tested = {name for name, verdict in verdicts(report).items() if verdict is Verdict.PASS}
    assert tested >= {rule for _, _, rules in CASES.values() for rule in rules}


@pytest.mark.parametrize("names", TOGETHER, ids=", ".join)
def test_what_is_configured_but_missing_fails(names: list[str], tmp_path: Path) -> None:
    found = verdicts(missing(names, tmp_path))
    for name in names:
        assert {found.get(rule) for rule in CASES[name][2]} == {Verdict.FAIL}, name


def test_each_of_the_dynamics_is_missing_once() -> None:
    assert sorted(name for names in TOGETHER for name in names) == sorted(CASES)


@pytest.mark.parametrize(
    "layers",
    [
        {"server_offset": ("layers.server_offset", {"sd": {"mem": 0.3}})},
        {
            "profile_spread": ("archetypes.web.profile", PROFILE),
            "events": ("layers.events", {"random": {"rush": RUSH}}),
        },
    ],
    ids=", ".join,
)
def test_layers_beside_the_dynamics_fail_where_they_are_missing(
    layers: dict[str, tuple[str, Any]], good: Path, tmp_path: Path
) -> None:
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps(with_changed(*layers.values())))
    found = verdicts(check_but_remade(good, config_file))
    assert {found[rule] for rule in layers} == {Verdict.FAIL}


def share_far_off(contrasts: Iterator[Contrast], kinship: float) -> float:
    found = [each.statistic(kinship) for each in contrasts]
    return float(np.mean([abs(each.off) > 2 for each in found if isinstance(each, Statistic)]))


def test_servers_that_move_together_count_as_few() -> None:
    random = np.random.Generator(np.random.Philox(1))

    def contrasts() -> Iterator[Contrast]:
        for _ in range(1000):
            data, twin = (
                math.sqrt(0.3) * random.standard_normal()
                + math.sqrt(0.7) * random.standard_normal((40, 1))
                for _ in range(2)
            )
            yield Contrast("rule", "subject", Both(data, twin), 40)

    assert share_far_off(contrasts(), kinship=0.3) == pytest.approx(0.0455, abs=0.025)
    assert share_far_off(contrasts(), kinship=0.0) > 0.4


def test_periods_that_remember_each_other_count_as_few() -> None:
    random = np.random.Generator(np.random.Philox(2))
    hourly = make_config(**{**PANEL, "end_date": "2024-08-30"})
    memory = 24 / math.log(2)
    periods = cut_periods(hourly, 60, memory)
    noise = random.standard_normal((2, 1000, periods.count * periods.length))
    for step in range(1, noise.shape[-1]):
        noise[..., step] = (
            math.exp(-1 / memory) * noise[..., step - 1]
            + math.sqrt(1 - math.exp(-2 / memory)) * noise[..., step]
        )
    data, twin = periods.sums(noise)

    def contrasts(growth: float) -> Iterator[Contrast]:
        for pair in zip(data, twin, strict=True):
            yield Contrast(
                "rule", "subject", Both(*(each[None] for each in pair)), 1, growth=growth
            )

    assert share_far_off(contrasts(periods.growth), kinship=0) == pytest.approx(0.0455, abs=0.025)
    assert share_far_off(contrasts(1.0), kinship=0) > 0.1


def test_a_window_that_is_too_short_is_not_tested(tmp_path: Path) -> None:
    build(make_config(**{**PANEL, "num_servers": 5, "end_date": "2024-03-01"}), tmp_path / "data")
    report = check(tmp_path / "data")
    assert failed(report) == []
    (rule,) = (each for each in report.rules if each.name == "autocorrelation")
    assert rule.verdict is Verdict.NOT_TESTABLE
    assert "it takes 12 servers or periods of them" in rule.worst.note


@deep  # its pinned report passes too
def test_the_realistic_preset_passes(tmp_path: Path) -> None:
    panel = {
        "num_servers": 12,
        "granularity": "hourly",
        "start_date": "2024-01-01",
        "end_date": "2024-01-31",
    }
    build(load_config(preset="realistic", overrides=panel, environment={}), tmp_path / "data")
    report = check(tmp_path / "data")
    assert failed(report) == []
    assert verdicts(report)["spread"] is Verdict.PASS


def test_values_that_are_broken_do_not_stop_the_check(good: Path, tmp_path: Path) -> None:
    for file in good.rglob("*.parquet"):
        place = tmp_path / "data" / file.relative_to(good)
        place.parent.mkdir(parents=True, exist_ok=True)
        rows = pl.read_parquet(file, hive_partitioning=False)
        half = pl.col("server_id") < "server_018"
        rows.with_columns(cpu_p95=pl.when(half).then(math.nan).otherwise("cpu_p95"))[
            :-5000
        ].write_parquet(place)
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps(PANEL))
    found = verdicts(check_but_remade(tmp_path / "data", config_file))
    assert found["valid_range"] is Verdict.FAIL
    assert found["row_count"] is Verdict.FAIL
    assert found["autocorrelation"] is Verdict.PASS
