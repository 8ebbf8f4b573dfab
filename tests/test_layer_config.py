"""The configuration of layers: bad values are refused by name, documented examples load."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from capgen import ConfigError, load_config, scan
from tests.conftest import make_config

DEFAULTS = Path(__file__).resolve().parents[1] / "config" / "default.yaml"
NAN = float("nan")
INFINITE = float("inf")
HOURS = [1.0] * 24
WEEKDAYS = [1.0] * 7
SURGE: dict[str, Any] = {
    "type": "surge",
    "scope": "server",
    "per_year": 1,
    "mean_hours": 5,
    "magnitude": 2,
    "metrics": ["cpu"],
}
LAUNCH: dict[str, Any] = {
    "type": "surge",
    "region": "EU",
    "start": "2024-03-01",
    "end": "2024-03-02",
    "magnitude": 2,
    "metrics": ["cpu"],
}
GAP = {"per_year": 1, "mean_hours": 3}
LIFE: dict[str, Any] = {"first_day": "2022-01-01", "last_day": "2025-12-31"}
RESIZE: dict[str, Any] = {"metric": "cpu", "limit": 70, "ratio": 2, "metrics": ["cpu"]}
WAVE: dict[str, Any] = {"amplitude": 0.1, "peak_day": 10}
SCHEDULE: dict[str, Any] = {"hours": [2], "probability": 0.5, "magnitude": 2}
HOLIDAYS: dict[str, Any] = {"country": "DE", "observed": True}
OUTLIER: dict[str, Any] = {"probability": 0.1}
RANDOM = "layers.events.random.rush"
LISTED = "layers.events.listed.launch"
PROFILE = "archetypes.web.profile"
SPIKES = "archetypes.web.scheduled_spikes"
LIFE_PATH = "layers.server_life"
RESIZE_PATH = "layers.server_life.resize"
EFFECT = "calendar.holiday_effect"
ZONES = "layers.local_time.zones"
REGIONAL = "layers.local_time.holidays"


def nested(path: str, value: Any) -> dict[str, Any]:
    """Return a mapping that has a value at a dotted path."""
    head, _, rest = path.partition(".")
    return {head: nested(rest, value) if rest else value}


def without(section: dict[str, Any], key: str) -> dict[str, Any]:
    return {each: value for each, value in section.items() if each != key}


def refusal(path: str, value: Any) -> str:
    """Return the message with which a value is refused; that it is taken where it is not."""
    try:
        make_config(**nested(path, value))
    except ConfigError as refused:
        return str(refused)
    return "taken"


def assert_refused(rows: Iterable[tuple[str, Any, str, str]]) -> None:
    """Fail with the messages that do not name their key and say why on one line."""
    refused = ((refusal(path, value), key, says) for path, value, key, says in rows)
    assert [
        (message, key, says)
        for message, key, says in refused
        if key not in message or says not in message or "\n" in message
    ] == []


def table(
    path: str, section: dict[str, Any], bad: list[tuple[str, Any, str]]
) -> list[tuple[str, Any, str, str]]:
    """Return rows that change a key of a valid section: path, value, the message's key and text."""
    return [(path, {**section, key: value}, f"{path}.{key}", says) for key, value, says in bad]


