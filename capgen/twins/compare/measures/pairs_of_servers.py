"""How the servers of a fleet move together."""

from collections.abc import Mapping

import numpy as np

from capgen.twins.compare.cells import Floats
from capgen.twins.compare.distance import wasserstein
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.exact import products
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import SERVERS, FleetMeasure
from capgen.twins.compare.ratios import ratio

_ROUNDS = 100
_NEEDS = Needs(days=7, servers=4)


def _correlations(evidence: Evidence) -> dict[str, Floats]:
    """Return the correlation of each two servers that were chosen, by metric."""
    return {metric: _matrix(scores) for metric, scores in evidence.paths.scores.items()}


def _matrix(scores: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> Floats:
    sums = products(scores, scores)
    length = np.sqrt(np.diag(sums))
    return np.nan_to_num(ratio(sums, length[:, None] * length[None, :]))


def _pairs(reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    other = _correlations(candidate)
    found = {}
    for metric, matrix in _correlations(reference).items():
        distance = wasserstein(_above_diagonal(matrix), _above_diagonal(other[metric]))
        if distance is not None:
            found[metric] = distance
    return found


def _above_diagonal(matrix: Floats) -> Floats:
    return matrix[np.triu_indices(len(matrix), 1)]


def _first_component(matrix: Floats) -> float:
    """Return the share of the largest eigenvalue, by repeated products in a fixed order."""
    vector = np.linspace(1.0, 2.0, len(matrix))
    length = 0.0
    for _ in range(_ROUNDS):
        vector = (matrix * vector).sum(axis=1)
        length = float(np.sqrt((vector**2).sum()))
        if length == 0:
            return 0.0
        vector = vector / length
    return length / len(matrix)


def _components(reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    other = _correlations(candidate)
    return {
        metric: abs(_first_component(matrix) - _first_component(other[metric]))
        for metric, matrix in _correlations(reference).items()
    }


PAIRS = FleetMeasure(
    name="pairs of servers",
    group=SERVERS,
    says="correlation over time of each two servers",
    lower="its servers move together in another way",
    higher="its servers move together in another way",
    needs=_NEEDS,
    how="Wasserstein distance between the pairs' correlations, in standard deviations",
    distance=_pairs,
)
COMPONENT = FleetMeasure(
    name="first component",
    group=SERVERS,
    says="share of all movement that one common movement explains",
    lower="its servers share another part of their movement",
    higher="its servers share another part of their movement",
    needs=_NEEDS,
    how="difference of the shares",
    distance=_components,
)
