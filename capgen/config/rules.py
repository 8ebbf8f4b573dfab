"""Rules that tie the parts of a configuration together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from capgen.columns import taken_names
from capgen.config.archetype import Archetype
from capgen.config.fields import ConfigFields
from capgen.config.shares import share_problem
from capgen.draws.correlation import correlation_matrix
from capgen.layers import LAYERS
from capgen.layers.known import Known
from capgen.layers.layer import Layer

_MOST_ROWS = 10**13  # about 100 terabytes; more must be a typing error
# Names that DuckDB or Polars takes for a date, a number or a truth value in `server_type=NAME`.
_NO_TEXTS = ("epoch", "false", "inf", "infinity", "true")
_MOST_SD = 100  # as a multiple of the level, for noise that is proportional to it


def check(config: ConfigFields) -> None:
    """Check what no single key can show.

    Args:
        config: a configuration in which each key on its own is valid.

    Raises:
        PydanticCustomError: names every broken rule.
    """
    problems = list(_problems(config))
    shares = {name: archetype.share for name, archetype in config.archetypes.items()}
    if problems or share_problem(shares):
        raise PydanticCustomError("rules", "broken rules", {"problems": problems, "shares": shares})


def _problems(config: ConfigFields) -> Iterator[str]:
    if config.end_date < config.start_date:
        yield (
            f"end_date: expected a day at or after start_date {config.start_date}, "
            f"got {config.end_date}"
        )
    yield from _size_problems(config)
    yield from _column_problems(config)
    yield from _derived_problems(config)
    yield from _name_problems(config.archetypes)
    for name, archetype in config.archetypes.items():
        yield from _archetype_problems(name, archetype, config)
    yield from _layer_problems(config, "", None)


def _layer_problems(config: ConfigFields, name: str, archetype: Archetype | None) -> Iterator[str]:
    """Yield the problems that layers find in their settings, of an archetype or of the panel."""
    on = [(layer, layer.settings_in(config, archetype)) for layer in LAYERS]
    parameters = [
        parameter.path
        for layer, settings in on
        if archetype is not None and settings is not None
        for parameter in layer.parameters(settings, config.drawn_metrics)
    ]
    if archetype is not None:
        yield from _replaced_problems(on, name)
    for layer, settings in on:
        if settings is not None and layer.is_of_archetype == (archetype is not None):
            known = Known(
                layer.path(name),
                config.metrics,
                config.fleet,
                config.num_servers,
                config.archetypes.keys(),
                config.repair_correlation,
                archetype,
                parameters,
            )
            yield from layer.problems(settings, known)


def _replaced_problems(on: Sequence[tuple[Layer[Any], Any]], name: str) -> Iterator[str]:
    """Yield the layers of an archetype that would not count, as one of the panel stands in."""
    for other, others_settings in on:
        if others_settings is not None and not other.is_of_archetype:
            for layer, settings in on:
                is_needless = layer.name in other.replaces and layer.example
                if settings is not None and is_needless:
                    path = layer.path(name)
                    yield (
                        f"{path}: expected none beside {other.key}, which stands in for it; "
                        f"take it away with --set {path}=null"
                    )


def _size_problems(config: ConfigFields) -> Iterator[str]:
    if config.rows > _MOST_ROWS:
        yield (
            f"num_servers: expected at most {_MOST_ROWS:.0e} rows in all, got {config.rows:.1e}; "
            "ask for fewer servers or a shorter window"
        )


def _column_problems(config: ConfigFields) -> Iterator[str]:
    taken = taken_names(metric.column for metric in config.metrics.values())
    for key, metric in config.metrics.items():
        if metric.column in taken:
            yield (
                f"metrics.{key}.column: expected a column name not yet taken, got {metric.column!r}"
            )
        taken.add(metric.column)
    known = config.model_copy(update={"first_columns": ()}).columns
    for column in config.first_columns:
        if column not in known:
            yield f"first_columns: expected columns of the panel, got {column!r}"


def _derived_problems(config: ConfigFields) -> Iterator[str]:
    for key, metric in config.metrics.items():
        if metric.derived and metric.derived.source not in config.drawn_metrics:
            known = ", ".join(config.drawn_metrics)
            source = metric.derived.source
            yield f"metrics.{key}.derived.source: expected one of {known}, got {source!r}"
    if not config.drawn_metrics:
        yield "metrics: expected at least one metric that is not derived"


def _name_problems(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name in _NO_TEXTS:
            yield (
                f"archetypes.{name}: expected a name that all readers take for a text where a "
                f"folder is called server_type={name}, got none; name it otherwise, such as "
                f"{name}_servers"
            )


def _archetype_problems(name: str, archetype: Archetype, config: ConfigFields) -> Iterator[str]:
    drawn = config.drawn_metrics
    for section, values in (("base", archetype.base), ("sd", archetype.sd)):
        for key in drawn:
            if key not in values:
                yield f"archetypes.{name}.{section}: expected a value for metric {key!r}, got none"
        for key in values:
            if key not in drawn:
                known = ", ".join(drawn)
                yield (
                    f"archetypes.{name}.{section}.{key}: expected one of the metrics {known}; "
                    "null takes it away"
                )
    try:
        correlation_matrix(archetype.correlation, drawn, repair=config.repair_correlation)
    except ValueError as error:
        yield f"archetypes.{name}.correlation: {error}"
    else:
        yield from _layer_problems(config, name, archetype)
        yield from _shape_problems(f"archetypes.{name}", archetype, config)


def _shape_problems(section: str, archetype: Archetype, config: ConfigFields) -> Iterator[str]:
    for key in config.drawn_metrics:
        shape = config.metrics[key].shape
        base = archetype.base.get(key, 1.0)
        sd = archetype.sd.get(key, 0.0)
        if shape != "normal" and base <= 0:
            yield (
                f"{section}.base.{key}: expected more than 0 for a metric with shape {shape}, "
                f"got {base:g}"
            )
        elif shape != "normal" and sd > _MOST_SD * base:
            yield (
                f"{section}.sd.{key}: expected at most {_MOST_SD} × base for a metric with shape "
                f"{shape}, got {sd:g}"
            )