BAD: list[tuple[str, Any, str, str]] = [
    ("truth", 1, "truth", "boolean"),
    ("truth", "yes", "truth", "boolean"),
    ("first_columns", ["cpu"], "first_columns", "'cpu'"),
    ("first_columns", ["is_spike"], "first_columns", "'is_spike'"),
    ("first_columns", "cpu_p95", "first_columns", "'cpu_p95'"),
    ("first_columns", [1], "first_columns.0", "expected text"),
    ("layers.weather", {}, "layers.weather", "unknown key"),
    ("layers.server_ofset", {"sd": {}}, "layers.server_ofset", "'server_offset'"),
    ("layers", 5, "layers", "5"),
    ("growth.trend", "weekly", "growth.trend", "'weekly'"),
    ("growth.trend", 1, "growth.trend", "1"),
    ("growth.origin", "2022-13-01", "growth.origin", "'2022-13-01'"),
    ("growth.origin", "1800-01-01", "growth.origin", "1900-01-01"),
    ("growth.start", "2022-01-01", "growth.start", "unknown key"),
    (
        "calendar.eoq",
        {"business_days": True, "window_days": 11},
        "calendar.eoq",
        "at most 10 with business_days",
    ),
    ("calendar.eoq.business_days", 1, "calendar.eoq.business_days", "boolean"),
    ("calendar.eoq.business_days", "yes", "calendar.eoq.business_days", "boolean"),
    (EFFECT, 0.7, EFFECT, "0.7"),
    (EFFECT, {"shoulder_days": 1}, EFFECT, "factor as well"),
    *table(
        EFFECT,
        {"factor": 0.7},
        [
            ("factor", -0.1, "at least 0"),
            ("factor", "low", "number"),
            ("factor", NAN, "finite"),
            ("shoulder_days", -1, "at least 0"),
            ("shoulder_days", 8, "at most 7"),
            ("shoulder_days", 1.5, "integer"),
            ("shoulder_factor", -1, "at least 0"),
            ("shoulder_factor", INFINITE, "finite"),
            ("shoulders", 1, "unknown key"),
        ],
    ),
    ("layers.server_offset", {}, "layers.server_offset", "sd as well"),
    ("layers.server_offset", 0.3, "layers.server_offset", "0.3"),
    ("layers.server_offset.sd", 0.3, "layers.server_offset.sd", "mapping"),
    ("layers.server_offset.sd.cpu", -0.1, "layers.server_offset.sd.cpu", "at least 0"),
    ("layers.server_offset.sd.cpu", "wide", "layers.server_offset.sd.cpu", "number"),
    ("layers.server_offset.sd.cpu", True, "layers.server_offset.sd.cpu", "number"),
    ("layers.server_offset.sd.cpu", NAN, "layers.server_offset.sd.cpu", "finite"),
    ("layers.server_offset.sd.cpu", INFINITE, "layers.server_offset.sd.cpu", "finite"),
    ("layers.server_offset.sd.gpu", 0.1, "layers.server_offset.sd", "'gpu'"),
    ("layers.server_offset.sd.net_out", 0.1, "layers.server_offset.sd", "'net_out'"),
    *table(
        "layers.server_offset",
        {"sd": {"cpu": 0.3}},
        [
            ("correlation", {"cpu~mem": 1.5}, "at most 1"),
            ("correlation", {"cpu~mem": -1.01}, "at least -1"),
            ("correlation", {"cpu~mem": "high"}, "number"),
            ("correlation", {"cpu~gpu": 0.5}, "'cpu~gpu'"),
            ("correlation", {"cpu~net_out": 0.5}, "'cpu~net_out'"),
            ("correlation", {"cpu": 0.5}, "'cpu'"),
            (
                "correlation",
                {"cpu~mem": 0.9, "cpu~disk": 0.9, "mem~disk": -0.9},
                "positive definite",
            ),
            ("mean", 1, "unknown key"),
        ],
    ),
    ("layers.server_growth", {}, "layers.server_growth", "sd_percent_per_month as well"),
    ("layers.server_growth", 1.5, "layers.server_growth", "1.5"),
    *table(
        "layers.server_growth",
        {},
        [
            ("sd_percent_per_month", -1, "at least 0"),
            ("sd_percent_per_month", "1", "number"),
            ("sd_percent_per_month", NAN, "finite"),
            ("sd", 1, "unknown key"),
        ],
    ),
    ("layers.annual_season", [WAVE], "layers.annual_season", "mapping"),
    ("layers.annual_season.cpu", WAVE, "layers.annual_season.cpu", ""),
    ("layers.annual_season.gpu", [WAVE], "layers.annual_season", "'gpu'"),
    ("layers.annual_season.net_out", [WAVE], "layers.annual_season", "'net_out'"),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "amplitude": 1.1}],
        "layers.annual_season.cpu.0.amplitude",
        "at most 1",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "amplitude": -0.1}],
        "layers.annual_season.cpu.0.amplitude",
        "at least 0",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "amplitude": NAN}],
        "layers.annual_season.cpu.0.amplitude",
        "finite",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "amplitude": 0.6}] * 2,
        "layers.annual_season.cpu",
        "sum of 1.2",
    ),
    (
        "layers.annual_season.cpu",
        [WAVE, {**WAVE, "peak_day": 0}],
        "layers.annual_season.cpu.1.peak_day",
        "at least 1",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "peak_day": 367}],
        "layers.annual_season.cpu.0.peak_day",
        "at most 366",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "peak_day": "May"}],
        "layers.annual_season.cpu.0.peak_day",
        "number",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "cycles": 0}],
        "layers.annual_season.cpu.0.cycles",
        "at least 1",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "cycles": 53}],
        "layers.annual_season.cpu.0.cycles",
        "at most 52",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "cycles": 1.5}],
        "layers.annual_season.cpu.0.cycles",
        "integer",
    ),
    (
        "layers.annual_season.cpu",
        [{**WAVE, "phase": 1}],
        "layers.annual_season.cpu.0.phase",
        "unknown key",
    ),
    (
        "layers.annual_season.cpu",
        [without(WAVE, "amplitude")],
        "layers.annual_season.cpu.0",
        "amplitude as well",
    ),
    (
        "layers.annual_season.cpu",
        [without(WAVE, "peak_day")],
        "layers.annual_season.cpu.0",
        "peak_day as well",
    ),
    ("layers.local_time", "UTC", "layers.local_time", "'UTC'"),
    ("layers.local_time.zone", {}, "layers.local_time.zone", "'zones'"),
    (ZONES, ["UTC"], ZONES, "mapping"),
    (f"{ZONES}.Mars", "UTC", ZONES, "'Mars'"),
    (f"{ZONES}.EU", "Europe/Atlantis", f"{ZONES}.EU", "'Europe/Atlantis'"),
    (f"{ZONES}.EU", "../../etc/passwd", f"{ZONES}.EU", "pattern"),
    (f"{ZONES}.EU", "/etc/localtime", f"{ZONES}.EU", "time zone"),
    (f"{ZONES}.EU", "Europe", f"{ZONES}.EU", "time zone"),
    (f"{ZONES}.EU", "", f"{ZONES}.EU", "pattern"),
    (f"{ZONES}.EU", 1, f"{ZONES}.EU", "expected text"),
    *(
        (f"{ZONES}.EU", zone, f"{ZONES}.EU", "time zone")
        for zone in ("Factory", "localtime", "right/Europe/Berlin")
    ),
    (f"{REGIONAL}.Mars", HOLIDAYS, REGIONAL, "'Mars'"),
    (f"{REGIONAL}.EU", "DE", f"{REGIONAL}.EU", "'DE'"),
    *table(
        f"{REGIONAL}.EU",
        HOLIDAYS,
        [
            ("country", "de", "ISO 3166"),
            ("country", 49, "expected text"),
            ("subdivision", "a b", "pattern"),
            ("observed", "yes", "boolean"),
            ("language", "de", "unknown key"),
        ],
    ),
    (f"{REGIONAL}.EU", {**HOLIDAYS, "country": "XX"}, f"{REGIONAL}.EU", "XX"),
    (f"{REGIONAL}.EU", {**HOLIDAYS, "subdivision": "ZZ"}, f"{REGIONAL}.EU", "ZZ"),
    (f"{REGIONAL}.EU", without(HOLIDAYS, "country"), f"{REGIONAL}.EU", "country as well"),
    (f"{REGIONAL}.EU", without(HOLIDAYS, "observed"), f"{REGIONAL}.EU", "observed as well"),
    (PROFILE, "flat", PROFILE, "'flat'"),
    (PROFILE, {"weekdays": WEEKDAYS}, PROFILE, "hours as well"),
    (PROFILE, {"hours": HOURS}, PROFILE, "weekdays as well"),
    *table(
        PROFILE,
        {"hours": HOURS, "weekdays": WEEKDAYS},
        [
            ("hours", HOURS[:23], "24"),
            ("hours", [*HOURS, 1.0], "24"),
            ("hours", 1.0, "1.0"),
            ("hours", [*HOURS[:23], -1], "at least 0"),
            ("hours", [*HOURS[:23], "x"], "number"),
            ("hours", [*HOURS[:23], NAN], "finite"),
            ("weekdays", WEEKDAYS[:6], "7"),
            ("weekdays", [*WEEKDAYS, 1.0], "7"),
            ("weekdays", [*WEEKDAYS[:6], -1], "at least 0"),
            ("weekdays", [*WEEKDAYS[:6], INFINITE], "finite"),
            ("months", [], "unknown key"),
            ("spread", 0.3, "0.3"),
            ("spread", {"flat_share": 1.1}, "at most 1"),
            ("spread", {"flat_share": -0.1}, "at least 0"),
            ("spread", {"night_share": 1.1}, "at most 1"),
            ("spread", {"night_share": "half"}, "number"),
            ("spread", {"flat_share": 0.6, "night_share": 0.6}, "sum to at most 1"),
            ("spread", {"strength_sd": -1}, "at least 0"),
            ("spread", {"strength_sd": NAN}, "finite"),
            ("spread", {"strength": 1}, "unknown key"),
        ],
    ),
    (SPIKES, SCHEDULE, SPIKES, ""),
    *(
        (SPIKES, [{**SCHEDULE, key: value}], f"{SPIKES}.0.{key}", says)
        for key, value, says in (
            ("hours", [], "at least 1"),
            ("hours", 2, "2"),
            ("hours", [24], "at most 23"),
            ("hours", [-1], "at least 0"),
            ("hours", [1.5], "integer"),
            ("steps", 0, "at least 1"),
            ("steps", 1441, "at most 1440"),
            ("steps", 1.5, "integer"),
            ("probability", 1.1, "at most 1"),
            ("probability", -0.1, "at least 0"),
            ("probability", NAN, "finite"),
            ("magnitude", -1, "at least 0"),
            ("magnitude", "big", "number"),
            ("magnitude", INFINITE, "finite"),
            ("minutes", [0], "unknown key"),
        )
    ),
    *((SPIKES, [without(SCHEDULE, key)], f"{SPIKES}.0", f"{key} as well") for key in SCHEDULE),
    ("layers.outliers.gpu", OUTLIER, "layers.outliers", "'gpu'"),
    ("layers.outliers.cpu", 0.1, "layers.outliers.cpu", "0.1"),
    ("layers.outliers.cpu", {"magnitude": 2}, "layers.outliers.cpu", "probability as well"),
    (
        "layers.outliers.cpu",
        {"probability": 0.6, "dip_probability": 0.6},
        "layers.outliers.cpu",
        "sum to at most 1",
    ),
    *table(
        "layers.outliers.cpu",
        OUTLIER,
        [
            ("probability", 1.1, "at most 1"),
            ("probability", -0.1, "at least 0"),
            ("probability", "1%", "number"),
            ("magnitude", -1, "at least 0"),
            ("magnitude", NAN, "finite"),
            ("magnitude", None, "None"),
            ("dip_probability", 1.1, "at most 1"),
            ("dip_probability", -0.1, "at least 0"),
            ("dip_magnitude", -0.1, "at least 0"),
            ("dip_magnitude", INFINITE, "finite"),
            ("share", 0.1, "unknown key"),
        ],
    ),
    ("layers.missing", 0.1, "layers.missing", "0.1"),
    ("layers.missing.gaps", GAP, "layers.missing.gaps", "unknown key"),
    ("layers.missing.share", 0.1, "layers.missing.share", "mapping"),
    ("layers.missing.share.gpu", 0.1, "layers.missing.share", "'gpu'"),
    ("layers.missing.share.cpu", 1.1, "layers.missing.share.cpu", "at most 1"),
    ("layers.missing.share.cpu", -0.1, "layers.missing.share.cpu", "at least 0"),
    ("layers.missing.share.cpu", NAN, "layers.missing.share.cpu", "finite"),
    *(
        row
        for kind in ("server_outages", "fleet_gaps")
        for row in [
            (f"layers.missing.{kind}", 2, f"layers.missing.{kind}", "2"),
            (
                f"layers.missing.{kind}",
                {"per_year": 1},
                f"layers.missing.{kind}",
                "mean_hours as well",
            ),
            (
                f"layers.missing.{kind}",
                {"mean_hours": 1},
                f"layers.missing.{kind}",
                "per_year as well",
            ),
            *table(
                f"layers.missing.{kind}",
                GAP,
                [
                    ("per_year", -1, "at least 0"),
                    ("per_year", 1001, "at most 1000"),
                    ("per_year", "often", "number"),
                    ("per_year", NAN, "finite"),
                    ("mean_hours", 0.5, "at least 1"),
                    ("mean_hours", 75, "at most 74.4"),
                    ("mean_hours", NAN, "finite"),
                    ("hours", 1, "unknown key"),
                ],
            ),
        ]
    ),
    ("layers.events.planned", {}, "layers.events.planned", "unknown key"),
    ("layers.events", [], "layers.events", "[]"),
    ("layers.events.random", [SURGE], "layers.events.random", "mapping"),
    ("layers.events.random.Rush-1", SURGE, "layers.events.random", "pattern"),
    *(
        (RANDOM, without(SURGE, key), RANDOM, f"{key} as well")
        for key in ("type", "scope", "per_year", "mean_hours")
    ),
    (RANDOM, without(SURGE, "magnitude"), RANDOM, "a magnitude for all but an outage"),
    (RANDOM, without(SURGE, "metrics"), f"{RANDOM}.metrics", "at least one metric"),
    (RANDOM, {**SURGE, "type": "outage"}, RANDOM, "which has none"),
    *table(
        RANDOM,
        SURGE,
        [
            ("type", "fire", "'fire'"),
            ("type", 1, "1"),
            ("scope", "fleet", "'fleet'"),
            ("per_year", -1, "at least 0"),
            ("per_year", 1001, "at most 1000"),
            ("per_year", NAN, "finite"),
            ("mean_hours", 0, "above 0"),
            ("mean_hours", 879, "at most 878.4"),
            ("mean_hours", "long", "number"),
            ("magnitude", -1, "at least 0"),
            ("magnitude", NAN, "finite"),
            ("magnitude", "big", "number"),
            ("metrics", [], "at least one metric"),
            ("metrics", "cpu", "'cpu'"),
            ("metrics", ["gpu"], "'gpu'"),
            ("metrics", ["cpu", "net_out"], "'net_out'"),
            ("cause", 5, "expected text"),
            ("cause", "it's\n", "printable"),
            ("cause", "x" * 81, "printable"),
            ("start", "2024-03-01", "unknown key"),
        ],
    ),
    *((LISTED, without(LAUNCH, key), LISTED, f"{key} as well") for key in ("type", "start")),
    (
        LISTED,
        without(LAUNCH, "region"),
        LISTED,
        "one of server, app, region, business_unit, criticality, server_type and where",
    ),
    (
        LISTED,
        {**LAUNCH, "server": "server_001"},
        LISTED,
        "one of server, app, region, business_unit, criticality, server_type and where",
    ),
    (
        LISTED,
        {**LAUNCH, "app": "IT-app-1", "server": "server_001"},
        LISTED,
        "one of server, app, region, business_unit, criticality, server_type and where",
    ),
    (LISTED, {**LAUNCH, "where": {"region": "EU"}}, LISTED, "one of server, app, region"),
    (LISTED, {**without(LAUNCH, "end"), "type": "memory_leak"}, LISTED, "an end of a memory leak"),
    *(
        (LISTED, {**without(LAUNCH, "region"), "where": where}, f"{LISTED}.where{path}", wrong)
        for where, path, wrong in (
            ({}, "", "at least 1"),
            ("EU", "", "mapping"),
            ({"zone": "EU"}, ".zone", "'zone'"),
            ({"region": []}, ".region", "at least 1"),
            ({"region": 5}, ".region", "5"),
            ({"region": ["EU", "Mars"]}, ".region", "'Mars'"),
            ({"region": "EU", "server_type": "mail"}, ".server_type", "'mail'"),
            ({"criticality": "high"}, ".criticality", "'high'"),
            ({"app": ["IT-app-1", "IT-app-99"]}, ".app", "'IT-app-99'"),
            ({"server": "server_999"}, ".server", "'server_999'"),
        )
    ),
    (LISTED, {**LAUNCH, "start": "2024-03-02"}, LISTED, "start before end"),
    (LISTED, {**LAUNCH, "start": "2024-03-02 00:01"}, LISTED, "start before end"),
    (LISTED, without(LAUNCH, "magnitude"), LISTED, "a magnitude for all but an outage"),
    (LISTED, {**LAUNCH, "type": "outage"}, LISTED, "which has none"),
    *table(
        LISTED,
        LAUNCH,
        [
            ("type", "fire", "'fire'"),
            ("region", "Mars", "'Mars'"),
            ("region", "", "printable"),
            ("start", "2024-02-30", "'2024-02-30"),
            ("start", "2024-03-01 25:00", "'2024-03-01 25:00'"),
            ("start", "March", "'March'"),
            ("start", 1709251200, "1709251200"),
            ("end", "2024-03-02 12:00:30", "2024-03-02 12:00:30"),
            ("end", "2024-03-02 12:00Z", "2024-03-02 12:00Z"),
            ("magnitude", -1, "at least 0"),
            ("magnitude", INFINITE, "finite"),
            ("metrics", [], "at least one metric"),
            ("metrics", ["gpu"], "'gpu'"),
            ("scope", "server", "unknown key"),
        ],
    ),
    *(
        (LISTED, {**without(LAUNCH, "region"), "server": server}, f"{LISTED}.server", f"'{server}'")
        for server in ("server_120", "server_1", "server_0001", "SERVER_001", "nobody", "")
    ),
    *(
        (LISTED, {**without(LAUNCH, "region"), "app": app}, f"{LISTED}.app", "Trading-app-0")
        for app in ("IT-app-10", "IT-app-01", "HR-app-1", "IT", "IT-app-", "")
    ),
    (
        "layers.events",
        {"random": {"x": SURGE}, "listed": {"x": LAUNCH}},
        "layers.events.listed.x",
        "not yet taken",
    ),
    (LIFE_PATH, "short", LIFE_PATH, "'short'"),
    (LIFE_PATH, without(LIFE, "first_day"), LIFE_PATH, "first_day as well"),
    (LIFE_PATH, without(LIFE, "last_day"), LIFE_PATH, "last_day as well"),
    (LIFE_PATH, {**LIFE, "first_day": "2025-12-31"}, LIFE_PATH, "first_day before last_day"),
    (LIFE_PATH, {**LIFE, "first_day": "2026-01-01"}, LIFE_PATH, "first_day before last_day"),
    *table(
        LIFE_PATH,
        LIFE,
        [
            ("first_day", "2022-02-30", "'2022-02-30'"),
            ("first_day", "1899-12-31", "1900-01-01"),
            ("first_day", 2022, "2022"),
            ("last_day", "2200-01-01", "2199-12-31"),
            ("born_share", 1.1, "at most 1"),
            ("born_share", -0.1, "at least 0"),
            ("born_share", NAN, "finite"),
            ("retired_share", 1.1, "at most 1"),
            ("retired_share", "some", "number"),
            ("reborn_share", 0.1, "unknown key"),
            ("resize", 2, "2"),
        ],
    ),
    *(
        (LIFE_PATH, {**LIFE, "resize": without(RESIZE, key)}, RESIZE_PATH, f"{key} as well")
        for key in RESIZE
    ),
    *(
        (LIFE_PATH, {**LIFE, "resize": {**RESIZE, key: value}}, f"{RESIZE_PATH}.{key}", says)
        for key, value, says in (
            ("metric", "gpu", "'gpu'"),
            ("metric", "net_out", "'net_out'"),
            ("metric", 1, "expected text"),
            ("limit", 0, "at least 0.001"),
            ("limit", -5, "at least 0.001"),
            ("limit", NAN, "finite"),
            ("ratio", 1, "at least 1.1"),
            ("ratio", 0.5, "at least 1.1"),
            ("ratio", 101, "at most 100"),
            ("ratio", "twice", "number"),
            ("metrics", [], "at least 1"),
            ("metrics", "cpu", "'cpu'"),
            ("metrics", ["gpu"], "'gpu'"),
            ("metrics", ["net_out"], "'net_out'"),
            ("when", "always", "unknown key"),
        )
    ),
]


