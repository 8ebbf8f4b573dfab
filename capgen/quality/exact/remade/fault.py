"""Faults: the same thing wrong with some columns of some servers, and how many are put together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

_MOST_FAULTS = 10
_IN_SOME_ROWS = "in some rows"


@dataclass(frozen=True, slots=True)
class Fault:
    """The same thing wrong with some columns of some servers.

    Args:
        servers: the servers' ids.
        columns: the columns' names; none where rows are missing or too many.
        told: what was done, in words.
        where: in which rows it was done, in words.
    """

    servers: tuple[str, ...]
    columns: tuple[str, ...]
    told: str
    where: str = ""

    @property
    def text(self) -> str:
        """What is wrong, without the servers."""
        return " ".join(filter(None, [", ".join(self.columns), self.told, self.where]))


def gathered(faults: Iterable[Fault]) -> list[Fault]:
    """Put together what was done to the same columns of several servers.

    Where that leaves many faults, what was done is put together whatever the columns.

    Args:
        faults: faults of one server each.

    Returns:
        Faults in order of first appearance.
    """
    by_columns = gathered_by(faults, lambda fault: (fault.told, fault.columns))
    if len(by_columns) <= _MOST_FAULTS:
        return by_columns
    return gathered_by(by_columns, lambda fault: fault.told)


def gathered_by(faults: Iterable[Fault], key: Callable[[Fault], Hashable]) -> list[Fault]:
    """Put together faults of the same key.

    Args:
        faults: faults in which the same was done where their keys are equal.
        key: returns what faults must share to be put together.

    Returns:
        Faults in order of first appearance.
    """
    groups: dict[Hashable, list[Fault]] = {}
    for fault in faults:
        groups.setdefault(key(fault), []).append(fault)
    return [_together(group) for group in groups.values()]


def _together(group: list[Fault]) -> Fault:
    places = {fault.where for fault in group}
    return Fault(
        tuple(dict.fromkeys(server for fault in group for server in fault.servers)),
        tuple(dict.fromkeys(column for fault in group for column in fault.columns)),
        group[0].told,
        group[0].where if len(places) == 1 else _IN_SOME_ROWS,
    )
