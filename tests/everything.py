"""A configuration with every layer on at once."""

from __future__ import annotations

from typing import Any

PROFILE = {
    "hours": [0.6] * 7 + [0.8, 1.0, 1.3, 1.4, 1.4, 1.2, 1.3, 1.4, 1.4, 1.3, 1.1, 0.9] + [0.7] * 5,
    "weekdays": [1.0, 1.05, 1.05, 1.0, 0.95, 0.6, 0.5],
    "spread": {"flat_share": 0.2, "night_share": 0.2, "strength_sd": 0.3},
}
LAYERS: dict[str, Any] = {
    "server_offset": {
        "sd": {"cpu": 0.3, "mem": 0.2, "net_in": 0.5},
        "correlation": {"cpu~mem": 0.5},
    },
    "server_growth": {"sd_percent_per_month": 2.0},
    "annual_season": {
        "cpu": [
            {"amplitude": 0.1, "peak_day": 335},
            {"amplitude": 0.05, "peak_day": 20, "cycles": 2},
        ]
    },
    "local_time": {
        "zones": {"US-East": "America/New_York", "EU": "Europe/Berlin", "Asia": "Asia/Tokyo"},
        "holidays": {
            "EU": {"country": "DE", "observed": True},
            "Asia": {"country": "JP", "observed": True},
        },
    },
    "outliers": {
        "cpu": {
            "probability": 0.004,
            "magnitude": 1.6,
            "dip_probability": 0.002,
            "dip_magnitude": 0.0,
        },
        "net_out": {"probability": 0.003},
    },
    "missing": {
        "share": {"cpu": 0.01, "net_out": 0.02},
        "server_outages": {"per_year": 12, "mean_hours": 6},
        "fleet_gaps": {"per_year": 6, "mean_hours": 12},
    },
    "events": {
        "random": {
            "rush": {
                "type": "surge",
                "scope": "app",
                "per_year": 20,
                "mean_hours": 30,
                "magnitude": 1.5,
                "metrics": ["cpu", "net_in"],
                "cause": "a campaign",
            },
            "leak": {
                "type": "memory_leak",
                "scope": "server",
                "per_year": 10,
                "mean_hours": 60,
                "magnitude": 1.7,
                "metrics": ["mem"],
            },
            "shift": {
                "type": "level_shift",
                "scope": "server",
                "per_year": 2,
                "mean_hours": 800,
                "magnitude": 0.6,
                "metrics": ["cpu"],
            },
            "down": {"type": "outage", "scope": "region", "per_year": 3, "mean_hours": 9},
        },
    },
    "server_life": {
        "first_day": "2023-10-01",
        "last_day": "2024-06-30",
        "born_share": 0.2,
        "retired_share": 0.2,
        "resize": {"metric": "cpu", "limit": 60, "ratio": 2, "metrics": ["cpu", "mem"]},
    },
}
# Of the region EU, from the end of 2023: a build refuses it where it would not show.
LISTED: dict[str, Any] = {
    "launch": {
        "type": "surge",
        "region": "EU",
        "start": "2023-12-30",
        "end": "2024-01-03 12:00",
        "magnitude": 1.4,
        "metrics": ["cpu"],
        "cause": "product launch",
    }
}
SCHEDULED = [{"hours": [2, 23], "steps": 3, "probability": 0.7, "magnitude": 1.5}]
EVERYTHING: dict[str, Any] = {
    "truth": True,
    "growth": {"trend": "monthly", "origin": "2023-01-01"},
    "calendar": {
        "eoq": {"business_days": True},
        "holiday_effect": {"factor": 0.6, "shoulder_days": 1, "shoulder_factor": 0.8},
    },
    "archetypes": {
        "web": {"profile": PROFILE, "scheduled_spikes": SCHEDULED},
        "batch": {"scheduled_spikes": SCHEDULED},
    },
    "layers": {**LAYERS, "events": {**LAYERS["events"], "listed": LISTED}},
}

