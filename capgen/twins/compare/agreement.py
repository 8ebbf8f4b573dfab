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
class NamedDataset:
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
    def of(cls, name: str, folder: Path) -> NamedDataset:
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
        columns: of each dataset the columns by the metric's name.
        left_out: metrics that some dataset does not have.
    """

    step_minutes: int
    statistics: Mapping[str, str]
    columns: Sequence[Mapping[str, MetricColumn]]
    left_out: Sequence[str]


def agree(datasets: Sequence[NamedDataset], to: str | None) -> Agreement:
    """Find out what datasets have in common.

    Args:
        datasets: the reference and what is laid beside it.
        to: the step to roll all of them up to, if any.

    Raises:
        RequestError: their units, statistics or steps differ; the message says which.
    """
    step = _step(datasets, to)
    wanted = _wanted(datasets, is_rolled=to is not None)
    names = _names(wanted)
    columns = []
    for dataset in datasets:
        found = {}
        for metric in wanted:
            column = _column(dataset, metric, is_rolled=to is not None)
            if column is not None:
                found[names[metric]] = column
        columns.append(found)
    common = [name for name in names.values() if all(name in each for each in columns)]
    if not common:
        raise RequestError(_nothing_in_common(datasets))
    for name in common:
        _check_units(datasets, [each[name] for each in columns])
    return Agreement(
        step_minutes=step,
        statistics={names[metric]: metric[1] for metric in wanted if names[metric] in common},
        columns=[{name: each[name] for name in common} for each in columns],
        left_out=_left_out(datasets, columns, common),
    )


_Metric = tuple[str, str]  # key and statistic


def _step(datasets: Sequence[NamedDataset], to: str | None) -> int:
    if to is None:
        steps = [dataset.step_minutes for dataset in datasets]
        odd = next((dataset for dataset in datasets if dataset.step_minutes != steps[0]), None)
        if odd is not None:
            coarsest = max(datasets, key=lambda dataset: dataset.step_minutes)
            raise RequestError(
                f"steps: expected the same, got {datasets[0].described.granularity} in "
                f"{datasets[0].name} and {odd.described.granularity} in {odd.name}; "
                f"--to {coarsest.described.granularity} rolls all of them up"
            )
        return steps[0]
    try:
        step = step_minutes(to)
    except ValueError as error:
        raise RequestError(f"--to: {error}, got {to!r}") from None
    for dataset in datasets:
        if step % dataset.step_minutes:
            raise RequestError(
                f"--to: expected a step that {dataset.described.granularity}, that of "
                f"{dataset.name}, divides, got {canonical_granularity(to)}"
            )
    return step


def _wanted(datasets: Sequence[NamedDataset], *, is_rolled: bool) -> list[_Metric]:
    """Return the reference's metrics; raw samples that are rolled up take the others' statistic."""
    wanted: list[_Metric] = []
    for metric in datasets[0].described.metrics:
        statistic = metric.statistic
        if is_rolled and statistic == RAW:
            statistic = _statistic_of_others(datasets[1:], metric.key)
        wanted.append((metric.key, statistic))
    return wanted


def _statistic_of_others(datasets: Sequence[NamedDataset], key: str) -> str:
    found = (
        metric.statistic
        for dataset in datasets
        for metric in dataset.described.metrics
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


def _column(dataset: NamedDataset, metric: _Metric, *, is_rolled: bool) -> MetricColumn | None:
    key, statistic = metric
    of_key = {each.statistic: each for each in dataset.described.metrics if each.key == key}
    found = of_key.get(statistic)
    return of_key.get(RAW) if found is None and is_rolled else found


def _check_units(datasets: Sequence[NamedDataset], columns: Sequence[MetricColumn]) -> None:
    """Refuse a metric in several units; one that is not known may be any."""
    known = [each for each in zip(datasets, columns, strict=True) if each[1].unit]
    odd = next((each for each in known if each[1].unit != known[0][1].unit), None)
    if odd is not None:
        raise RequestError(
            f"units of {columns[0].key}: expected the same, got {known[0][1].unit} in "
            f"{known[0][0].name} and {odd[1].unit} in {odd[0].name}; load or build one of them anew"
        )


def _nothing_in_common(datasets: Sequence[NamedDataset]) -> str:
    for metric in datasets[0].described.metrics:
        for dataset in datasets[1:]:
            for other in dataset.described.metrics:
                if other.key == metric.key and other.statistic != metric.statistic:
                    return (
                        f"statistics of {metric.key}: expected the same, got {metric.statistic} in "
                        f"{datasets[0].name} and {other.statistic} in {dataset.name}; raw samples "
                        "can be rolled up with --to"
                    )
    listed = (
        f"{', '.join(metric.key for metric in dataset.described.metrics)} in {dataset.name}"
        for dataset in datasets
    )
    return f"metrics: expected one that all have, got {' and '.join(listed)}"


def _left_out(
    datasets: Sequence[NamedDataset],
    columns: Sequence[Mapping[str, MetricColumn]],
    common: Sequence[str],
) -> list[str]:
    left_out = []
    for dataset, of_dataset in zip(datasets, columns, strict=True):
        used = {of_dataset[name].name for name in common}
        left_out += [
            f"{metric.name} of {dataset.name}"
            for metric in dataset.described.metrics
            if metric.name not in used
        ]
    return left_out
