"""What datasets must have in common to be compared, and what they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from capgen.dataset.any_manifest import AnyManifest, read_any_manifest
from capgen.dataset.description import Description
from capgen.dataset.metric_column import MetricColumn
from capgen.errors import RequestError
from capgen.settings.statistic import P95, RAW
from capgen.timeline.granularity import canonical_granularity, step_minutes


@dataclass(frozen=True)
class Source:
    """A dataset to compare.

    Args:
        name: as it is shown.
        folder: of the dataset.
        manifest: of the dataset.
        described: what its rows are.
    """

    name: str
    folder: Path
    manifest: AnyManifest
    described: Description

    @classmethod
    def of(cls, name: str, folder: Path) -> Source:
        """Open a dataset of any kind.

        Args:
            name: as it is shown.
            folder: of the dataset.

        Raises:
            RequestError: the folder is no dataset.
        """
        manifest = read_any_manifest(folder)
        return cls(name, folder, manifest, manifest.description())

    @property
    def step_minutes(self) -> int:
        """Length of a step."""
        return self.described.step_minutes


@dataclass(frozen=True)
class Agreement:
    """What is compared.

    Args:
        step_minutes: length of a step.
        statistics: what is compared of each metric, by its key.
        columns: of each source the columns by the metric's name.
        left_out: metrics that some source does not have.
    """

    step_minutes: int
    statistics: Mapping[str, str]
    columns: Sequence[Mapping[str, MetricColumn]]
    left_out: Sequence[str]


def agree(sources: Sequence[Source], to: str | None) -> Agreement:
    """Find out what datasets have in common.

    Args:
        sources: the reference and what is laid beside it.
        to: the step to roll all of them up to, if any.

    Raises:
        RequestError: their units, statistics or steps differ; the message says which.
    """
    step = _step(sources, to)
    wanted = _wanted(sources, is_rolled=to is not None)
    names = _names(wanted)
    columns = []
    for source in sources:
        found = {}
        for metric in wanted:
            column = _column(source, metric, is_rolled=to is not None)
            if column is not None:
                found[names[metric]] = column
        columns.append(found)
    common = [name for name in names.values() if all(name in each for each in columns)]
    if not common:
        raise RequestError(_nothing_in_common(sources))
    for name in common:
        _check_units(sources, [each[name] for each in columns])
    return Agreement(
        step_minutes=step,
        statistics={names[metric]: metric[1] for metric in wanted if names[metric] in common},
        columns=[{name: each[name] for name in common} for each in columns],
        left_out=_left_out(sources, columns, common),
    )


_Metric = tuple[str, str]  # key and statistic


def _step(sources: Sequence[Source], to: str | None) -> int:
    if to is None:
        steps = [source.step_minutes for source in sources]
        odd = next((source for source in sources if source.step_minutes != steps[0]), None)
        if odd is not None:
            coarsest = max(sources, key=lambda source: source.step_minutes)
            raise RequestError(
                f"steps: expected the same, got {sources[0].described.granularity} in "
                f"{sources[0].name} and {odd.described.granularity} in {odd.name}; "
                f"--to {coarsest.described.granularity} rolls all of them up"
            )
        return steps[0]
    try:
        step = step_minutes(to)
    except ValueError as error:
        raise RequestError(f"--to: {error}, got {to!r}") from None
    for source in sources:
        if step % source.step_minutes:
            raise RequestError(
                f"--to: expected a step that {source.described.granularity}, that of "
                f"{source.name}, divides, got {canonical_granularity(to)}"
            )
    return step


def _wanted(sources: Sequence[Source], *, is_rolled: bool) -> list[_Metric]:
    """Return the reference's metrics; raw samples that are rolled up take the others' statistic."""
    wanted: list[_Metric] = []
    for metric in sources[0].described.metrics:
        statistic = metric.statistic
        if is_rolled and statistic == RAW:
            statistic = _statistic_of_others(sources[1:], metric.key)
        wanted.append((metric.key, statistic))
    return wanted


def _statistic_of_others(sources: Sequence[Source], key: str) -> str:
    found = (
        metric.statistic
        for source in sources
        for metric in source.described.metrics
        if metric.key == key and metric.statistic != RAW
    )
    return next(found, P95)


def _names(wanted: Sequence[_Metric]) -> dict[_Metric, str]:
    """Return a name for each metric: its key, with the statistic where several share the key."""
    keys = [key for key, _ in wanted]
    return {
        (key, statistic): key if keys.count(key) == 1 else f"{key}_{statistic}"
        for key, statistic in wanted
    }


def _column(source: Source, metric: _Metric, *, is_rolled: bool) -> MetricColumn | None:
    key, statistic = metric
    of_key = {each.statistic: each for each in source.described.metrics if each.key == key}
    found = of_key.get(statistic)
    return of_key.get(RAW) if found is None and is_rolled else found


def _check_units(sources: Sequence[Source], columns: Sequence[MetricColumn]) -> None:
    """Refuse a metric in several units; one that is not known may be any."""
    known = [each for each in zip(sources, columns, strict=True) if each[1].unit]
    odd = next((each for each in known if each[1].unit != known[0][1].unit), None)
    if odd is not None:
        raise RequestError(
            f"units of {columns[0].key}: expected the same, got {known[0][1].unit} in "
            f"{known[0][0].name} and {odd[1].unit} in {odd[0].name}; load or build one of them anew"
        )


def _nothing_in_common(sources: Sequence[Source]) -> str:
    for metric in sources[0].described.metrics:
        for source in sources[1:]:
            for other in source.described.metrics:
                if other.key == metric.key and other.statistic != metric.statistic:
                    return (
                        f"statistics of {metric.key}: expected the same, got {metric.statistic} in "
                        f"{sources[0].name} and {other.statistic} in {source.name}; raw samples "
                        "can be rolled up with --to"
                    )
    listed = (
        f"{', '.join(metric.key for metric in source.described.metrics)} in {source.name}"
        for source in sources
    )
    return f"metrics: expected one that all have, got {' and '.join(listed)}"


def _left_out(
    sources: Sequence[Source],
    columns: Sequence[Mapping[str, MetricColumn]],
    common: Sequence[str],
) -> list[str]:
    left_out = []
    for source, of_source in zip(sources, columns, strict=True):
        used = {of_source[name].name for name in common}
        left_out += [
            f"{metric.name} of {source.name}"
            for metric in source.described.metrics
            if metric.name not in used
        ]
    return left_out