# How servers move: for configurations whose noise need not be that of the default.
_BUSY_BY_DAY = [0.3] * 7 + [0.5, 0.7, *[0.9] * 9, 0.7, 0.6] + [0.4] * 4
NOISE_PARTS: dict[str, Any] = {
    "hours": {
        "half_life_hours": 3,
        "share": {"cpu": 0.4, "mem": 0.4, "disk": 0.3, "net_in": 0.3},
        "correlation": {"cpu~mem": 0.3},
    },
    "days": {"half_life_hours": 96, "share": {"cpu": 0.2, "mem": 0.3, "disk": 0.1, "net_in": 0.2}},
}
_EQUAL_PART = {"half_life_hours": 12, "share": dict.fromkeys(["cpu", "mem", "disk", "net_in"], 0.6)}
REGIMES: dict[str, Any] = {
    "swing": {"half_life_hours": 96, "strength": 0.5},
    "states": {
        "idle": {
            "chances": {"weekday": [1 - each for each in _BUSY_BY_DAY], "weekend": 0.8},
            "stickiness": 0.9,
            "level": {"cpu": 0.4, "net_in": 0.3},
            "spread": {"cpu": 0.5},
            "swing": -1,
        },
        "busy": {
            "chances": {"weekday": [*_BUSY_BY_DAY[:2], 0.0, *_BUSY_BY_DAY[3:]], "weekend": 0.2},
            "stickiness": 0.8,
            "level": {"cpu": 1.2},
            "correlation": {"cpu~mem": 0.2, "cpu~net_in": 0.8},
            "swing": 1,
        },
        "backup": {
            "chances": {"weekday": [0, 0, 5, *[0] * 21]},
            "level": {"disk": 3},
            "quantiles": {"disk": [{"at": 0.1, "value": 1}, {"at": 0.9, "value": 2}]},
        },
    },
}
# Where chances do not change with the hour, what a state once was is forgotten slowly.
STICKY_REGIMES: dict[str, Any] = {
    "states": {
        "low": {"chances": {"weekday": 0.5}, "stickiness": 0.99, "level": {"cpu": 0.7}},
        "high": {"chances": {"weekday": 0.5}, "stickiness": 0.99, "level": {"mem": 1.1}},
    }
}
SPREAD: dict[str, Any] = {
    "base.cpu": {"sd": 0.5},
    "sd.mem": {"sd": 0.2},
    "spike.probability": {"sd": 0.5},
    "spike.magnitude": {"kind": "normal", "sd": 0.2},
    "growth_percent_per_month": {"kind": "normal", "sd": 1},
}
WITH_DYNAMICS: dict[str, Any] = {
    **EVERYTHING,
    "metrics": {
        "cpu": {"shape": "lognormal"},
        "disk": {
            "shape": "quantiles",
            "quantiles": [
                {"at": 0.01, "value": 0.2},
                {"at": 0.5, "value": 1},
                {"at": 0.99, "value": 5},
            ],
        },
    },
    "archetypes": {
        "web": {
            **EVERYTHING["archetypes"]["web"],
            "noise_parts": NOISE_PARTS,
            "regimes": REGIMES,
            "spread": SPREAD,
        },
        "application": {
            "noise_parts": {"hours": _EQUAL_PART},
            "spread": {"weekend_factor": {"kind": "normal", "sd": 0.1}},
        },
        "database": {
            "regimes": STICKY_REGIMES,
            "spread": {
                "business_hours_factor": {"sd": 0.2},
                "sd.disk": {"sd": 0.3},
                "regimes.states.low.stickiness": {"kind": "normal", "sd": 0.1},
                "regimes.states.high.level.mem": {"sd": 0.1},
            },
        },
        "batch": {
            **EVERYTHING["archetypes"]["batch"],
            "noise_parts": {"hours": _EQUAL_PART},
            "spread": SPREAD,
        },
    },
    "layers": {
        **LAYERS,
        "shared_movement": {
            "app": {"noise": 0.1, "states": 0.2},
            "region": {"noise": 0.2, "states": 0.1},
            "fleet": {"noise": 0.1, "states": 0.05},
        },
    },
}
