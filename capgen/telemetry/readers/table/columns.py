"""Which columns of a table hold what: as the mapping says, or by their usual names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from capgen.config.suggest import nearest
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.mapping import Mapping

_SERVERS = ("server_id", "server", "host", "hostname", "instance", "machine_id", "machine", "node")
_TIMES = ("timestamp", "time", "datetime", "date", "clock", "ts", "_time")


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table that are not metrics.

    Args:
        server: the column with servers; None where the file's name or the mapping says it.
        time: the column with times; None where rows are counted.
        labels: columns of labels, by label.
        guesses: columns that were found by their names.
    """

    server: str | None
    time: str | None
    labels: dict[str, str]
    guesses: tuple[AccountLine, ...]

    @property
    def names(self) -> set[str]:
        """The names of these columns."""
        return {name for name in (self.server, self.time, *self.labels.values()) if name}


def columns_of(mapping: Mapping, known: Sequence[str]) -> TableColumns:
    """Return the columns of a table that are not metrics.

    Args:
        mapping: what the user says.
        known: the table's columns.

    Raises:
        RequestError: a column is not there, or nothing says which one it is.
    """
    check_known(_named(mapping), known)
    place = mapping.server
    server = place.column
    if server is None and place.file is None and place.value is None:
        server = _usual("server", _SERVERS, known)
    time = mapping.time.column
    if time is None and mapping.time.origin is not None and mapping.shape == "long":
        raise RequestError(
            "time.origin: expected a wide table, whose rows can be counted, got a long one; set "
            "time.column beside it, or shape"
        )
    if time is None and mapping.time.origin is None:
        time = _usual("time", _TIMES, known)
    guesses = [
        _guess(what, column)
        for what, column, given in (
            ("server", server, place.column),
            ("time", time, mapping.time.column),
        )
        if column is not None and given is None
    ]
    labels = {key: label.column for key, label in mapping.labels.items() if label.column}
    return TableColumns(server, time, labels, tuple(guesses))


def check_known(names: Iterable[tuple[str, str]], known: Sequence[str]) -> None:
    """Check that columns are there.

    Args:
        names: keys of the mapping, each with the column that it names.
        known: the table's columns.

    Raises:
        RequestError: one is not.
    """
    for key, name in names:
        if name not in known:
            hint = nearest(name, known) or f"; the columns are {', '.join(known)[:300]}"
            raise RequestError(f"{key}: expected a column of the exports, got {name!r}{hint}")


def _named(mapping: Mapping) -> Iterable[tuple[str, str]]:
    places = {"server.column": mapping.server.column, "time.column": mapping.time.column}
    places |= {f"labels.{key}.column": label.column for key, label in mapping.labels.items()}
    for key, metric in mapping.metrics.items():
        places[f"metrics.{key}.column"] = metric.column
        places[f"metrics.{key}.samples"] = metric.samples
        places |= {f"metrics.{key}.over": name for name in metric.over}
        places |= {f"metrics.{key}.where.{name}": name for name in metric.where}
    if mapping.shape == "long":
        places["long.name"] = mapping.long.name
        if not mapping.metrics or any(metric.column is None for metric in mapping.metrics.values()):
            places["long.value"] = mapping.long.value
    return [(key, name) for key, name in places.items() if name is not None]


def _usual(what: str, usual: Sequence[str], known: Sequence[str]) -> str:
    by_name = {name.lower(): name for name in reversed(known)}
    found = next((by_name[name] for name in usual if name in by_name), None)
    if found is None:
        others = "server.file or server.value" if what == "server" else "time.origin and time.step"
        raise RequestError(
            f"{what}: expected a column such as {usual[0]}, got {', '.join(known)[:300]}; which "
            f"one is it? Set {what}.column, or {others}"
        )
    return found


def _guess(what: str, column: str) -> AccountLine:
    says = f"took the column {column!r} by its name"
    return AccountLine(name=f"{what}_column", about="", count=0, says=says)
