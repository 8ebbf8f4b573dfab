"""How well a classifier tells two sets of weeks apart that it has not learnt from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.cells import Bools, Floats
from capgen.twins.compare.hashing import number_of
from capgen.twins.compare.weeks import Weeks

FOLDS = 4
# Learns from features and from whether each row is a candidate's; scores other rows.
Classifier = Callable[[Floats, Bools, Floats], Floats]


def area_under_curve(
    sides: tuple[Weeks, Weeks], ids: tuple[Sequence[str], Sequence[str]], learn: Classifier
) -> float:
    """Return the chance that a week of a candidate scores above one of the reference.

    A server's weeks are all in one fold, those of both sides together, so that no week is scored
    by what its own server taught.

    Args:
        sides: weeks of the reference and of the candidate.
        ids: the servers' ids on both sides.
        learn: the classifier.

    Returns:
        The area under the curve of true against false alarms; 0.5 where nothing tells the sides
        apart.
    """
    features = np.concatenate([weeks.features for weeks in sides])
    is_candidate = np.repeat([False, True], [len(weeks.servers) for weeks in sides])
    folds = np.concatenate(
        [_folds(weeks, servers) for weeks, servers in zip(sides, ids, strict=True)]
    )
    scores = np.zeros(len(features))
    for fold in range(FOLDS):
        is_held_out = folds == fold
        others = ~is_held_out
        if is_held_out.any() and len(set(is_candidate[others])) == len(sides):
            scores[is_held_out] = learn(
                features[others], is_candidate[others], features[is_held_out]
            )
    return _area(scores, is_candidate)


def _folds(weeks: Weeks, servers: Sequence[str]) -> NDArray[np.int64]:
    folds = np.array([number_of(server) % FOLDS for server in servers], np.int64)
    return folds[weeks.servers]


def _area(scores: Floats, is_candidate: Bools) -> float:
    """Return the area by ranks; ties share one."""
    ordered = np.sort(scores)
    below = np.searchsorted(ordered, scores, "left")
    up_to = np.searchsorted(ordered, scores, "right")
    ranks = (below + up_to + 1) / 2
    ours = int(is_candidate.sum())
    theirs = len(scores) - ours
    return float((ranks[is_candidate].sum() - ours * (ours + 1) / 2) / (ours * theirs))
