"""How often `capgen check` raises an alarm on good datasets: at most once in 1,000 is promised.

Run `python -m tests.bench.check_alarms [HOW_MANY [FIRST]] [--layers] [--dynamics] [--most-rows ROWS]`: builds and
checks so many small datasets, each with a random configuration and seed of its own, in two processes, and prints the
rules that failed with the number that makes the same configuration again. With `--layers`, each has some of the layers
too; with `--dynamics`, noise that remembers, shapes, states, spread and shared movement. With `--most-rows`, the
statistical rules look at so many rows at the most, or at a few servers, as in a large panel.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from capgen import build, load_config
from capgen.quality.check import check
from capgen.quality.findings import Verdict
from capgen.quality.sample import MOST_ROWS
from tests.everything import LAYERS, PROFILE, SCHEDULED

METRICS = ("cpu", "mem", "disk", "net_in")
SHAPES = {"daily": (30, 1461), "hourly": (2, 120), "15min": (1, 20), "6min": (1, 5)}
_LARGEST = 60_000  # rows
_SHARE_OF_LAYERS = 0.4
_SHARE_OF_DYNAMICS = 0.6
QUANTILES = [{"at": 0.01, "value": 0.2}, {"at": 0.5, "value": 1.0}, {"at": 0.9, "value": 1.6}, {"at": 0.99, "value": 5}]
GPU = {"column": "gpu_p95", "unit": "percent", "clip": [0, 100], "response": {"weekend": 0.5}, "spike_share": 0.9}


def random_overrides(number: int) -> dict[str, Any]:
    """Return a configuration that is drawn from a wide range, the same for the same number."""
    draw = random.Random(number)  # noqa: S311 (no secret)
    granularity = draw.choice(list(SHAPES))
    days = draw.randint(*SHAPES[granularity])
    start = date(2020, 1, 1) + timedelta(days=draw.randint(0, 2000))
    config: dict[str, Any] = {
        "seed": draw.randrange(2**40),
        "granularity": granularity,
        "start_date": str(start),
        "end_date": str(start + timedelta(days=days - 1)),
        "num_servers": draw.choice([1, 2, 5, 20, 60, 120]),
        "decimals": draw.choice([2, 2, 1, 0, 4]),
        "growth": {"trend": draw.choice(["window", "monthly"])},
        "calendar": {
            "eoq": {"window_days": draw.randint(1, 15), "peak": draw.choice([0.0, 0.1, 0.3, 1.0])},
            "holiday_factors": draw.choice([[], random_holidays(draw)]),
        },
        "archetypes": {name: random_archetype(draw) for name in ("web", "application", "database", "batch")},
        "metrics": {"net_in": {"clip": [0, draw.choice([150, 400, 1000])]}},
    }
    if draw.random() < 0.2:
        with_gpu(config)
    if draw.random() < 0.1:
        config["archetypes"] = dict.fromkeys(config["archetypes"]) | {
            "web": config["archetypes"]["web"] | {"share": 1.0}
        }
    return config


def random_layers(number: int) -> dict[str, Any]:
    """Return some of the layers, the same for the same number."""
    draw = random.Random(-1 - number)  # noqa: S311 (no secret)
    kinds: dict[str, dict[str, Any]] = {name: {} for name in ("web", "batch")}
    for kind in kinds.values():
        kind |= {"profile": PROFILE} if draw.random() < _SHARE_OF_LAYERS else {}
        kind |= {"scheduled_spikes": SCHEDULED} if draw.random() < _SHARE_OF_LAYERS else {}
    return {
        "truth": draw.random() < _SHARE_OF_LAYERS,
        "layers": {name: layer for name, layer in LAYERS.items() if draw.random() < _SHARE_OF_LAYERS},
        "kinds": kinds,
    }


def with_layers(config: dict[str, Any], number: int) -> dict[str, Any]:
    """Add some of the layers to a configuration."""
    drawn = random_layers(number)
    archetypes = {
        name: {**kind, **drawn["kinds"].get(name, {})} if kind else kind for name, kind in config["archetypes"].items()
    }
    return {**config, "truth": drawn["truth"], "layers": drawn["layers"], "archetypes": archetypes}


def with_dynamics(config: dict[str, Any], number: int) -> dict[str, Any]:
    """Add some of the dynamics to a configuration."""
    draw = random.Random(-(10**9) - number)  # noqa: S311 (no secret)

    def some(value: Any) -> Any:
        return value if draw.random() < _SHARE_OF_DYNAMICS else None

    archetypes = {
        name: {**kind, **random_movement(draw, some, profile="profile" in kind)} if kind else kind
        for name, kind in config["archetypes"].items()
    }
    shared = {scope: {"noise": draw.choice([0, 0.3]), "states": draw.choice([0, 0.2])} for scope in ("app", "region")}
    layers = {**config.get("layers", {}), "shared_movement": some(shared)}
    metrics = {**config["metrics"], "cpu": {"shape": some("lognormal") or "normal"}}
    if draw.random() < _SHARE_OF_DYNAMICS:
        metrics["disk"] = {"shape": "quantiles", "quantiles": QUANTILES}
    truth = config.get("truth", False) or draw.random() < _SHARE_OF_DYNAMICS
    return {**config, "truth": truth, "archetypes": archetypes, "layers": layers, "metrics": metrics}


def random_movement(draw: random.Random, some: Callable[[Any], Any], *, profile: bool) -> dict[str, Any]:
    """Return noise parts, states and spread of an archetype, each of them or none."""
    share = dict.fromkeys(METRICS, draw.choice([0.2, 0.4]))
    half_lives = {"short": draw.choice([0, 1, 3]), "long": draw.choice([24, 96, 400])}
    parts = {name: {"half_life_hours": hours, "share": share} for name, hours in half_lives.items()}
    states = {
        "calm": {"chances": {"weekday": 0.6, "weekend": 0.9}, "stickiness": draw.choice([0, 0.9]), "swing": -1},
        "busy": {
            "chances": {"weekday": [0.2] * 8 + [0.6] * 16, "weekend": 0.1},
            "stickiness": draw.choice([0, 0.95]),
            "level": {"cpu": draw.choice([1.3, 3.0]), "mem": 1.2},
            "spread": {"mem": 2.0},
            "swing": 1,
        },
    }
    spread = {"base.cpu": 0.5, "sd.mem": 0.3, "spike.probability": 0.5} | ({} if profile else {"weekend_factor": 0.2})
    every = {
        "noise_parts": some(parts),
        "regimes": some({"states": states, "swing": some({"half_life_hours": 96, "strength": 0.5})}),
        "spread": some({path: {"sd": sd} for path, sd in spread.items() if some(path)}),
    }
    return {key: each for key, each in every.items() if each}


def random_holidays(draw: random.Random) -> list[dict[str, Any]]:
    """Return a run of days in each month, with factors on both sides of 1."""
    return [
        {"month": month, "first_day": 1, "last_day": draw.randint(1, 9), "factor": draw.choice([0.0, 0.6, 1.4])}
        for month in range(1, 13)
    ]


def random_archetype(draw: random.Random) -> dict[str, Any]:
    """Return changes to an archetype: levels near the clips, rare and frequent spikes, strong and no effects."""
    return {
        "base": {key: draw.choice([5.0, 20.0, 50.0, 95.0]) for key in METRICS},
        "sd": {key: draw.choice([0.5, 5.0, 10.0, 25.0]) for key in METRICS},
        "business_hours_factor": draw.choice([0.7, 1.0, 1.5]),
        "weekend_factor": draw.choice([0.5, 0.9, 1.0, 1.3]),
        "spike": {"probability": draw.choice([0.0, 0.001, 0.02, 0.1]), "magnitude": draw.choice([0.5, 1.5, 3.0])},
        "growth_percent_per_month": draw.choice([-1.0, 0.0, 0.5, 5.0]),
    }


def with_gpu(config: dict[str, Any]) -> None:
    """Add a metric."""
    config["metrics"]["gpu"] = GPU
    for archetype in config["archetypes"].values():
        archetype["base"]["gpu"], archetype["sd"]["gpu"] = 40.0, 12.0


class Outcome(NamedTuple):
    """What a check of one dataset said."""

    number: int
    failed: list[str]
    in_part: bool
    verdicts: Counter[str]


def outcome_of(number: int, *, layers: bool, dynamics: bool, most_rows: int) -> Outcome:
    """Build a dataset and check it."""
    overrides = random_overrides(number)
    overrides = with_layers(overrides, number) if layers else overrides
    overrides = with_dynamics(overrides, number) if dynamics else overrides
    config = load_config(overrides=overrides, environment={})
    rows_a_server = ((config.end_date - config.start_date).days + 1) * 1440 // config.step_minutes
    servers = max(1, min(config.num_servers, _LARGEST // rows_a_server))
    config = load_config(overrides={**overrides, "num_servers": servers}, environment={})
    with tempfile.TemporaryDirectory() as folder:
        build(config, Path(folder) / "data", workers=1)
        report = check(Path(folder) / "data", most_rows=most_rows)
    failed = [
        f"{rule.name} {rule.worst.subject}: {rule.worst.off} beyond {rule.worst.limit}"
        for rule in report.rules
        if rule.verdict is Verdict.FAIL
    ]
    in_part = report.sample is not None and report.sample.servers < servers
    verdicts = Counter(finding.verdict.value for rule in report.rules for finding in rule.findings)
    return Outcome(number, failed, in_part, verdicts)


def main() -> None:
    """Print the alarms, and how many there were."""
    parser = argparse.ArgumentParser()
    parser.add_argument("how_many", type=int, nargs="?", default=1000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--layers", action="store_true")
    parser.add_argument("--dynamics", action="store_true")
    parser.add_argument("--most-rows", type=int, default=MOST_ROWS)
    asked = parser.parse_args()
    work = partial(outcome_of, layers=asked.layers, dynamics=asked.dynamics, most_rows=asked.most_rows)
    alarms = in_part = 0
    verdicts: Counter[str] = Counter()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for outcome in pool.imap_unordered(work, range(asked.first, asked.first + asked.how_many)):
            alarms += bool(outcome.failed)
            in_part += outcome.in_part
            verdicts += outcome.verdicts
            for each in outcome.failed:
                print(f"{outcome.number}: {each}", flush=True)
    print(f"{alarms} alarms in {asked.how_many} good datasets; {in_part} of them were looked at in part")
    print("findings: " + ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items()))


if __name__ == "__main__":
    main()
