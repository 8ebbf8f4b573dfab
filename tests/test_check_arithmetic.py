"""The arithmetic of `check`, from another route: clipped moments, rounding, limits, verdicts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from capgen.quality.expected.clipped import MOMENTS, Limits, Part, clipped, clipped_mean
from capgen.quality.findings import Verdict
from capgen.quality.statistics import FALSE_ALARMS, Statistic, judge, normal_limit
from capgen.sql import repeat_lines


@pytest.mark.parametrize(
    ("mean", "parts", "clip"),
    [
        pytest.param(50.0, (Part(1.0, 1.0, 10.0),), (-1e9, 1e9), id="normal"),
        pytest.param(10.0, (Part(1.0, 1.0, 15.0),), (0.0, 100.0), id="clipped"),
        pytest.param(
            60.0,
            (Part(0.9, 1.0, 15.0), Part(0.1, 1.8, 27.0)),
            (0.0, 100.0),
            id="spiked and clipped",
        ),
        pytest.param(
            -5.0, (Part(0.7, 1.0, 5.0), Part(0.3, 0.5, 2.5)), (0.0, 100.0), id="mostly below"
        ),
    ],
)
def test_moments_of_clipped_mixtures(
    mean: float, parts: tuple[Part, ...], clip: tuple[float, float]
) -> None:
    limits = Limits(*clip, 1e-6)
    found = clipped(np.array([mean]), parts, limits)
    z = np.linspace(-12, 12, 20_001)
    chance = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    values = [np.clip(part.scale * mean + part.sd * z, *clip) for part in parts]
    expected = sum(part.chance * (chance @ each) for part, each in zip(parts, values, strict=True))
    assert found.mean[0] == pytest.approx(expected, rel=1e-6)
    assert clipped_mean(np.array([mean]), parts, limits)[0] == pytest.approx(expected, rel=1e-6)
    for order in range(2, MOMENTS + 1):
        moment = sum(
            part.chance * (chance @ (value - expected) ** order)
            for part, value in zip(parts, values, strict=True)
        )
        scale = found.variance[0] ** (order / 2)
        assert found.central[order, 0] / scale == pytest.approx(moment / scale, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("sd", [0.5, 1.0, 5.0])
@pytest.mark.parametrize("mean", [0.0, 0.3, 50.0, 99.9])
def test_rounding_moves_the_moments(mean: float, sd: float) -> None:
    limits = Limits(0.0, 100.0, 1.0)
    found = clipped(np.array([mean]), (Part(1.0, 1.0, sd),), limits)
    above = [
        math.erfc((k - 0.5 - mean) / sd / math.sqrt(2)) / 2 for k in range(1, 101)
    ]  # P(rounded value ≥ k)
    expected = sum(above)
    variance = sum((2 * k - 1) * each for k, each in enumerate(above, 1)) - expected**2
    assert found.mean[0] == pytest.approx(expected, abs=found.rounding[0] + 1e-4 / sd**5)
    assert found.variance[0] == pytest.approx(variance, rel=1e-4 + 0.02 / sd**3)


def test_limits_grow_with_the_number_of_tests() -> None:
    assert normal_limit(1) == pytest.approx(3.2905, abs=1e-3)  # two-sided 1 in 1,000
    assert normal_limit(200) > normal_limit(20) > normal_limit(1)
    assert math.erfc(normal_limit(200) / math.sqrt(2)) * 200 == pytest.approx(
        FALSE_ALARMS, rel=1e-6
    )


def test_judging() -> None:
    def verdict(off: float, **more: Any) -> Verdict:
        return judge([Statistic("rule", "subject", 1.0, 1.0, off, **more)], 1)[0].verdict

    assert verdict(3.2) is verdict(-3.2) is Verdict.PASS
    assert verdict(3.4) is verdict(-3.4) is verdict(math.inf) is Verdict.FAIL
    assert verdict(3.4, skewness=0.2) is Verdict.PASS
    assert verdict(9.0, skewness=2.0) is Verdict.NOT_TESTABLE
    assert verdict(9.0, reach=4.0) is Verdict.NOT_TESTABLE
    assert verdict(9.0, reach=6.0) is Verdict.FAIL


def test_lines_of_a_query_are_repeated() -> None:
    text = "select\n    sum({column}),\n    corr({left}, {right}),\n    x"
    names = [{"column": "a"}, {"column": "b"}, {"left": "a", "right": "b"}]
    assert repeat_lines(text, names) == "select\n    sum(a),\n    sum(b),\n    corr(a, b),\n    x"
    with pytest.raises(ValueError, match="plain"):
        repeat_lines(text, [{"column": 'a" from b; --'}])
