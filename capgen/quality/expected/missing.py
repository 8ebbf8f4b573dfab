"""How many values are missing where they are as configured.

Which cells lie in gaps, or outside their server's life, follows from the configuration exactly. Of
all others a metric misses its share, each by itself: a binomial. Where no layer takes values away,
none is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from capgen.config import Config
from capgen.panel.absence import single_share
from capgen.panel.fleet import server_frames
from capgen.panel.layered import layered_archetype
from capgen.panel.schema import metrics_may_be_null
from capgen.quality.expected.counting import count_absent


@dataclass(frozen=True, slots=True)
class Implied:
    """How many cells a configuration leaves without values.

    Args:
        cells: how many cells the panel has.
        gone: how many of them lie in gaps, or outside a life.
        share: the share of the others that is missing, by column.
    """

    cells: int
    gone: int
    share: dict[str, float]

    @property
    def missing(self) -> dict[str, float]:
        """The share of missing values, by column."""
        left = 1 - self.gone / self.cells
        return {column: 1 - left * (1 - share) for column, share in self.share.items()}


def implied_missing(config: Config) -> Implied:
    """Return how many cells a configuration leaves without values.

    Args:
        config: the panel's configuration.
    """
    may_be_null = metrics_may_be_null(config)
    share = {metric.column: 0.0 for metric in config.metrics.values()}
    if may_be_null:
        share |= _single_shares(config)
    gone = count_absent(config) if may_be_null else 0
    return Implied(config.num_servers * config.axis.span.size, gone, share)


def _single_shares(config: Config) -> dict[str, float]:
    """Return by column which share of values all servers miss one by one, on average."""
    shares = {}
    layered = {name: layered_archetype(config, name) for name in config.archetypes}
    frames = server_frames(config)
    for key, metric in config.metrics.items():
        every = (
            single_share(layered[name], servers, key) * servers.height
            for name, servers in frames.items()
        )
        shares[metric.column] = sum(every) / config.num_servers
    return shares
