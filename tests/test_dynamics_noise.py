"""Noise in parts: half-lives, shares and correlations are as configured, at every step size."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from capgen import Config
from capgen.draws.correlation import correlation_matrix
from capgen.draws.paths import Decay, follow
from capgen.layers.noise_parts.parts import Part, noise_parts
from capgen.layers.noise_parts.settings import NoisePart
from capgen.timeline.time_axis import Span
from tests.conftest import examples
from tests.estimates import Floats, within_errors
from tests.panels import fill_noise, noise_of, web_config

METRICS = ["cpu", "mem", "disk", "net_in"]
TARGET = {
    "cpu~mem": 0.5,
    "cpu~net_in": 0.6,
    "mem~disk": 0.2,
    "cpu~disk": 0.1,
    "mem~net_in": 0.2,
    "disk~net_in": 0.3,
}
PARTS: dict[str, dict[str, Any]] = {
    "brief": {
        "half_life_hours": 0.5,
        "share": {"cpu": 0.3, "mem": 0.1, "disk": 0.2, "net_in": 0.25},
        "correlation": {"cpu~mem": -0.2},
    },
    "lasting": {
        "half_life_hours": 30,
        "share": {"cpu": 0.3, "mem": 0.7, "disk": 0.2, "net_in": 0.4},
        "correlation": {"cpu~mem": 0.7, "mem~disk": 0.4},
    },
}
# Days, servers and lags in steps; every window crosses the edge of a block.
STEPS = {
    "daily": (("2022-12-01", "2024-02-06"), 100, [1, 2, 5]),
    "hourly": (("2023-12-01", "2024-01-28"), 80, [1, 6, 48]),
    "5min": (("2024-02-28", "2024-03-03"), 80, [1, 12, 288]),
    "1min": (("2024-02-29", "2024-03-02"), 60, [1, 30, 720]),
}


def parts_config(
    servers: int, days: tuple[str, str], step: str, parts: Mapping[str, Any], **overrides: Any
) -> Config:
    archetype = {"noise_parts": parts, "correlation": TARGET}
    return web_config(servers, days, step, archetypes={"web": archetype}, **overrides)


def products(noise: Floats, lag: int, where: NDArray[np.bool_]) -> Floats:
    """Return each server's mean of x_m(t) x_n(t + lag) over t: (servers, metrics × metrics)."""
    early = noise[..., : noise.shape[-1] - lag][..., where]
    late = noise[..., lag:][..., where]
    return np.stack([(first * second).mean(axis=1) for first in early for second in late], axis=1)


def covariances(hours: float) -> Floats:
    """Return E[x_m(t) x_n(t + hours)]: Σ_k sqrt(s_km s_kn) R_k 2^(−hours / half-life)."""
    every = {"": {"half_life_hours": 0, "share": {}}, **PARTS}
    shares = {
        name: [part["share"].get(key, 0.0) for key in METRICS] for name, part in every.items()
    }
    shares[""] = list(1 - np.sum([shares[name] for name in PARTS], axis=0))
    total = np.zeros((4, 4))
    for first, second in itertools.product(range(4), repeat=2):
        pair = "~".join(METRICS[each] for each in sorted((first, second)))
        weights = {
            name: float(np.sqrt(shares[name][first] * shares[name][second])) for name in every
        }
        named = {name: part.get("correlation", {}).get(pair) for name, part in every.items()}
        room = sum(weights[name] for name in every if named[name] is None)
        given = sum(weights[name] * value for name, value in named.items() if value is not None)
        rest = 1.0 if first == second else (TARGET[pair] - given) / room
        for name, part in every.items():
            left = (
                2.0 ** (-hours / part["half_life_hours"])
                if part["half_life_hours"]
                else float(hours == 0)
            )
            total[first, second] += (
                weights[name] * (rest if named[name] is None else named[name]) * left
            )
    return total


@pytest.mark.parametrize("step", STEPS)
def test_noise_remembers_for_its_half_lives(step: str) -> None:
    """Covariance of pairs of metrics at the same time and at lags, also across blocks' edges."""
    days, servers, lags = STEPS[step]
    config = parts_config(servers, days, step, PARTS)
    noise = noise_of(config)
    axis = config.axis
    blocks = [each.span.overlap(axis.span).within(axis.span) for each in axis.blocks(axis.span)]
    block = np.concatenate(
        [np.full(each.stop - each.start, number) for number, each in enumerate(blocks)]
    )
    assert block.max() > 0
    for lag in [0, *lags]:
        expected = covariances(lag * config.step_minutes / 60).ravel()
        everywhere = np.ones(block.size - lag, bool)
        within_errors(products(noise, lag, everywhere), expected)
        if lag:
            within_errors(products(noise, lag, block[:-lag] != block[lag:]), expected)


def test_the_configured_total_is_what_the_parts_add_up_to() -> None:
    np.testing.assert_allclose(
        covariances(0), correlation_matrix(TARGET, METRICS, repair=False), atol=1e-12
    )


LONG = {"long": {"half_life_hours": 720, "share": dict.fromkeys(METRICS, 1.0)}}
ONE_EDGE = {
    "daily": ("2023-12-20", "2024-01-10"),
    "hourly": ("2023-12-30", "2024-01-02"),
    "5min": ("2024-01-31", "2024-02-01"),
    "1min": ("2024-01-31", "2024-02-01"),
}


