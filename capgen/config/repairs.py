"""Says what `repair_correlation` changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from capgen.config.model import Config
from capgen.draws.correlation import correlation_matrix, repair_distance


def repairs(config: Config) -> dict[str, float]:
    """Return by how much each repaired correlation matrix moved.

    Args:
        config: a valid configuration.

    Returns:
        The largest absolute change of any correlation, by path; empty where nothing was repaired.
    """
    if not config.repair_correlation:
        return {}
    moved = {
        path: repair_distance(pairs, config.drawn_metrics) for path, pairs in _matrices(config)
    }
    return {path: distance for path, distance in moved.items() if distance > 0}


def repaired_values(config: Config) -> dict[str, float]:
    """Return the correlations that are in use where a matrix was repaired.

    Args:
        config: a valid configuration.

    Returns:
        Correlations by path, such as `archetypes.web.correlation.cpu~mem`; all pairs of a repaired
        matrix that are not 0.
    """
    moved = repairs(config)
    matrices = ((path, pairs) for path, pairs in _matrices(config) if path in moved)
    return {
        f"{path}.{pair}": value
        for path, pairs in matrices
        for pair, value in _in_use(config, pairs)
    }


def _in_use(config: Config, pairs: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    metrics = config.drawn_metrics
    matrix = correlation_matrix(pairs, metrics, repair=True)
    for first, second in combinations(range(len(metrics)), 2):
        pair = "~".join(sorted([metrics[first], metrics[second]]))
        if matrix[first, second] or pair in pairs:
            yield pair, float(matrix[first, second])


def _matrices(config: Config) -> Iterator[tuple[str, Mapping[str, float]]]:
    for name, archetype in config.archetypes.items():
        yield f"archetypes.{name}.correlation", archetype.correlation
        for state, section in (archetype.regimes.states if archetype.regimes else {}).items():
            if section.correlation is not None:
                yield f"archetypes.{name}.regimes.states.{state}.correlation", section.correlation
