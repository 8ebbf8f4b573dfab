"""What each estimator finds in data whose truth is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capgen.layers.regimes.chain import chain_states
from capgen.twins.fit.chances import kind_chances, state_chances
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.clusters import Points, cluster
from capgen.twins.fit.day_kinds import kinds_of
from capgen.twins.fit.encoding import percentages
from capgen.twins.fit.gaps import fleet_gap_steps, server_gaps
from capgen.twins.fit.hidden import posteriors
from capgen.twins.fit.noise import equations_of, noise_factors
from capgen.twins.fit.paths import paths_of, seen_on
from capgen.twins.fit.resolution import resolution_of
from capgen.twins.fit.rhythm import rhythm_of
from capgen.twins.fit.scores import scores_of
from capgen.twins.fit.season import residuals, season_of, spread_of
from capgen.twins.fit.states import UNKNOWN, states_of
from capgen.twins.fit.stickiness import state_stickiness
from capgen.twins.fit.trend import fleet_trend, server_trends

MONDAY = 19_723  # 2024-01-01
YEAR = Clock(MONDAY, 364, 60)


def test_a_clock_knows_weekdays_and_slots() -> None:
    clock = Clock(MONDAY, 7, 15)
    assert clock.weekdays.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert clock.steps == 7 * 96
    assert clock.steps_per_slot == 4
    assert clock.slot_cells[[0, 23, 24, 5 * 24]].tolist() == [0, 23, 0, 24]
    assert Clock(MONDAY, 7, 360).slots_per_day == 4


def test_clusters_are_those_that_lie_apart() -> None:
    random = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], 50)
    points = np.array([[0.0, 0], [5, 0], [0, 5]])[truth] + random.normal(0, 0.3, (150, 2))
    found = cluster(Points.of(points.T), 3)
    assert len({(int(a), int(b)) for a, b in zip(truth, found, strict=True)}) == 3


def test_more_clusters_than_points_that_differ_are_no_problem() -> None:
    assert len(set(cluster(Points.of(np.ones((3, 20))), 4).tolist())) == 1


def test_slots_without_a_value_have_no_state() -> None:
    values = np.tile([1.0, 9.0], (2, 7 * 12))
    values[:, 5] = np.nan
    values[0, 7] = np.nan
    states = states_of(values, Clock(MONDAY, 7, 60), 2)
    assert states[5] == UNKNOWN
    assert states[7] == states[9]
    assert states[0] < states[1]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_percentages_sum_to_100_and_lie_near(weights: list[int]) -> None:
    shares = np.array([weights]) / sum(weights)
    found = percentages(shares)
    assert found.sum() == 100
    assert np.abs(found - 100 * shares).max() < 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_stickiness_is_what_a_chain_was_made_with(seed: int) -> None:
    random = np.random.default_rng(seed)
    chances = random.dirichlet([20, 20, 20], 48)
    truth = random.uniform(0.2, 0.95, 3)
    clock = Clock(MONDAY, 3640, 60)
    known = chances.reshape(1, 2, 24, 3)
    of_hours = chances[clock.slot_cells].T[:, None, :]
    draws = random.random((2, 1, clock.steps))
    states = chain_states(lambda _: of_hours, truth[:, None, None], draws[0], draws[1])[0]
    paths = paths_of(states, clock, 3)
    seen = seen_on(paths, np.ones((clock.days, 1)), np.ones((clock.days - 1, 1, 1)))
    found = state_stickiness(seen, known, np.full(3, 0.5), 30)
    assert found == pytest.approx(truth, abs=0.06)


def test_kinds_of_day_are_found_and_so_are_their_chances() -> None:
    random = np.random.default_rng(3)
    busy = random.random(YEAR.days) < np.where(YEAR.week, 0.2, 0.7)
    hours = np.arange(24)
    by_day = (hours >= 8) & (hours < 18)
    likely = np.where(busy[:, None] & by_day, 0.9, 0.05)
    states = (random.random((YEAR.days, 24)) < likely).astype(np.int32).reshape(-1)
    kinds = kinds_of(states, YEAR, 2, 2)
    found = kinds == kinds[busy][0]
    assert np.mean(found == busy) > 0.95
    number = int(kinds[busy][0])
    shares = np.eye(2)[kinds]
    of_days = kind_chances(shares, YEAR)[:, number]
    assert of_days[:5].mean() == pytest.approx(0.7, abs=0.1)
    assert of_days[5:].mean() == pytest.approx(0.2, abs=0.15)
    nights = shares[:-1, :, None] * shares[1:, None, :]
    chances = state_chances(seen_on(paths_of(states, YEAR, 2), shares, nights).states)
    assert chances.sum(axis=-1) == pytest.approx(1)
    assert chances[number, 0, by_day, 1].mean() == pytest.approx(0.9, abs=0.03)
    assert chances[number, 0, ~by_day, 1].mean() == pytest.approx(0.05, abs=0.03)


@settings(max_examples=20)
@given(st.integers(1, 4), st.integers(0, 10**6))
def test_chances_of_what_is_hidden_are_those_of_all_paths(places: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    first = random.random(3)
    moves = random.random((places, 3, 3))
    single = np.zeros((places + 1, 3))
    for path in itertools.product(range(3), repeat=places + 1):
        steps = zip(moves, itertools.pairwise(path), strict=True)
        weight = first[path[0]] * math.prod(float(move[pair]) for move, pair in steps)
        single[np.arange(places + 1), path] += weight
    found, nights = posteriors(first, moves)
    assert found == pytest.approx(single / single.sum(axis=1, keepdims=True))
    assert nights.sum(axis=2) == pytest.approx(found[:-1])
    assert nights.sum(axis=1) == pytest.approx(found[1:])


def test_days_that_look_alike_do_not_make_kinds_forget() -> None:
    random = np.random.default_rng(9)
    by_day = np.tile(np.arange(24) // 12, YEAR.days)
    draws = random.random((2, 1, YEAR.days))
    shares = np.full((2, 1, YEAR.days), 0.5)
    kinds = chain_states(lambda _: shares, np.full((2, 1, 1), 0.6), *draws)[0]
    busy = np.where(by_day & np.repeat(kinds, 24), 0.7, 0.1)
    draws = random.random((2, 1, YEAR.steps))
    shares = np.stack([1 - busy, busy])[:, None]
    states = chain_states(lambda _: shares, np.full((2, 1, 1), 0.8), *draws)[0]
    found = rhythm_of(states, YEAR, (2, 2))
    assert found.kind_stickiness == pytest.approx(0.6, abs=0.12)
    assert found.stickiness[1] == pytest.approx(0.8, abs=0.07)
    busiest = found.chances[:, :, 12:, 1].mean(axis=(1, 2))
    assert sorted(busiest) == pytest.approx([0.1, 0.7], abs=0.08)


def test_a_slot_that_lacks_a_metric_has_the_state_of_the_others() -> None:
    random = np.random.default_rng(2)
    truth = np.repeat(random.integers(0, 3, YEAR.steps // 6), 6)
    values = np.exp(truth + random.normal(0, 0.1, (2, YEAR.steps)))
    values[1, random.random(YEAR.steps) < 0.1] = np.nan
    assert np.mean(states_of(values, YEAR, 3) == truth) > 0.999


def test_season_and_its_spread_come_back() -> None:
    random = np.random.default_rng(4)
    wave = 0.8 * np.sin(2 * np.pi * np.arange(48) / 24)
    cells = YEAR.slot_cells
    states = random.integers(0, 2, YEAR.steps).astype(np.int32)
    scale = np.sqrt(1 - 0.32)
    values = np.exp(
        wave[cells] * (states == 1) + np.where(states, scale, 1) * random.normal(size=YEAR.steps)
    )
    scores = scores_of(values[None, :], states, 2)
    season = season_of(scores, states, cells, (2, 48))
    assert np.abs(season[0, 1] - wave).mean() < 0.15
    assert np.abs(season[0, 0]).mean() < 0.15
    left = residuals(scores, season, states, cells)
    assert spread_of(left)[0] == pytest.approx((1 + scale) / 2, abs=0.05)


def test_noise_that_remembers_is_told_from_noise_that_does_not() -> None:
    random = np.random.default_rng(5)
    slow = np.zeros((2, YEAR.steps))
    fresh = random.normal(size=(2, YEAR.steps))
    fresh[1] = 0.6 * fresh[0] + 0.8 * fresh[1]
    left = 0.5 ** (1 / 12)
    for step in range(1, YEAR.steps):
        slow[:, step] = left * slow[:, step - 1] + np.sqrt(1 - left**2) * fresh[:, step]
    noise = np.stack(
        [slow[0], np.sqrt(0.5) * slow[1] + np.sqrt(0.5) * random.normal(size=YEAR.steps)]
    )
    factors = noise_factors([equations_of(noise, np.zeros(YEAR.steps, np.int32), YEAR)])[0]
    shares = (factors**2).sum(axis=2)
    assert shares.sum(axis=0) == pytest.approx(1)
    assert np.triu(factors, 1).max() == 0
    left_after_6 = (
        shares * np.array([0, 2**-3, 2**-0.5, 2 ** (-6 / 72), 2 ** (-6 / 400)])[:, None]
    ).sum(axis=0)
    assert left_after_6 == pytest.approx([2**-0.5, 0.5 * 2**-0.5], abs=0.07)
    together = (factors[:, 0] * factors[:, 1]).sum()
    assert together == pytest.approx(0.6 * np.sqrt(0.5), abs=0.07)


@pytest.mark.parametrize("step", [0.001, 0.05, 1.0, 20.0])
def test_a_grid_is_found(step: float) -> None:
    modelled = np.random.default_rng(6).lognormal(4, 0.5, 2000)
    assert resolution_of(np.rint(modelled / step) * step, modelled) == step


def test_a_grid_of_fifteenths_has_one_that_makes_as_many_values_equal() -> None:
    modelled = np.random.default_rng(6).lognormal(2, 0.3, 2000)
    found = resolution_of(np.rint(15 * modelled) / 15, modelled)
    assert found in {0.05, 0.1}


def test_values_without_a_grid_have_none() -> None:
    values = np.random.default_rng(7).lognormal(2, 0.3, 500)
    assert resolution_of(values, values) == 0
    assert resolution_of(np.full(100, 1 / 3), np.full(100, 1 / 3)) == 0
    assert resolution_of(np.zeros(0), np.zeros(0)) == 0


def test_gaps_of_a_server_are_told_from_those_of_the_fleet() -> None:
    clock = Clock(MONDAY, 73, 60)
    values = np.ones((2, clock.steps))
    values[0, 1000:1010] = np.nan
    values[:, 100:106] = np.nan
    values[:, 200:204] = np.nan
    fleet = np.zeros(clock.steps, np.bool_)
    fleet[200:204] = True
    values[:, :24] = np.nan
    found = server_gaps(values, clock, slice(24, clock.steps), fleet)
    life = clock.steps - 24
    assert found.outages_per_year == pytest.approx(8766 / life, rel=0.01)
    assert found.outage_hours == pytest.approx(6, rel=0.01)
    assert found.missing.tolist() == [pytest.approx(10 / (life - 10)), 0]


def test_gaps_that_overlap_are_told_apart_by_the_time_that_is_lacking() -> None:
    clock = Clock(MONDAY, 20 * 365, 60)
    random = np.random.default_rng(8)
    starts = random.integers(0, clock.steps, 20 * 200)
    gone = np.zeros(clock.steps + 1000, np.bool_)
    for start, hours in zip(starts, random.geometric(1 / 20, starts.size), strict=True):
        gone[start : start + hours] = True
    values = np.where(gone[: clock.steps], np.nan, 1.0)[None]
    found = server_gaps(values, clock, slice(0, clock.steps), np.zeros(clock.steps, np.bool_))
    assert found.outages_per_year == pytest.approx(200, rel=0.05)
    assert found.outage_hours == pytest.approx(20, rel=0.05)


def test_gaps_longer_than_a_library_has_are_as_many_as_lack_the_same_time() -> None:
    clock = Clock(MONDAY, 91, 60)
    values = np.ones((1, clock.steps))
    values[0, 500:740] = np.nan
    found = server_gaps(values, clock, slice(0, clock.steps), np.zeros(clock.steps, np.bool_))
    assert found.outage_hours == 74.4
    lacking = 1 - math.exp(-found.outages_per_year * found.outage_hours / 8766)
    assert lacking == pytest.approx(240 / clock.steps, rel=0.001)


def test_stretches_below_an_hour_are_missing_values() -> None:
    clock = Clock(MONDAY, 10, 15)
    values = np.ones((1, clock.steps))
    values[0, [5, 6, 100]] = np.nan
    found = server_gaps(values, clock, slice(0, clock.steps), np.zeros(clock.steps, np.bool_))
    assert found.outages_per_year == 0
    assert found.missing[0] == pytest.approx(3 / clock.steps)


def test_the_fleet_lacks_what_nearly_all_of_its_servers_lack() -> None:
    present = np.array([10, 1, 0, 0, 2])
    alive = np.array([10, 10, 2, 3, 10])
    assert fleet_gap_steps(present, alive).tolist() == [False, True, False, True, False]


@pytest.mark.parametrize(("factor", "percent"), [(0.5, -50), (2, 100), (1, 0)])
def test_a_trend_is_by_how_much_a_level_changes_in_a_month(factor: float, percent: float) -> None:
    values = np.repeat(factor ** (np.arange(YEAR.days) / 30.4375), 24)
    trends = server_trends(values[None, :], YEAR)
    assert trends[0].percent_per_month == pytest.approx(percent)
    assert fleet_trend(trends * 3).percent_per_month == pytest.approx(percent)


def test_a_trend_comes_with_an_error_that_covers_it() -> None:
    random = np.random.default_rng(8)
    months = np.arange(YEAR.days) / 30.4375
    trends = []
    for _ in range(20):
        noise = np.convolve(random.normal(0, 0.1, YEAR.days + 4), np.ones(5) / np.sqrt(5), "valid")
        values = np.repeat(np.exp(0.02 * months + noise), 24)
        trends += server_trends(values[None, :], YEAR)
    errors = np.array([(trend.percent_per_month - 2) / trend.standard_error for trend in trends])
    assert 0.5 < errors.std() < 1.6
    fleet = fleet_trend(trends)
    assert abs(fleet.percent_per_month - 2) < 4 * fleet.standard_error
    assert fleet.standard_error < 0.5
