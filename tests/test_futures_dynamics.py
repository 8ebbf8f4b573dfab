"""How futures go on: by the law of the model, given what the noise, states and days had reached."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from capgen import Config, futures, scan
from capgen.draws.arrays import Floats
from tests.panels import of_region, web_config

MOMENT = datetime(2024, 5, 7, 13)
HORIZONS = (1, 6, 24, 168)
DAYS = ("2024-05-06", "2024-05-15")
DRAWS = 1000
SERVERS = 2
BASE = 45.0  # of web servers' cpu
SD = 15.0
HALF_LIVES = {"hours": 3.0, "days": 96.0}
SHARES = {"hours": 0.5, "days": 0.3}


PAIRS = ("cpu~mem", "cpu~net_in", "mem~disk", "cpu~disk", "mem~net_in", "disk~net_in")


def flat_config(servers: int, days: tuple[str, str], step: str = "hourly", **more: Any) -> Config:
    """Return web servers whose metrics, but for what is given, are independent at all hours."""
    flat = {
        "business_hours_factor": 1,
        "weekend_factor": 1,
        "correlation": dict.fromkeys(PAIRS, 0),
    }
    web = {"archetypes": {"web": {**flat, **more.pop("web")}}}
    return web_config(servers, days, step, **web, **more)


def one_part(half_life_hours: float, share: float) -> dict[str, Any]:
    return {"one": {"half_life_hours": half_life_hours, "share": {"cpu": share}}}


def with_parts(**shares: float) -> Config:
    parts = {
        name: {"half_life_hours": HALF_LIVES[name], "share": {"cpu": share}}
        for name, share in shares.items()
    }
    return flat_config(SERVERS, DAYS, web={"noise_parts": parts})


def ahead_of(config: Config, horizons: Sequence[int] = HORIZONS) -> Floats:
    """Return the values of cpu at some horizons, shape (horizons, servers, draws)."""
    times = [MOMENT + timedelta(hours=horizon - 1) for horizon in horizons]
    ahead = futures(config, MOMENT, DRAWS, metrics=["cpu"]).filter(
        pl.col("timestamp").is_in(times), pl.col("draw") > 0
    )
    seen = ahead.sort("timestamp", "server_id", "draw").collect()["cpu_p95"]
    return seen.to_numpy().reshape(len(horizons), config.num_servers, DRAWS)


def reached(config: Config) -> Floats:
    """Return the values of cpu one hour before the moment, shape (servers,)."""
    before = scan(config).filter(pl.col("timestamp") == MOMENT - timedelta(hours=1))
    return before.sort("server_id").collect()["cpu_p95"].to_numpy()


def test_noise_goes_on_by_the_gaussian_formula() -> None:
    """Mean Σ √share φ^h x, variance 1 − Σ share φ^2h; x is seen in a panel of one part alone."""
    parts = {name: (reached(with_parts(**{name: 1.0})) - BASE) / SD for name in SHARES}
    values = (ahead_of(with_parts(**SHARES)) - BASE) / SD
    for horizon, of_horizon in zip(HORIZONS, values, strict=True):
        left = {name: 2 ** (-horizon / HALF_LIVES[name]) for name in SHARES}
        mean = sum(math.sqrt(SHARES[name]) * left[name] * parts[name] for name in SHARES)
        variance = 1 - sum(SHARES[name] * left[name] ** 2 for name in SHARES)
        assert np.all(np.abs(of_horizon.mean(axis=1) - mean) < 4 * math.sqrt(variance / DRAWS))
        spread = of_horizon.var(axis=1, ddof=1)
        assert np.all(np.abs(spread - variance) < 4 * variance * math.sqrt(2 / (DRAWS - 1)))


def test_noise_goes_on_across_the_edges_of_blocks() -> None:
    """At steps of a minute blocks last a day: the correlation of a day's last minute lasts."""
    parts = {"noise_parts": one_part(24, 1)}
    config = flat_config(1, ("2024-05-06", "2024-05-09"), "1min", web=parts)
    moment = datetime(2024, 5, 6, 9, 30)
    times = [moment + timedelta(minutes=each) for each in (1439, 1440, 2879, 2880, 2940)]
    ahead = futures(config, moment, 400, metrics=["cpu"]).filter(
        pl.col("timestamp").is_in(times), pl.col("draw") > 0
    )
    cells = (
        ahead.sort("timestamp", "draw")
        .collect()
        .with_columns(score=pl.col("cpu_p95").rank().over("timestamp"))
    )
    scores = cells["score"].to_numpy().reshape(len(times), 400)
    together = np.corrcoef(scores)
    assert together[0, 1] > 0.99  # one minute apart, over the edge of a block
    assert together[2, 3] > 0.99
    for first, second in ((0, 2), (1, 4)):
        hours = (times[second] - times[first]) / timedelta(hours=1)
        # Of what is left: before, the process had only begun to forget the moment.
        begun = 1 - 2 ** (-2 * (times[first] - moment) / timedelta(hours=24))
        ended = 1 - 2 ** (-2 * (times[second] - moment) / timedelta(hours=24))
        expected = 2 ** (-hours / 24) * math.sqrt(begun / ended)
        assert abs(together[first, second] - expected) < 4 / math.sqrt(400)


