"""Histogram gradient boosting of scikit-learn, with one thread and one seed."""

from __future__ import annotations

from capgen.twins.compare.cells import Bools, Floats

_SEED = 0
_ROUNDS = 40
_LEAVES = 8
_RATE = 0.15
_BINS = 32


def boosting(features: Floats, is_candidate: Bools, others: Floats) -> Floats:
    """Learn to tell rows apart, and score others.

    Args:
        features: rows to learn from.
        is_candidate: which side each is of.
        others: rows to score.

    Returns:
        The chance that each of the others is a candidate's.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        max_iter=_ROUNDS,
        max_leaf_nodes=_LEAVES,
        learning_rate=_RATE,
        max_bins=_BINS,
        early_stopping=False,
        random_state=_SEED,
    )
    with threadpool_limits(limits=1):
        model.fit(features, is_candidate)
        chances: Floats = model.predict_proba(others)[:, 1]
    return chances
