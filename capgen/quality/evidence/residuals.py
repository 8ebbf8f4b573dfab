"""The one pass over the cells that spikes and correlations are judged from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.quality.evidence.counts import clip_parameters
from capgen.quality.evidence.exceedance import SPIKE_SD, exceedance
from capgen.quality.evidence.measured import bucket
from capgen.quality.expected.model import ArchetypeModel
from capgen.quality.source import Source
from capgen.settings.metric import source_of


def residual_sums(source: Source, models: Sequence[ArchetypeModel]) -> pl.DataFrame:
    """Sum up exceedances and correlations.

    Args:
        source: an open dataset, its rows grouped.
        models: what is expected.

    Returns:
        As `sql/checks/residuals.sql` says, one row an archetype; none where no server has a value.
    """
    if not models:
        return pl.DataFrame()
    source.connection.register("expected", pl.concat([_expected_frame(model) for model in models]))
    columns = zip(source.keys, source.columns, strict=True)
    cuts = sql.map_parameter({column: cut(source.config, key) for key, column in columns})
    pairs = itertools.combinations(source.columns, 2)
    repeats = [{"column": column} for column in source.columns]
    repeats += [{"left": left, "right": right} for left, right in pairs]
    parameters = clip_parameters(source) | bucket(source) | {"cut": cuts}
    return sql.run_query(source.connection, "checks/residuals", parameters, repeats)


def cut(config: Config, key: str) -> float:
    """Return how many sd above its mean a metric shows a spike; infinity for one that has none.

    Args:
        config: the panel's configuration.
        key: the metric's key.
    """
    source = config.metrics[source_of(config.metrics, key)]
    return math.inf if source.spike_share is None else SPIKE_SD


def _expected_frame(model: ArchetypeModel) -> pl.DataFrame:
    return model.keys.with_columns(*_expected_columns(model))


def _expected_columns(model: ArchetypeModel) -> Iterator[pl.Series | pl.Expr]:
    for metric in model.metrics:
        above = exceedance(metric)
        sd = metric.parts[0].sd or None  # a metric without spread has no residuals
        yield pl.Series(f"{metric.column}.mean", metric.means)
        yield pl.lit(sd, pl.Float64).alias(f"{metric.column}.sd")
        yield pl.Series(f"{metric.column}.threshold", above.threshold)
        yield pl.Series(f"{metric.column}.weight", above.effect)