@pytest.mark.parametrize("step", ONE_EDGE)
def test_the_step_across_an_edge_is_like_every_other(step: str) -> None:
    """A part that lasts moves little in one step: a jump at an edge, however small, would show."""
    config = parts_config(150, ONE_EDGE[step], step, LONG)
    axis = config.axis
    (noise,) = noise_of(config, metrics=1)
    _, second = axis.blocks(axis.span)
    edge = second.span.first - axis.span.first
    squares = np.diff(noise, axis=1) ** 2 / (2 * (1 - 2.0 ** (-config.step_minutes / 60 / 720)))
    within_errors(squares[:, edge - 1], 1.0)
    for side in (squares[:, : edge - 1], squares[:, edge:]):
        within_errors(side.mean(axis=1), 1.0)
        within_errors(side[:, -1], 1.0)


@pytest.mark.parametrize("half_life", [3.0, 200.0, 720.0])
def test_the_noise_is_as_wide_at_the_middle_of_a_year_as_at_its_ends(half_life: float) -> None:
    parts = {"long": {"half_life_hours": half_life, "share": {"cpu": 1.0}}}
    flat = {"correlation": dict.fromkeys(TARGET, 0.0)}
    config = web_config(
        400, ("2023-01-01", "2023-12-31"), archetypes={"web": {"noise_parts": parts, **flat}}
    )
    (noise,) = noise_of(config, metrics=1)
    fortieths = np.stack(
        [part.mean(axis=1) for part in np.array_split(noise**2, 40, axis=1)], axis=1
    )
    within_errors(fortieths, 1.0)


@pytest.mark.parametrize("halvings", [0.001, 0.3, 7.0, 25.0, 39.9, 200.0])
def test_a_path_meets_its_end_and_is_what_one_step_after_the_other_gives(halvings: float) -> None:
    draws = np.random.Generator(np.random.SFC64(1)).standard_normal((3, 2000))
    start = draws[:, 0].copy()
    end = draws[:, 1].copy()
    path = draws.copy()
    follow(Decay.over(1.0, np.full(2000, halvings)), start, end, path)
    np.testing.assert_allclose(path[:, -1], end, rtol=0, atol=1e-10)
    left = 2.0**-halvings
    walk = start
    wanted = np.empty_like(draws)
    for step in range(2000):
        walk = left * walk + np.sqrt(1 - left**2) * draws[:, step]
        wanted[:, step] = walk
    steps = np.arange(1, 2001)
    pulls = left ** (2000 - steps) * (1 - left ** (2.0 * steps)) / (1 - left**4000.0)
    np.testing.assert_allclose(path, wanted + (end - walk)[:, None] * pulls, rtol=0, atol=1e-7)


def test_a_stored_path_is_the_same_whichever_part_of_a_block_is_asked_for() -> None:
    config = parts_config(3, ("2024-01-31", "2024-02-02"), "5min", PARTS)
    axis = config.axis
    whole = noise_of(config)
    for first, stop in ((0, 1), (250, 300), (287, 289), (863, 864)):
        part = np.empty((2, 3, stop - first))
        span = Span(axis.span.first + first, axis.span.first + stop)
        fill_noise(config, span, part)
        assert np.array_equal(part, whole[:2, :, first:stop])


# --- What is impossible ---

PAIRS = [f"{first}~{second}" for first, second in itertools.combinations(METRICS, 2)]
correlations = st.floats(-0.95, 0.95).map(lambda value: round(value, 2))
OFFER = re.compile(r"(\w+~\w+) (-?[0-9.e-]+)")


def total(parts: list[Part]) -> Floats:
    every: Floats = np.sum(
        [np.sqrt(np.outer(part.shares, part.shares)) * part.correlation for part in parts], axis=0
    )
    return every


@st.composite
def configured_parts(draw: st.DrawFn) -> dict[str, NoisePart]:
    count = draw(st.integers(1, 3))
    shares = [[draw(st.integers(0, 10)) for _ in range(count + 1)] for _ in METRICS]
    return {
        f"part{number}": NoisePart(
            half_life_hours=float(number),
            share={
                key: of_key[number] / max(sum(of_key), 1)
                for key, of_key in zip(METRICS, shares, strict=True)
            },
            correlation=draw(st.dictionaries(st.sampled_from(PAIRS), correlations, max_size=2)),
        )
        for number in range(count)
    }


@given(
    parts=configured_parts(),
    factors=st.lists(st.lists(correlations, min_size=5, max_size=5), min_size=4, max_size=4),
)
@examples(6)
def test_parts_add_up_or_are_refused_with_what_is_possible(
    parts: dict[str, NoisePart], factors: list[list[float]]
) -> None:
    loads = np.array(factors) + 0.3 * np.eye(4, 5)
    covariance = loads @ loads.T + 0.01 * np.eye(4)
    target = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    for _ in range(3):
        try:
            found = noise_parts(parts, target, METRICS)
        except ValueError as error:
            message = str(error)
        else:
            np.testing.assert_allclose(total(found), target, rtol=0, atol=1e-9)
            assert min(np.linalg.eigvalsh(part.correlation).min() for part in found) > 0
            return
        if "not positive definite together" in message:
            assert any(part.correlation for part in parts.values())
            return
        for pair, value in OFFER.findall(message.split("possible:")[1]):
            first, second = (METRICS.index(key) for key in pair.split("~"))
            assert abs(float(value) - target[first, second]) > 1e-9
            target[first, second] = target[second, first] = float(value)
    pytest.fail(f"what was offered is refused as well: {message}")
