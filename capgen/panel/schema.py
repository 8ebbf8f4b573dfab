"""The panel's schema, and what it says of a panel's columns."""

from __future__ import annotations

import polars as pl

from capgen.columns import COMMON_DATE_COLUMNS, LOCAL_DATE_COLUMNS, schema_of
from capgen.config import Config
from capgen.panel.clocks import flags_are_local
from capgen.panel.layered import switched_on
from capgen.system.forking import check_polars_answers


def panel_schema(config: Config) -> pl.Schema:
    """Return the schema of the panel.

    Args:
        config: the panel's configuration.

    Returns:
        19 columns with the default configuration; one for each metric, in the configuration's
        order; those of the truth where it is wanted.

    Raises:
        CapgenError: Polars does not answer; all that makes or reads a panel asks for its columns.
    """
    check_polars_answers()
    return schema_of(config.columns, [metric.column for metric in config.metrics.values()])


def date_columns(config: Config) -> list[str]:
    """Return the columns that follow from the timestamp alone, whatever the server.

    Args:
        config: the panel's configuration.
    """
    return [*COMMON_DATE_COLUMNS, *(() if flags_are_local(config) else LOCAL_DATE_COLUMNS)]


def metrics_may_be_null(config: Config) -> bool:
    """Tell whether a value may be missing.

    Args:
        config: the panel's configuration.
    """
    return any(layer.may_be_null for layer, _ in switched_on(config))


def nullable_metrics(config: Config) -> frozenset[str]:
    """Return the columns of metrics in which a value may be missing.

    Args:
        config: the panel's configuration.
    """
    columns = (metric.column for metric in config.metrics.values())
    return frozenset(columns if metrics_may_be_null(config) else ())
