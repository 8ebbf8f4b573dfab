"""The logistic regression that tells weeks apart, and the exact products that it learns from."""

from __future__ import annotations

import numpy as np
import pytest

from capgen.twins.compare import exact
from capgen.twins.compare.classifier.logistic import logistic


def test_fewer_rows_than_features_teach_the_same_from_fewer_equations() -> None:
    generator = np.random.Generator(np.random.SFC64(3))
    features = generator.standard_normal((60, 40))
    is_candidate = generator.random(60) < 0.5
    features[is_candidate, 0] += 1
    others = generator.standard_normal((20, 40))
    from_features = logistic(features, is_candidate, others)
    constant = [np.ones((len(rows), 30)) for rows in (features, others)]
    wide = [np.hstack(both) for both in zip((features, others), constant, strict=True)]
    from_rows = logistic(wide[0], is_candidate, wide[1])
    assert from_rows == pytest.approx(from_features, rel=1e-9)
    assert np.ptp(from_rows) > 1


@pytest.mark.parametrize("worth_threads", [0, exact._WORTH_THREADS])
def test_products_are_exact_in_blocks_and_at_once(
    worth_threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "_WORTH_THREADS", worth_threads)
    generator = np.random.Generator(np.random.SFC64(4))
    left = generator.integers(-(2**20), 2**20, (70, 130))
    right = generator.integers(-(2**20), 2**20, (129, 130))
    assert (exact.products(left, right) == left @ right.T).all()
