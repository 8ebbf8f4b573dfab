"""Says what `repair_correlation` changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from capgen.config.model import Config
from capgen.draws.correlation import correlation_matrix, repair_distance


def repairs(config: Config) -> dict[str, float]:
    """Return how far the repair moved each correlation matrix.

    Args:
        config: the panel's configuration.

    Returns:
        The largest absolute change of a correlation, by the path of each repaired matrix.
    """
    moved: dict[str, float] = {}
    for path, pairs in _matrices(config) if config.repair_correlation else ():
        distance = repair_distance(pairs, config.drawn_metrics)
        if distance > 0:
            moved[path] = distance
    return moved


def repaired_values(config: Config) -> dict[str, float]:
    """Return the correlations of the repaired matrices.

    Args:
        config: the panel's configuration.

    Returns:
        Correlations other than 0, by paths such as `archetypes.web.correlation.cpu~mem`.
    """
    moved = repairs(config)
    values: dict[str, float] = {}
    for path, pairs in _matrices(config):
        if path in moved:
            values |= {f"{path}.{pair}": value for pair, value in _in_use(config, pairs)}
    return values


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
