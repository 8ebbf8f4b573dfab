"""The layer of noise parts: an archetype's noise is a sum, parts of which remember."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capgen.draws.correlation import correlation_matrix
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.noise_parts.parts import noise_parts
from capgen.layers.noise_parts.settings import NoisePart
from capgen.settings.names import unknown_names

Parts = Mapping[str, NoisePart]


class NoisePartsLayer(Layer[Parts]):
    """Parts of the noise that remember."""

    name = "noise_parts"
    key = "archetypes.*.noise_parts"
    example = (
        "{hours: {half_life_hours: 3, share: {cpu: 0.5, mem: 0.4, net_in: 0.5}, "
        "correlation: {cpu~mem: 0.4}}}"
    )
    has_closed_form = False

    def problems(self, settings: Parts, known: Known) -> Iterator[str]:
        """Yield unknown metrics, and parts that cannot add up to the archetype's correlation."""
        for name, part in settings.items():
            here = f"{known.path}.{name}"
            yield from unknown_names(f"{here}.share", part.share, known.drawn)
            for pair in part.correlation:
                if set(pair.split("~")) & set(known.drawn) - set(part.share):
                    path = f"{here}.correlation.{pair}"
                    yield f"{path}: expected two metrics that have a share in the part"
        yield from sum_problems(known.path, settings, known.kind.correlation, known)

    def parts(self, settings: Parts) -> Parts:
        """Return the parts."""
        return settings

    def half_lives(self, settings: Parts) -> list[float]:
        """Return those of the parts."""
        return [part.half_life_hours for part in settings.values()]


def sum_problems(
    path: str, parts: Parts, correlation: Mapping[str, float], known: Known
) -> Iterator[str]:
    """Yield why parts of the noise cannot add up to a correlation.

    Args:
        path: the path to name.
        parts: the parts of the noise.
        correlation: the metrics' correlations, by pair.
        known: the rest of the configuration.
    """
    try:
        target = correlation_matrix(correlation, known.drawn, repair=known.repair_correlation)
        noise_parts(parts, target, known.drawn)
    except ValueError as error:
        yield f"{path}: {error}"