def test_a_bad_value_is_refused_by_name() -> None:
    assert_refused(BAD)


OUTAGE = {"type": "outage", "scope": "region", "per_year": 1000, "mean_hours": 100}
HUGE = {
    "offset": ("layers.server_offset.sd.cpu", 1e200),
    "strength": (PROFILE, {"hours": HOURS, "weekdays": WEEKDAYS, "spread": {"strength_sd": 1e200}}),
    "growth": ("layers.server_growth.sd_percent_per_month", 1e308),
    "surge": (
        "layers.events.random",
        {"a": {**SURGE, "per_year": 1000, "magnitude": 1e308}, "b": OUTAGE},
    ),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", HUGE)
def test_a_huge_number_is_refused_or_gives_numbers(name: str) -> None:
    path, value = HUGE[name]
    window = {
        "num_servers": 4,
        "start_date": "2024-03-01",
        "end_date": "2024-03-04",
        "granularity": "hourly",
    }
    try:
        config = make_config(**window, **nested(path, value))
    except ConfigError:
        return
    panel = scan(config).collect()
    assert [
        column
        for column in panel.columns
        if panel[column].dtype.is_float() and panel[column].is_nan().any()
    ] == []


@pytest.mark.parametrize(
    ("path", "value", "nearest"),
    [
        ("layers.missing.fleet_gap", GAP, "'fleet_gaps'"),
        (RANDOM, {**SURGE, "magnitud": 1}, "'magnitude'"),
        (f"{PROFILE}.spread.flat_shar", 0.1, "'flat_share'"),
        ("calendar.holiday_effect.shoulder_day", 1, "'shoulder_days'"),
        ("layers.annual_season.cpu", [{**WAVE, "cycle": 2}], "'cycles'"),
        (SPIKES, [{**SCHEDULE, "step": 2}], "'steps'"),
    ],
)
def test_a_misspelt_key_gets_a_hint(path: str, value: Any, nearest: str) -> None:
    assert nearest in refusal(path, value)


def test_a_layer_that_a_file_turns_on_can_be_turned_off(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        "layers: {server_growth: {sd_percent_per_month: 2}, missing: {share: {cpu: 0.1}}}",
        encoding="utf-8",
    )
    assert load_config(file, environment={}).layers.server_growth is not None
    off = load_config(
        file, overrides={"layers": {"server_growth": None, "missing": None}}, environment={}
    )
    assert off == make_config()


def test_what_is_left_out_of_a_layer_has_its_default() -> None:
    layers = make_config(
        layers={"outliers": {"cpu": OUTLIER}, "annual_season": {"cpu": [WAVE]}}
    ).layers
    assert layers.outliers is not None
    assert layers.annual_season is not None
    assert layers.outliers["cpu"].model_dump() == {
        "probability": 0.1,
        "magnitude": 1.6,
        "dip_probability": 0,
        "dip_magnitude": 0,
    }
    assert layers.annual_season["cpu"][0].cycles == 1


# As they stand in the comments of config/default.yaml, by the path of their key; those of whole
# layers are in `test_layer_examples.py`.
EXAMPLES = {
    EFFECT: "{factor: 0.7, shoulder_days: 1, shoulder_factor: 0.9}",
    f"{PROFILE}.spread": "{flat_share: 0.2, night_share: 0.1, strength_sd: 0.3}",
}


def indented(path: str, text: str) -> str:
    keys = path.split(".")
    lines = [f"{'  ' * depth}{key}:" for depth, key in enumerate(keys)]
    extra = f"\n    hours: {HOURS}\n    weekdays: {WEEKDAYS}" if path.startswith(PROFILE) else ""
    return "\n".join(lines) + f" {text}" + extra.replace("\n", "\n" + "  " * (len(keys) - 3))


@pytest.mark.parametrize("path", EXAMPLES)
def test_the_documented_example_of_a_layer_loads_and_builds(path: str, tmp_path: Path) -> None:
    comments = re.sub(r"\s*\n\s*#\s*", " ", DEFAULTS.read_text(encoding="utf-8"))
    assert EXAMPLES[path] in comments
    file = tmp_path / "config.yaml"
    file.write_text(indented(path, EXAMPLES[path]), encoding="utf-8")
    assert yaml.safe_load(file.read_text(encoding="utf-8"))
    window = {
        "num_servers": 8,
        "start_date": "2024-03-01",
        "end_date": "2024-03-04",
        "granularity": "hourly",
    }
    config = load_config(file, overrides=window, environment={})
    assert config != make_config(**window)
    assert scan(config).collect().height == 8 * 4 * 24


def test_every_layer_of_the_defaults_is_off() -> None:
    config = make_config()
    assert all(getattr(config.layers, layer) is None for layer in type(config.layers).model_fields)
    assert all(
        archetype.profile is None and not archetype.scheduled_spikes
        for archetype in config.archetypes.values()
    )
    assert config.calendar.holiday_effect is None
    assert not config.truth
