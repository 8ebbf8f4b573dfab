"""Kinds of day: each comes on its days, lasts as configured, and decides the hours of its day."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen import Config, scan
from capgen.config import load_config
from capgen.draws.arrays import Codes
from capgen.errors import ConfigError
from capgen.layers.regimes import days, moves
from capgen.layers.regimes.days import kinds_of_hours
from capgen.layers.regimes.layer import rhythm_of
from capgen.layers.regimes.shares import usual_states
from capgen.layers.scope import Scope
from capgen.panel.calendar import calendar_of
from capgen.panel.fleet import server_frames
from capgen.panel.frame import cell_model
from capgen.timeline.time_axis import Span, TimeAxis
from tests.estimates import STANDARD_ERRORS, Floats
from tests.panels import merged, web_config
from tests.test_dynamics_states import FLAT, ZONES

WORK = [0.1] * 8 + [0.9] * 10 + [0.2] * 6
# A day of rest has no hour of work; a busy one has 10; the level tells the state.
KEYS = ["server_id", "timestamp"]
STATES: dict[str, Any] = {
    "idle": {
        "chances": {"weekday": [1 - each for each in WORK], "weekend": 0.7},
        "kinds": {"rest": {"weekday": 1}},
        "stickiness": 0.6,
        "level": {"cpu": 1},
    },
    "busy": {
        "chances": {"weekday": WORK, "weekend": 0.3},
        "kinds": {"rest": {"weekday": 0}},
        "stickiness": 0.5,
        "level": {"cpu": 2},
    },
}
KINDS: dict[str, Any] = {
    "usual": {"chances": [8, 8, 8, 8, 6, 3, 2], "stickiness": 0.4},
    "rest": {"chances": [2, 2, 2, 2, 4, 7, 8], "stickiness": 0.6},
}
HOLIDAYS: dict[str, Any] = {
    name: {**kind, "holiday": float(name == "rest")} for name, kind in KINDS.items()
}
YEAR_END = ("2023-10-02", "2024-02-11")


def kinds_config(
    servers: int,
    window: tuple[str, str] = YEAR_END,
    kinds: dict[str, Any] = KINDS,
    step: str = "hourly",
    **others: Any,
) -> Config:
    regimes = {"states": STATES, "kinds": kinds}
    own = {"archetypes": {"web": {**FLAT, "regimes": regimes}}, "truth": True}
    return web_config(servers, window, step, **merged(own, others))


def kinds_of(config: Config) -> Codes:
    """Return the kind of each server's day, 0 or 1, shape (servers, days)."""
    kind = cell_model(config, "web").layered.kind
    regimes = config.archetypes["web"].regimes
    assert regimes is not None
    rhythm = rhythm_of(regimes).days
    assert rhythm is not None
    found = []
    for year, span in config.axis.years():
        scope = Scope.of(kind, server_frames(config)["web"], {}, span)
        found.append(kinds_of_hours(rhythm, scope, year, config.axis, span)[:, ::24])
    return np.concatenate(found, axis=1)


def shares_at(columns: Floats, expected: float) -> None:
    """Check the share of ones of independent servers, shape (servers, days)."""
    of_servers = columns.mean(axis=1)
    error = of_servers.std() / np.sqrt(len(of_servers))
    assert abs(of_servers.mean() - expected) < STANDARD_ERRORS * error


def test_each_day_of_the_week_has_its_kinds_and_they_last() -> None:
    config = kinds_config(100)
    kinds = kinds_of(config)
    weekdays = np.arange(kinds.shape[1]) % 7  # the window begins on a Monday
    for weekday in range(7):
        chance = KINDS["rest"]["chances"][weekday] / 10
        shares_at(kinds[:, weekdays == weekday] == 1, chance)
    # Chances are the same from Monday to Thursday: who rests stays with chance 0.6, or comes back.
    before = kinds[:, :-1][:, weekdays[:-1] < 3]
    after = kinds[:, 1:][:, weekdays[:-1] < 3]
    stays = 0.6 + 0.4 * (0.2 * 0.4) / (0.2 * 0.4 + 0.8 * 0.6)
    rests = (before == 1).sum(axis=1)
    stayed = ((before == 1) & (after == 1)).sum(axis=1)
    residuals = stayed - stays * rests
    assert abs(residuals.mean()) < STANDARD_ERRORS * residuals.std() / np.sqrt(len(residuals))


def test_the_hours_of_a_day_have_the_chances_of_its_kind() -> None:
    config = kinds_config(60)
    state = scan(config).select(*KEYS, "state").sort(KEYS).collect()
    busy = (state["state"].cast(pl.String) == "busy").to_numpy().reshape(60, -1, 24)
    kinds = kinds_of(config)
    assert not busy[kinds == 1].any()
    weekdays = np.arange(kinds.shape[1]) % 7
    for hour in (0, 3, 9, 17, 20):
        for is_weekend in (False, True):
            of_kind = (kinds == 0) & ((weekdays >= 5) == is_weekend)
            chance = 0.3 if is_weekend else WORK[hour]
            at_hour = busy[:, :, hour]
            residuals = np.where(of_kind, at_hour - chance, 0).sum(axis=1)
            assert abs(residuals.mean()) < STANDARD_ERRORS * residuals.std() / np.sqrt(60)


