"""Streams, the Cholesky factor, and the shape of what is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capgen.draws.by_block import draw_flags, draw_uniforms
from capgen.draws.cholesky import cholesky, correlate
from capgen.draws.correlation import correlation_matrix
from capgen.draws.streams import stream
from capgen.draws.subjects import course
from capgen.timeline.epoch import MINUTES_PER_HOUR
from capgen.timeline.time_axis import Span, TimeAxis
from tests.conftest import examples, make_config
from tests.estimates import check_correlation, check_mean, check_sd
from tests.panels import HOURS, OWN_NET_OUT, web_panel

GOLDEN_DRAWS = [1.406685898481699, 0.03757018843136086, 0.8169611415116148]


def test_cholesky_of_web_has_the_documented_last_row() -> None:
    config = make_config()
    matrix = correlation_matrix(
        config.archetypes["web"].correlation, config.drawn_metrics, repair=False
    )
    np.testing.assert_allclose(cholesky(matrix)[3], [0.8, -0.231, 0.265, 0.486], atol=5e-4)


@pytest.mark.parametrize("name", ["web", "application", "database", "batch"])
def test_cholesky_factor_gives_the_matrix_back(name: str) -> None:
    config = make_config()
    matrix = correlation_matrix(
        config.archetypes[name].correlation, config.drawn_metrics, repair=False
    )
    factor = cholesky(matrix)
    assert (np.triu(factor, 1) == 0).all()
    np.testing.assert_allclose(factor @ factor.T, matrix, atol=1e-15)


@examples(4)
@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 2**32))
def test_correlate_does_not_depend_on_how_cells_are_grouped(
    servers: int, steps: int, seed: int
) -> None:
    factor = cholesky(np.array([[1, 0.5, 0.1], [0.5, 1, 0.3], [0.1, 0.3, 1]]))
    normals = np.random.default_rng(seed).standard_normal((3, servers, steps))
    one_by_one = [normals[:, [server]].copy() for server in range(servers)]
    for of_server in one_by_one:
        correlate(factor, of_server)
    correlate(factor, normals)
    assert np.array_equal(np.concatenate(one_by_one, axis=1), normals)


def test_streams_are_known_numbers() -> None:
    """Golden values: if these change, every dataset in the world changes."""
    draws = stream(42, "server_000", "1440min/2024", "noise").standard_normal(3)
    assert draws.tolist() == GOLDEN_DRAWS


@pytest.mark.parametrize(
    "other",
    [
        (43, "server_000", "1440min/2024", "noise"),
        (42, "server_001", "1440min/2024", "noise"),
        (42, "server_000", "1440min/2025", "noise"),
        (42, "server_000", "60min/2024", "noise"),
        (42, "server_000", "1440min/2024", "spike"),
    ],
    ids=["seed", "server", "block", "step", "purpose"],
)
def test_streams_differ_and_do_not_correlate(other: tuple[int, str, str, str]) -> None:
    draws = stream(42, "server_000", "1440min/2024", "noise").standard_normal(10_000)
    assert abs(np.corrcoef(draws, stream(*other).standard_normal(10_000))[0, 1]) < 0.05


@pytest.mark.parametrize("moment", [None, "in the middle"])
def test_flags_fall_where_uniforms_lie_below_the_chance(moment: str | None) -> None:
    axis = TimeAxis(date(2023, 12, 30), date(2024, 1, 3), MINUTES_PER_HOUR)
    span = Span(axis.span.first + 5, axis.span.stop)
    ids = ["server_000", "server_001", "server_000"]
    if moment:
        middle = span.first + span.size // 2
        axis = replace(axis, moment=middle)
        ids = [f"{name}{course(middle * MINUTES_PER_HOUR, draw)}" for draw, name in enumerate(ids)]
    chance = np.array([[0.5], [0.1], [0.9]])
    uniforms = draw_uniforms(42, ids, axis, span, "spike")
    assert np.array_equal(draw_flags(42, ids, axis, span, "spike", chance), uniforms < chance)
    assert np.array_equal(draw_flags(42, ids, axis, span, "spike", 0.3), uniforms < 0.3)


def test_net_out_can_be_a_metric_of_its_own() -> None:
    own = {**OWN_NET_OUT, "archetypes": {"web": OWN_NET_OUT["archetypes"]["web"]}}
    panel = web_panel(50, ("2023-02-06", "2023-03-05"), "hourly", **own)
    noise = {
        key: (panel[f"{key}_p95"] - panel[f"{key}_p95_expected"]).to_numpy()
        for key in ("cpu", "net_in", "net_out")
    }
    check_mean(noise["net_out"], 0)
    check_sd(noise["net_out"], 12)
    check_correlation(noise["net_in"], noise["net_out"], 0.6)
    check_correlation(noise["cpu"], noise["net_out"], 0.4)
    assert set(panel["net_out_p95_expected"].round(9)) == {70.0, 70 * 1.3}
    assert set(panel.filter(HOURS.is_between(9, 17))["net_out_p95_expected"].round(9)) == {70 * 1.3}
