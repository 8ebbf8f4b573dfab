"""Configurations whose panels are pinned: together they have every layer and every kind of each."""

from __future__ import annotations

import copy
from typing import Any

from capgen.config import Resolved, resolve
from capgen.config.merging import KeySource
from tests.everything import EVERYTHING, LISTED, PROFILE, SPREAD, WITH_DYNAMICS
from tests.panels import merged

# Each holds a year's end, where all blocks end, or a change of clocks.
WINDOWS = {
    "daily": ("2023-10-15", "2024-04-14"),
    "hourly": ("2023-12-19", "2024-01-11"),
    "5min": ("2023-12-30", "2024-01-02"),
    "1min": ("2023-12-31", "2024-01-01"),
    "hourly in spring": ("2024-03-08", "2024-04-02"),
}
# At so many decimals even a sum in another order shows, and so does a processor on which numpy's
# exp rounds otherwise.
LAST_BIT = 12
DECIMALS = {"daily": 6, "hourly": LAST_BIT, "5min": 6, "1min": LAST_BIT, "hourly in spring": 6}
_WITH_CLOCKS = ["profiled", "realistic"]
SERVERS = 13
LISTED_EVENTS: dict[str, Any] = {
    **LISTED,
    "creep": {
        "type": "memory_leak",
        "server": "server_001",
        "start": "2023-12-30 06:00",
        "end": "2024-01-01 18:30",
        "magnitude": 1.6,
        "metrics": ["mem", "net_in"],
    },
    "moved": {
        "type": "level_shift",
        "where": {"region": ["US-East", "Asia"], "server_type": "application"},
        "start": "2023-12-31 03:00",
        "magnitude": 0.7,
        "metrics": ["cpu", "net_in"],
    },
    "cut": {
        "type": "outage",
        "app": "IT-app-1",
        "start": "2023-12-31 22:17",
        "end": "2024-01-01 03:02",
    },
    "audit": {
        "type": "surge",
        "business_unit": "Trading",
        "start": "2024-01-01 05:00",
        "magnitude": 1.2,
        "metrics": ["disk"],
    },
    "urgent": {
        "type": "surge",
        "criticality": "High",
        "start": "2023-12-31 10:00",
        "end": "2024-01-01 02:00",
        "magnitude": 1.3,
        "metrics": ["mem", "disk"],
    },
}
RANDOM_EVENTS: dict[str, Any] = {
    "rush": {"per_year": 60},
    "leak": {"per_year": 150, "mean_hours": 20},
    "shift": {"per_year": 100, "mean_hours": 60},
    "down": {"per_year": 40},
    "quarter": {
        "type": "surge",
        "scope": "business_unit",
        "per_year": 200,
        "mean_hours": 8,
        "magnitude": 1.2,
        "metrics": ["disk"],
    },
    "patch": {
        "type": "level_shift",
        "scope": "criticality",
        "per_year": 200,
        "mean_hours": 8,
        "magnitude": 1.1,
        "metrics": ["mem"],
    },
    "rollout": {
        "type": "memory_leak",
        "scope": "server_type",
        "per_year": 200,
        "mean_hours": 8,
        "magnitude": 1.3,
        "metrics": ["cpu", "mem"],
    },
}
# Late ones last into the next day and year.
LONG_SPIKES: list[dict[str, Any]] = [
    {"hours": [20, 21, 22, 23, 0], "steps": 4, "probability": 0.9, "magnitude": 1.3},
    {"hours": [7], "probability": 0.4, "magnitude": 0.8},
]
# Laid over all: rates so high that each happens within two days, ends of lives that fall into them.
DENSE: dict[str, Any] = {
    "num_servers": SERVERS,
    "fleet": {"apps_per_business_unit": 2},
    "growth": {"trend": "monthly", "origin": "2022-12-10"},
    "metrics": {"cpu": {"response": {"growth": 1.5}}},
    "archetypes": {
        "web": {"profile": {"spread": {"flat_share": 0.15, "night_share": 0.7}}},
        "application": {"scheduled_spikes": LONG_SPIKES},
    },
    "layers": {
        "server_offset": {"correlation": {"mem~net_in": -0.3}},
        "annual_season": {"disk": [{"amplitude": 0.2, "peak_day": 3.5}]},
        "outliers": {
            "cpu": {"probability": 0.02, "dip_probability": 0.02, "dip_magnitude": 0.3},
            "mem": {"probability": 0.01, "dip_probability": 0.01},
            "net_out": {"probability": 0.01, "magnitude": 2},
        },
        "missing": {
            "server_outages": {"per_year": 150, "mean_hours": 3},
            "fleet_gaps": {"per_year": 100, "mean_hours": 3},
        },
        "events": {"random": RANDOM_EVENTS, "listed": LISTED_EVENTS},
        "server_life": {
            "first_day": "2023-12-20",
            "last_day": "2024-01-10",
            "born_share": 0.4,
            "retired_share": 0.4,
            "resize": {"limit": 40, "ratio": 1.5},
        },
    },
}
PROFILED = merged(EVERYTHING, DENSE)
# Beside a profile, weekends have no factor that could differ.
_WITHOUT_WEEKENDS: dict[str, Any] = copy.deepcopy(WITH_DYNAMICS)
del _WITHOUT_WEEKENDS["archetypes"]["application"]["spread"]
MOVING = merged(
    merged(_WITHOUT_WEEKENDS, DENSE),
    {
        "archetypes": {
            "application": {
                "profile": PROFILE | {"spread": {"strength_sd": 0.2}},
                "noise_parts": {"hours": {"correlation": {"cpu~mem": 0.68}}},
            }
        }
    },
)
_STATES: dict[str, Any] = {
    "swing": {"half_life_hours": 30, "strength": 0.7},
    "states": {
        "calm": {
            "chances": {"weekday": 2, "weekend": 3},
            "stickiness": 0.7,
            "level": {"cpu": 0.8, "disk": 0.9},
            "spread": {"mem": 0.6},
            "swing": -0.5,
        },
        "rough": {
            "chances": {"weekday": [*[1] * 8, *[3] * 10, *[1] * 6], "weekend": [1, 2] * 12},
            "stickiness": 0.6,
            "level": {"cpu": 1.3, "mem": 1.1},
            "spread": {"cpu": 1.4, "net_in": 0.7},
            "correlation": {"cpu~mem": -0.2, "mem~disk": 0.3},
            "swing": 1,
        },
    },
}
_EVERY_SPREAD: dict[str, Any] = {
    **SPREAD,
    "base.mem": {"kind": "normal", "sd": 4},
    "base.disk": {"sd": 0.2},
    "sd.cpu": {"kind": "normal", "sd": 2},
    "business_hours_factor": {"sd": 0.2},
    "weekend_factor": {"kind": "normal", "sd": 0.1},
    "regimes.states.calm.stickiness": {"kind": "normal", "sd": 0.1},
    "regimes.states.rough.stickiness": {"sd": 0.2},
    "regimes.states.calm.level.disk": {"sd": 0.3},
    "regimes.states.rough.level.cpu": {"kind": "normal", "sd": 0.1},
    "regimes.states.calm.spread.mem": {"sd": 0.3},
    "regimes.states.rough.spread.cpu": {"kind": "normal", "sd": 0.2},
}
_SPREADING: dict[str, Any] = {
    "regimes": _STATES,
    "spread": _EVERY_SPREAD,
    "noise_parts": {
        "long": {
            "half_life_hours": 48,
            "share": {"cpu": 0.3, "mem": 0.3, "disk": 0.3, "net_in": 0.3},
        },
        "short": {
            "half_life_hours": 0.5,
            "share": {"cpu": 0.5, "mem": 0.4},
            "correlation": {"cpu~mem": 0.4},
        },
    },
    "correlation": {
        "cpu~mem": 0.3,
        "cpu~net_in": 0.2,
        "mem~disk": 0.1,
        "mem~net_in": 0.1,
        "disk~net_in": 0.1,
    },
}
# Without a profile, so that the factors of business hours and weekends can differ; no clocks, no
# truth, no other layer.
SPREAD_OUT: dict[str, Any] = {
    "num_servers": SERVERS,
    "seed": 7,
    "fleet": {"apps_per_business_unit": 2, "first_index": 5, "server_id_format": "node-{index}"},
    "growth": {"trend": "window"},
    "metrics": {
        "mem": {
            "shape": "lognormal",
            "response": {"business_hours": 0.4, "weekend": 0.3, "eoq": 0.5, "growth": 2},
        },
        "net_out": {"derived": {"source": "cpu", "factor": -1.5}, "clip": [-400, 600]},
    },
    "archetypes": dict.fromkeys(("web", "application", "database", "batch"), _SPREADING),
    "layers": {
        "server_growth": {"sd_percent_per_month": 3},
        "shared_movement": {
            "app": {"noise": 0.2, "states": 0.2},
            "region": {"noise": 0.1, "states": 0.2},
            "fleet": {"noise": 0.2, "states": 0.1},
        },
    },
}
SMALL: dict[str, Any] = {"num_servers": SERVERS}
PANELS: dict[str, tuple[str, dict[str, Any]]] = {
    "profiled": ("default", PROFILED),
    "moving": ("default", MOVING),
    "spread out": ("default", SPREAD_OUT),
    "default": ("default", SMALL),
    "telemetry": ("telemetry", SMALL),
    "realistic": ("realistic", SMALL),
}
PINNED_PANELS = [
    (panel, window)
    for panel in PANELS
    for window in WINDOWS
    if window != "hourly in spring" or panel in _WITH_CLOCKS
]


def pinned_config(panel: str, window: str) -> Resolved:
    """Return the configuration of a pinned panel.

    Args:
        panel: one of `PANELS`.
        window: one of `WINDOWS`.
    """
    preset, overrides = PANELS[panel]
    start, end = WINDOWS[window]
    days = {"granularity": window.split()[0], "start_date": start, "end_date": end}
    decimals = {} if overrides is SMALL else {"decimals": DECIMALS[window]}
    asked = KeySource("pinned", {**overrides, **days, **decimals})
    return resolve(preset=preset, flags=[asked], environment={})