def test_holidays_are_days_of_their_own_by_each_clock() -> None:
    zones = {"zones": ZONES, "holidays": {"EU": {"country": "DE", "observed": True}}}
    config = kinds_config(30, ("2023-12-18", "2024-01-07"), HOLIDAYS, layers={"local_time": zones})
    panel = (
        scan(config).select("region", "timestamp", "state", "is_holiday", "is_weekend").collect()
    )
    on_holidays = panel.filter(is_holiday=1)
    assert on_holidays["region"].n_unique() == 4
    assert set(on_holidays["state"].cast(pl.String)) == {"idle"}
    boxing_day = panel.filter(pl.col("timestamp").dt.date() == pl.date(2023, 12, 26), region="EU")
    assert boxing_day.filter(pl.col("timestamp").dt.hour() == 12)["is_holiday"].to_list()[0] == 1
    others = panel.filter(is_holiday=0)
    assert set(others["state"].cast(pl.String)) == {"idle", "busy"}


def test_kinds_follow_the_local_day() -> None:
    """Nobody works on a day of rest: by the local clock no day has work at some hours only."""
    alternating = {
        "usual": {"chances": [1, 0, 1, 0, 1, 0, 1]},
        "rest": {"chances": [0, 1, 0, 1, 0, 1, 0]},
    }
    config = kinds_config(
        40, ("2024-03-04", "2024-04-14"), alternating, layers={"local_time": {"zones": ZONES}}
    )
    zone = pl.col("region").replace_strict(ZONES, default="UTC")
    panel = scan(config).select("region", "timestamp", "state").collect().with_columns(zone=zone)
    for (key,), part in panel.partition_by("zone", as_dict=True).items():
        local = pl.col("timestamp").dt.replace_time_zone("UTC").dt.convert_time_zone(str(key))
        by_day = part.group_by(local.dt.weekday().alias("day")).agg(
            busy=(pl.col("state").cast(pl.String) == "busy").mean()
        )
        for day, busy in by_day.iter_rows():
            assert (busy > 0) == (day % 2 == 1), (key, day)


@pytest.mark.parametrize("step", ["hourly", "5min", "daily"])
def test_a_window_and_other_servers_change_no_day(step: str) -> None:
    """A window that begins in March sees the holidays of January, and of the year before."""
    long = ("2023-12-31", "2024-03-04")
    short = ("2024-03-01", "2024-03-03")
    if step == "5min":
        long = ("2024-02-28", "2024-03-04")
    layers = {"local_time": {"zones": {"EU": "Europe/Berlin"}}}
    whole = scan(kinds_config(5, long, HOLIDAYS, step, layers=layers)).collect()
    part = scan(kinds_config(4, short, HOLIDAYS, step, layers=layers)).collect()
    same = whole.join(part.select(KEYS), on=KEYS, how="semi")
    assert part.equals(same)


def test_usual_chances_are_those_over_all_kinds() -> None:
    config = kinds_config(200, ("2024-01-01", "2024-02-25"), HOLIDAYS)
    regimes = config.archetypes["web"].regimes
    assert regimes is not None
    dates = calendar_of(config)(config.axis.span)
    chances = usual_states(rhythm_of(regimes), config.axis, [dates])
    np.testing.assert_allclose(chances.sum(axis=0), 1)
    state = scan(config).select(*KEYS, "state").sort(KEYS).collect()["state"]
    found = (state.cast(pl.String) == "busy").to_numpy().reshape(200, -1).mean(axis=0)
    errors = np.sqrt(chances[1, 0] * (1 - chances[1, 0]) / 200) + 1e-9
    assert (np.abs(found - chances[1, 0]) / errors).max() < 5.5  # 1,344 hours


def test_days_are_reached_by_drawing_one_block_more(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks: set[tuple[str, str]] = set()
    draw = moves.draw_moves

    def noting(scope: Scope, axis: TimeAxis, span: Span, what: str) -> tuple[Floats, Floats]:
        blocks.update((what, block.label) for block in axis.blocks(span))
        return draw(scope, axis, span, what)

    monkeypatch.setattr(days, "draw_moves", noting)
    scan(kinds_config(2, ("2024-11-01", "2024-11-02"))).collect()
    assert blocks == {("day kind", "1440min/2023"), ("day kind", "1440min/2024")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kinds": {"usual": {"chances": 0}}}, "kinds: expected a chance above 0 for at least one"),
        (
            {"kinds": {**HOLIDAYS, "usual": KINDS["usual"]}},
            "kinds.usual.holiday: expected a weight, as other kinds have one, got none",
        ),
        ({"kinds": {"usual": {"chances": 1}}}, "expected one of usual, got 'rest'"),
        ({"kinds": {"usual": {"chances": 1, "stickiness": 0.98}}}, "at most 0.97"),
        (
            {"kinds": KINDS, "states": {"busy": {"chances": {"weekday": 1}}}},
            "for at least one state at 0:00 on a weekday of kind rest",
        ),
    ],
)
def test_kinds_that_cannot_be_are_refused(changes: dict[str, Any], expected: str) -> None:
    regimes = {"states": STATES, **changes}
    if changes.get("states"):
        idle = {"chances": {"weekday": 1}, "kinds": {"rest": {"weekday": 0}}}
        regimes["states"] = {"idle": idle, "busy": {**idle, "level": {"cpu": 2}}}
    with pytest.raises(ConfigError) as refused:
        load_config(overrides={"archetypes": {"web": {"regimes": regimes}}}, environment={})
    assert expected in str(refused.value)