def test_servers_of_an_app_move_together_in_a_future_and_not_across_futures() -> None:
    layers = {"shared_movement": {"fleet": {"noise": 0.6}}}
    config = flat_config(2, DAYS, web={"noise_parts": one_part(48, 0.5)}, layers=layers)
    first, second = ahead_of(config)[2]
    error = 4 / math.sqrt(DRAWS)
    assert abs(np.corrcoef(first, second)[0, 1] - 0.6) < error
    assert abs(np.corrcoef(first[1:], second[:-1])[0, 1]) < error


# States of 1, 2 and 4 times the mean, without noise: a value tells the state.
LEVELS = (1.0, 2.0, 4.0)
_BUSY = [0.2] * 6 + [0.5, 1, 2, *[3] * 9, 1, *[0.4] * 5]
CHANCES = np.array([[2.0] * 24, [1.0] * 24, _BUSY])
STICKINESS = np.array([0.9, 0.7, 0.8])


def states_config(servers: int = 2, **more: Any) -> Config:
    states = {
        f"s{number}": {
            "chances": {"weekday": list(chances)},
            "stickiness": float(stickiness),
            "level": {"cpu": level},
        }
        for number, (chances, stickiness, level) in enumerate(
            zip(CHANCES, STICKINESS, LEVELS, strict=True)
        )
    }
    no_noise = {"sd": dict.fromkeys(["cpu", "mem", "disk", "net_in"], 0)}
    return flat_config(servers, DAYS, web={**no_noise, "regimes": {"states": states, **more}})


def states_of(values: Floats) -> Floats:
    """Return the positions of the states that values tell."""
    return np.rint(np.log2(values / BASE))


def transition(before: Floats, after: Floats, stickiness: Floats = STICKINESS) -> Floats:
    """Return the chances of each state after each state, by the formula of the coupled chain."""
    stay = np.minimum(after / before, 1) * stickiness
    entered = after - before * stay
    return np.diag(stay) + np.outer(1 - stay, entered / entered.sum())


def test_states_go_on_by_the_chain() -> None:
    """The chance of a state at each horizon is the product of the chain's matrices."""
    config = states_config()
    before = states_of(reached(config)).astype(int)
    found = states_of(ahead_of(config))
    shares = CHANCES / CHANCES.sum(axis=0)
    product = np.eye(3)
    hour = MOMENT.hour
    for step in range(1, HORIZONS[-1] + 1):
        product = product @ transition(shares[:, (hour - 1) % 24], shares[:, hour % 24])
        hour += 1
        if step in HORIZONS:
            of_horizon = found[HORIZONS.index(step)]
            for state in range(3):
                chances = product[before, state]
                errors = np.sqrt(chances * (1 - chances) / DRAWS)
                off = np.mean(of_horizon == state, axis=1) - chances
                assert np.all(np.abs(off) < 4 * errors), (step, state)


KIND_CHANCES = np.array([[3.0, 3, 3, 1, 1, 1, 1], [1.0, 1, 2, 2, 2, 4, 4]])
KIND_STICKINESS = np.array([0.7, 0.5])


def kinds_config() -> Config:
    """Return servers in Tokyo with a state for each kind of day: a value tells the kind."""
    kinds = {}
    states = {}
    for number, name in enumerate(("calm", "wild")):
        chances = list(KIND_CHANCES[number])
        kinds[name] = {"chances": chances, "stickiness": float(KIND_STICKINESS[number])}
        other = ("wild", "calm")[number]
        states[f"s{number}"] = {
            "chances": {"weekday": 1},
            "kinds": {other: {"weekday": 0}},
            "level": {"cpu": LEVELS[number]},
        }
    layers = {"local_time": {"zones": {"Asia": "Asia/Tokyo"}}}
    no_noise = {"sd": dict.fromkeys(["cpu", "mem", "disk", "net_in"], 0)}
    web = {**no_noise, "regimes": {"kinds": kinds, "states": states}}
    return flat_config(3, DAYS, web=web, layers=layers, fleet=of_region("Asia"))


def test_a_day_that_has_begun_keeps_its_kind_and_days_go_on_by_their_chain() -> None:
    config = kinds_config()
    today = states_of(reached(config)).astype(int)
    midnight = datetime(2024, 5, 7, 15)  # in Tokyo the 8th begins, two hours after the moment
    found = states_of(ahead_of(config, horizons=(1, 2, 3, 26, 27, 51)))
    assert np.all(found[:2] == today[:, None])
    assert np.all(found[2] == found[3])  # the first and the last hour of a day
    chances = KIND_CHANCES / KIND_CHANCES.sum(axis=0)
    product = np.eye(2)
    for later, of_day in enumerate((found[2], found[4], found[5])):
        weekday = (midnight.weekday() + 1 + later) % 7
        before = chances[:, (weekday - 1) % 7]
        product = product @ transition(before, chances[:, weekday], KIND_STICKINESS)
        expected = product[today, 1]
        errors = np.sqrt(expected * (1 - expected) / DRAWS)
        assert np.all(np.abs(of_day.mean(axis=1) - expected) < 4 * errors), weekday
