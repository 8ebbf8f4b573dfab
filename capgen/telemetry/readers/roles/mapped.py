"""The roles of series by a mapping with metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.places import MetricPlace
from capgen.telemetry.readers.reader import described
from capgen.telemetry.readers.roles.series import Roles, Series, some, value_of


def take_mapped(
    series: Sequence[Series], mapping: Mapping, label: str | None, roles: Roles
) -> None:
    """Take the series that the mapping's metrics name.

    Args:
        series: all that have a server.
        mapping: what the user says.
        label: the label that names the server.
        roles: what is taken is added here.

    Raises:
        RequestError: a metric has no series, or several for one device.
    """
    names = {one.name for one in series}
    used: set[str] = set()
    for key, place in mapping.metrics.items():
        fitting = [one for one in series if _fits(one, key, place, names)]
        if not fitting:
            raise RequestError(
                f"metrics.{key}: expected series of the exports, got none with the name "
                f"{place.name or place.column or key!r}"
                f"{f' and {dict(place.where)}' if place.where else ''}; "
                f"the exports have {some(sorted(names))}"
            )
        device = next(iter(place.over), None)
        _check_apart(key, fitting, label, device)
        used.update(one.id for one in fitting)
        roles.metrics[key] = described(place, key, fitting[0].known)
        roles.rows += [
            (one.id, key, value_of(one, label), value_of(one, device)) for one in fitting
        ]
    left = len({one.id for one in series} - used)
    if left:
        says = "series that the mapping names in none of its metrics; left out"
        roles.notes.append(AccountLine(name="series", about="", count=left, says=says))


def _fits(one: Series, key: str, place: MetricPlace, names: Set[str]) -> bool:
    wanted = place.name or place.column or (key if key in names or len(names) > 1 else one.name)
    return (
        one.name == wanted
        and (None in (place.statistic, one.statistic) or place.statistic == one.statistic)
        and all(one.labels.get(name) == value for name, value in place.where.items())
    )


def _check_apart(key: str, series: Sequence[Series], label: str | None, device: str | None) -> None:
    """Refuse several series for one device of a server: nobody says how to join them."""
    together: dict[tuple[str | None, ...], dict[object, Series]] = defaultdict(dict)
    for one in series:
        place = (value_of(one, label), value_of(one, device))
        together[place][(one.statistic, frozenset(one.labels.items()))] = one
    for (server, _), found in together.items():
        if len(found) > 1:
            raise RequestError(
                f"metrics.{key}: expected one series a server, or a device of it, got "
                f"{len(found)} of {server or 'one server'} that differ in "
                f"{_differences(found.values())}; which is it? Say where or statistic, or "
                f"over: {{LABEL: sum}} to join them"
            )


def _differences(series: Iterable[Series]) -> str:
    values: dict[str, set[str]] = defaultdict(set)
    all_series = list(series)
    for name in {name for one in all_series for name in one.labels}:
        values[name] = {one.labels.get(name, "") for one in all_series}
    values["statistic"] = {one.statistic or "" for one in all_series}
    parts = [f"{name} ({some(sorted(found))})" for name, found in values.items() if len(found) > 1]
    return ", ".join(sorted(parts))
