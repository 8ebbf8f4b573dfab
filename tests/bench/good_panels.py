"""Good datasets of all kinds, for `check_alarms`: random configurations, each with a number."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.everything import LAYERS, PROFILE, SCHEDULED

METRICS = ("cpu", "mem", "disk", "net_in")
SHAPES = {"daily": (30, 1461), "hourly": (2, 120), "15min": (1, 20), "6min": (1, 5)}
_SHARE_OF_LAYERS = 0.4
_SHARE_OF_DYNAMICS = 0.6
QUANTILES = [
    {"at": 0.01, "value": 0.2},
    {"at": 0.5, "value": 1.0},
    {"at": 0.9, "value": 1.6},
    {"at": 0.99, "value": 5},
]
GPU = {
    "column": "gpu_p95",
    "unit": "percent",
    "clip": [0, 100],
    "response": {"weekend": 0.5},
    "spike_share": 0.9,
}


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
        "archetypes": {
            name: random_archetype(draw) for name in ("web", "application", "database", "batch")
        },
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
        "layers": {
            name: layer for name, layer in LAYERS.items() if draw.random() < _SHARE_OF_LAYERS
        },
        "kinds": kinds,
    }


def with_layers(config: dict[str, Any], number: int) -> dict[str, Any]:
    """Add some of the layers to a configuration."""
    drawn = random_layers(number)
    archetypes = {
        name: {**kind, **drawn["kinds"].get(name, {})} if kind else kind
        for name, kind in config["archetypes"].items()
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
    shared = {
        scope: {"noise": draw.choice([0, 0.3]), "states": draw.choice([0, 0.2])}
        for scope in ("app", "region")
    }
    layers = {**config.get("layers", {}), "shared_movement": some(shared)}
    metrics = {**config["metrics"], "cpu": {"shape": some("lognormal") or "normal"}}
    if draw.random() < _SHARE_OF_DYNAMICS:
        metrics["disk"] = {"shape": "quantiles", "quantiles": QUANTILES}
    truth = config.get("truth", False) or draw.random() < _SHARE_OF_DYNAMICS
    return {
        **config,
        "truth": truth,
        "archetypes": archetypes,
        "layers": layers,
        "metrics": metrics,
    }


def random_movement(
    draw: random.Random, some: Callable[[Any], Any], *, profile: bool
) -> dict[str, Any]:
    """Return noise parts, states and spread of an archetype, each of them or none."""
    share = dict.fromkeys(METRICS, draw.choice([0.2, 0.4]))
    half_lives = {"short": draw.choice([0, 1, 3]), "long": draw.choice([24, 96, 400])}
    parts = {name: {"half_life_hours": hours, "share": share} for name, hours in half_lives.items()}
    states = {
        "calm": {
            "chances": {"weekday": 0.6, "weekend": 0.9},
            "stickiness": draw.choice([0, 0.9]),
            "swing": -1,
        },
        "busy": {
            "chances": {"weekday": [0.2] * 8 + [0.6] * 16, "weekend": 0.1},
            "stickiness": draw.choice([0, 0.95]),
            "level": {"cpu": draw.choice([1.3, 3.0]), "mem": 1.2},
            "spread": {"mem": 2.0},
            "swing": 1,
        },
    }
    spread = {"base.cpu": 0.5, "sd.mem": 0.3, "spike.probability": 0.5} | (
        {} if profile else {"weekend_factor": 0.2}
    )
    every = {
        "noise_parts": some(parts),
        "regimes": some(
            {"states": states, "swing": some({"half_life_hours": 96, "strength": 0.5})}
        ),
        "spread": some({path: {"sd": sd} for path, sd in spread.items() if some(path)}),
    }
    return {key: each for key, each in every.items() if each}


def random_holidays(draw: random.Random) -> list[dict[str, Any]]:
    """Return a run of days in each month, with factors on both sides of 1."""
    return [
        {
            "month": month,
            "first_day": 1,
            "last_day": draw.randint(1, 9),
            "factor": draw.choice([0.0, 0.6, 1.4]),
        }
        for month in range(1, 13)
    ]


def random_archetype(draw: random.Random) -> dict[str, Any]:
    """Return changes to an archetype: levels near the clips, rare or frequent spikes, effects."""
    return {
        "base": {key: draw.choice([5.0, 20.0, 50.0, 95.0]) for key in METRICS},
        "sd": {key: draw.choice([0.5, 5.0, 10.0, 25.0]) for key in METRICS},
        "business_hours_factor": draw.choice([0.7, 1.0, 1.5]),
        "weekend_factor": draw.choice([0.5, 0.9, 1.0, 1.3]),
        "spike": {
            "probability": draw.choice([0.0, 0.001, 0.02, 0.1]),
            "magnitude": draw.choice([0.5, 1.5, 3.0]),
        },
        "growth_percent_per_month": draw.choice([-1.0, 0.0, 0.5, 5.0]),
    }


def with_gpu(config: dict[str, Any]) -> None:
    """Add a metric."""
    config["metrics"]["gpu"] = GPU
    for archetype in config["archetypes"].values():
        archetype["base"]["gpu"] = 40.0
        archetype["sd"]["gpu"] = 12.0


STEPS = [step for step in range(1, 1441) if 1440 % step == 0]
ZONES = [
    "Africa/Monrovia",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Amsterdam",
    "Pacific/Apia",
]
FACTORS = [0.0, 0.5, 1.0, 1.0, 2.0]
CHANCES = [0.0, 0.01, 0.3, 1.0]


def with_odd_sizes(config: dict[str, Any], number: int, *, odd_kinds: bool) -> dict[str, Any]:
    """Make a configuration small, at any step, in any year from 1900 to 2100, with any layers.

    With odd kinds, levels and spreads of archetypes too are at the ends of what is allowed; shapes
    allow less.
    """
    draw = random.Random(-(10**12) - number)  # noqa: S311 (no secret)
    step = draw.choice(STEPS)
    days = draw.choice([1, 1, 2, 7, 40]) if step < 1440 else draw.choice([1, 2, 30, 400])
    first = date(
        draw.choice([1900, 1919, 1950, 1972, 2000, 2011, 2024, 2099]), draw.randint(1, 12), 1
    )
    start = draw.choice(
        [first, date(2024, 2, 29), date(2100, 1, 1), date(1900, 1, 1), date(2011, 12, 30)]
    )
    zones = {region: draw.choice(ZONES) for region in ("EU", "Asia", "US-East")}
    layers = config.get("layers", {})
    odd = {
        "local_time": {"zones": zones} if draw.random() < _SHARE_OF_LAYERS else None,
        "missing": _odd_missing(draw) if "missing" in layers else None,
        "outliers": _odd_outliers(draw) if "outliers" in layers else None,
    }
    archetypes = {
        name: {**kind, **_odd_kind(draw, list(kind["base"]))}
        if kind and odd_kinds and draw.random() < _SHARE_OF_LAYERS
        else kind
        for name, kind in config["archetypes"].items()
    }
    return {
        **config,
        "granularity": f"{step}min",
        "start_date": str(start),
        "end_date": str(min(start + timedelta(days=days - 1), date(2100, 12, 31))),
        "num_servers": draw.choice([1, 2, 3, 8, 25]),
        "decimals": draw.choice([0, 2, 2, 3, 12]),
        "fleet": {"region": draw.choice([{}, {"Asia": 0, "US-East": 0, "US-West": 0}])},
        "archetypes": archetypes,
        "layers": {**layers, **odd},
    }


def _odd_missing(draw: random.Random) -> dict[str, Any]:
    return {
        "share": {key: draw.choice(CHANCES) for key in ("cpu", "disk", "net_out")},
        "server_outages": draw.choice(
            [None, {"per_year": 300, "mean_hours": draw.choice([1, 30])}]
        ),
        "fleet_gaps": draw.choice([None, {"per_year": 60, "mean_hours": draw.choice([1, 30])}]),
    }


def _odd_outliers(draw: random.Random) -> dict[str, Any]:
    return {
        "cpu": {
            "probability": draw.choice(CHANCES),
            "magnitude": draw.choice([0.0, 1.0, 1.6, 50.0]),
        },
        "net_out": {
            "probability": 0.1,
            "magnitude": 3.0,
            "dip_probability": 0.5,
            "dip_magnitude": draw.choice(FACTORS),
        },
    }


def _odd_kind(draw: random.Random, keys: list[str]) -> dict[str, Any]:
    schedule = {
        "hours": draw.sample(range(24), draw.randint(1, 3)),
        "steps": draw.choice([1, 2, 7]),
        "probability": draw.choice(CHANCES),
        "magnitude": draw.choice(FACTORS),
    }
    return {
        "base": {key: draw.choice([0.0, 0.001, 50.0, 99.0, 100.0]) for key in keys},
        "sd": {key: draw.choice([0.0, 0.001, 10.0, 1e4]) for key in keys},
        "business_hours_factor": draw.choice(FACTORS),
        "weekend_factor": draw.choice(FACTORS),
        "spike": {"probability": draw.choice(CHANCES), "magnitude": draw.choice(FACTORS)},
        "growth_percent_per_month": draw.choice([-100.0, -5.0, 0.0, 500.0]),
        "scheduled_spikes": draw.choice([[], [schedule], [schedule, *SCHEDULED]]),
    }
