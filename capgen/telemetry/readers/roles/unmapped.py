"""The roles of series where nobody says which metrics to take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from capgen.telemetry.readers.mapping_types import How
from capgen.telemetry.readers.reader import ReadMetric, keys_of
from capgen.telemetry.readers.roles.series import Roles, Series, guess, some, value_of

_SHARES = {"percent", "fraction"}


def take_all(
    series: Sequence[Series], label: str | None, device_labels: Set[str], roles: Roles
) -> None:
    """Take all series, each name as a metric.

    Args:
        series: all that have a server.
        label: the label that names the server.
        device_labels: labels that tell a server's devices apart.
        roles: what is taken is added here.
    """
    by_name: dict[tuple[str, str | None], list[Series]] = defaultdict(list)
    for one in series:
        by_name[one.name, one.statistic].append(one)
    bases: dict[str, str] = {}
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for members in by_name.values():
        bases |= _take_name(members, label, device_labels, roles, told)
    roles.guesses += [guess(word, some(names), says) for (word, says), names in told.items()]
    keys = keys_of(bases.values())
    for text, base in bases.items():
        roles.metrics[text] = replace(roles.metrics[text], key=keys[base])


def _take_name(
    members: Sequence[Series],
    label: str | None,
    device_labels: Set[str],
    roles: Roles,
    told: dict[tuple[str, str], list[str]],
) -> dict[str, str]:
    """Take the series of one name; returns the name that makes the key, by series."""
    varying = _varying(members, label)
    devices = [name for name in varying if name in device_labels]
    apart = [name for name in varying if name not in device_labels]
    how = _how(members[0].known) if devices else None
    bases: dict[str, str] = {}
    for one in members:
        base = " ".join(
            [one.name, *(f"{name}={one.labels[name]}" for name in apart if name in one.labels)]
        )
        text = f"{base} {one.statistic}" if one.statistic else base
        bases[text] = base
        roles.metrics[text] = replace(one.known, over=how)
        device = ", ".join(one.labels.get(name, "") for name in devices) or None
        roles.rows.append((one.id, text, value_of(one, label), device))
    for line in _guesses(devices, apart, how):
        told[line].append(members[0].name)
    return bases


def _guesses(
    devices: Sequence[str], apart: Sequence[str], how: How | None
) -> Iterator[tuple[str, str]]:
    if devices:
        yield (
            "devices",
            f"a server has several series that differ in {', '.join(devices)}: its devices, "
            f"joined by {how}; set it with over",
        )
    if apart:
        yield (
            "labels",
            f"a server has several series that differ in {', '.join(apart)}: metrics of their "
            f"own; choose with where",
        )


def _varying(members: Sequence[Series], label: str | None) -> list[str]:
    """Return the labels in which a server's series differ."""
    values: dict[tuple[str | None, str], set[str | None]] = defaultdict(set)
    names = {name for one in members for name in one.labels} - {label}
    for one in members:
        server = value_of(one, label)
        for name in names:
            values[server, name].add(one.labels.get(name))
    return sorted({name for (_, name), found in values.items() if len(found) > 1})


def _how(known: ReadMetric) -> How:
    if known.over is not None:
        return known.over
    return "mean" if known.unit in _SHARES else "sum"
