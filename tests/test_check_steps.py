"""`check` works out what to expect at every step that divides a day, and by every clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from capgen import build, check
from capgen.config import Config
from capgen.layers.scheduled_spikes import ScheduledSpikes
from capgen.layers.scope import Scope
from capgen.panel.clocks import zone_of
from capgen.panel.fleet import server_frame
from capgen.panel.layered import layered_archetype
from capgen.quality.expected.buckets import bucket_minutes, first_steps
from capgen.quality.expected.lit_hours import lit_hours
from capgen.quality.findings import Verdict
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import TimeAxis
from tests.conftest import deep, make_config
from tests.everything import LAYERS
from tests.panels import NO_OTHERS

STEPS = [step for step in range(1, 1441) if 1440 % step == 0]
# A day on which the clock does something odd, or that lies in a time when it was odd.
CLOCKS = {
    "Asia/Kathmandu": ["1900-01-02", "1919-12-31", "1985-12-31", "2100-12-30"],
    "Africa/Monrovia": ["1905-06-01", "1972-01-07"],
    "America/St_Johns": ["1936-04-26", "2006-10-29", "2024-03-10"],
    "Australia/Lord_Howe": ["1981-03-01", "2024-10-06"],
    "Pacific/Apia": ["1911-01-01", "2011-12-30"],
    "Europe/Amsterdam": ["1937-07-01"],
    "Africa/Cairo": ["2023-04-28"],
    "UTC": ["2024-02-29", "2000-02-29"],
}
DAYS = [(zone, day) for zone, days in CLOCKS.items() for day in days]
SCHEDULES: list[dict[str, Any]] = [
    {"hours": [0, 2, 23], "steps": 3, "probability": 1.0, "magnitude": 1.5},
    {"hours": [3, 12], "steps": 1, "probability": 1.0, "magnitude": 0.5},
]


def config_of(zone: str, day: str, step: int, **overrides: Any) -> Config:
    """Return a configuration of three days about a day."""
    middle = date.fromisoformat(day)
    layers = {"local_time": {"zones": {"EU": zone}}} | overrides.pop("layers", {})
    window = {
        "start_date": str(middle - timedelta(days=1)),
        "end_date": str(middle + timedelta(days=1)),
    }
    panel = {
        "granularity": f"{step}min",
        "fleet": {"region": {"EU": 1, "Asia": 0, "US-East": 0, "US-West": 0}},
        "num_servers": 8,
    }
    return make_config(**panel, **window, layers=layers, **overrides)


# Each clock takes other steps, and each step is that of some clocks; in the deep tests, all of all.
_APART = 4


def at_some_steps(places: Iterable[tuple[str, ...]]) -> list[Any]:
    """Return places, each with some of the steps, and all of them for the deep tests."""
    quick: list[Any] = []
    whole: list[Any] = []
    for number, place in enumerate(places):
        quick.append(pytest.param(*place, STEPS[number % _APART :: _APART]))
        whole.append(pytest.param(*place, STEPS, marks=deep))
    return quick + whole


PLACES = at_some_steps((zone,) for zone in CLOCKS)
MOMENTS = at_some_steps(DAYS)


def at_steps(config: Config, steps: list[int]) -> Iterator[tuple[Config, TimeAxis]]:
    """Yield a configuration at some of the steps that divide a day, and its time axis."""
    for step in steps:
        stepped = config.model_copy(update={"granularity": f"{step}min"})
        yield stepped, stepped.axis


@pytest.mark.parametrize(("zone", "day", "steps"), MOMENTS)
def test_no_clock_turns_inside_of_a_bucket(zone: str, day: str, steps: list[int]) -> None:
    for config, axis in at_steps(config_of(zone, day, 60), steps):
        local_hour = (
            stamps(axis, axis.span, zone_of(config, "EU"))["local_time"]
            .dt.truncate("1h")
            .to_numpy()
        )
        firsts = first_steps(config, axis.span)
        turns = np.flatnonzero(np.diff(local_hour)) + 1
        assert np.isin(turns, firsts).all()
        assert 60 % bucket_minutes(config) == 0


@pytest.mark.parametrize(("zone", "steps"), PLACES)
def test_hours_are_lit_as_spikes_are_drawn(zone: str, steps: list[int]) -> None:
    kinds = {"web": {"scheduled_spikes": SCHEDULES}}
    hourly = config_of(zone, CLOCKS[zone][-1], 60, archetypes=kinds)
    for config, axis in at_steps(hourly, steps):
        servers = server_frame(config).filter(server_type="web", region="EU")[:1]
        scope = Scope.of(layered_archetype(config, "web").kind, servers, {}, axis.span)
        schedules = config.archetypes["web"].scheduled_spikes
        drawn = [change.where[0] for change in ScheduledSpikes().changes(schedules, scope, ["cpu"])]
        firsts = first_steps(config, axis.span)
        touched = [np.logical_or.reduceat(flags, firsts) for flags in drawn]
        assert (lit_hours(config, "web", "EU", None).usable == ~(touched[0] | touched[1])).all()
        for number, flags in enumerate(drawn):
            lit = lit_hours(config, "web", "EU", number)
            assert (lit.usable == touched[number] & ~touched[1 - number]).all()
            assert np.allclose(
                lit.chances,
                np.add.reduceat(flags.astype(float), firsts) / np.diff(firsts, append=flags.size),
            )


@pytest.mark.parametrize(
    ("zone", "day", "step"),
    [
        pytest.param("America/St_Johns", "2006-10-29", 32, marks=deep),
        ("America/St_Johns", "2006-10-29", 288),
        ("Asia/Kathmandu", "1900-01-02", 3),
        pytest.param("Africa/Monrovia", "1972-01-07", 9, marks=deep),
        ("Pacific/Apia", "2011-12-30", 40),
    ],
)
def test_good_datasets_of_odd_steps_and_clocks_pass(
    zone: str, day: str, step: int, tmp_path: Path
) -> None:
    kinds = {"web": {"share": 1.0, "scheduled_spikes": SCHEDULES}, **NO_OTHERS}
    layers = {"events": LAYERS["events"]}
    build(config_of(zone, day, step, archetypes=kinds, layers=layers, truth=True), tmp_path)
    report = check(tmp_path)
    assert [rule.worst for rule in report.rules if rule.verdict is Verdict.FAIL] == []
