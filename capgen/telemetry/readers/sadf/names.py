"""What the columns of sadf are: names, units, statistics, devices."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from capgen.settings.statistic import MEAN, RAW
from capgen.telemetry.readers.mapping_types import How
from capgen.telemetry.readers.reader import ReadMetric
from capgen.telemetry.readers.roles.series import Series

SEPARATOR: Final = "\x1f"
# Rows that stand for all others of their kind: all CPUs, all interrupts.
OF_ALL: Final = frozenset({"-1", "all", "sum"})
_TEXTS = {"device", "manufact", "product", "idvendor", "idprod", "line"}
# What sar reads at the end of an interval; all else is a mean over it.
_SAMPLED = re.compile(
    r"(kb|MB|mem|swp|hug|%mem|%swp|%huge?|%commit|%fs|%ufs|%?I(free|used)|%?fs|ldavg|runq|plist|"
    r"blocked|dentunusd|file-nr|inode-nr|super-sz|pty-nr|\w*sck|ip6?-frag|tcp-tw|avail|buffers|"
    r"cached|commit|active|inactive|dirty|anonpg|slab|kstack|pgtbl|vmused|%?temp|%?in$|%?rpm)"
)
_RATE = re.compile(r"(/s$|^(rx|tx|r|w|d)kB$)")
_ITEM = re.compile(r"[A-Z]+")


def series_of(identities: Iterable[str]) -> list[Series]:
    """Return the series of rows and of JSON; columns that are text are left out.

    Args:
        identities: host, activity, column and item of rows, or host, keys, the item's key, key and
            item of JSON, with a separator between.
    """
    parts = [(one, one.split(SEPARATOR)) for one in identities]
    return [
        *_series_of_rows([(one, part) for one, part in parts if len(part) == 4]),
        *_series_of_objects([(one, part) for one, part in parts if len(part) == 5]),
    ]


def _series_of_rows(rows: Sequence[tuple[str, list[str]]]) -> list[Series]:
    activities: dict[str, set[str]] = defaultdict(set)
    for _, (_, activity, column, _) in rows:
        if not _ITEM.fullmatch(activity):
            activities[column].add(activity)
    return [
        _series(identity, host, _row_name(activity, column, activities), column, activity, item)
        for identity, (host, activity, column, item) in rows
        if column not in _TEXTS
    ]


def _row_name(activity: str, column: str, activities: dict[str, set[str]]) -> str:
    """Return a column's name, with its device's or, where it has several, its activity's name."""
    is_plain = not _ITEM.fullmatch(activity) and len(activities[column]) == 1
    return column if is_plain else f"{activity}.{column}"


def _series_of_objects(rows: Sequence[tuple[str, list[str]]]) -> list[Series]:
    return [
        _series(identity, host, f"{activity}.{key}", _full_key(activity, key), item_key, item)
        for identity, (host, activity, item_key, key, item) in rows
        if key not in _TEXTS
    ]


def _full_key(activity: str, key: str) -> str:
    """Return a key as a column of rows has it: shares of time say no percent in JSON."""
    return f"%{key}" if activity.startswith(("cpu-load", "psi.")) else key


def _series(identity: str, host: str, name: str, column: str, item_name: str, item: str) -> Series:
    devices = {item_name: item} if item else {}
    unit = _unit(column)
    statistic = RAW if _SAMPLED.match(column) and not _RATE.search(column) else MEAN
    known = ReadMetric(key=name, unit=unit, statistic=statistic, over=_how(column))
    return Series(identity, name, {"host": host, **devices}, known)


def _unit(column: str) -> str | None:
    if column.startswith("%") or column.endswith("percent"):
        return "percent"
    if re.search(r"kB(/s)?$", column):
        return "KiB/s"
    if column.startswith("kb"):
        return "KiB"
    if column.startswith("MBfs"):
        return "MiB"
    return "ms" if column == "await" else None


def _how(column: str) -> How | None:
    """Return how devices are joined where their sum means nothing."""
    if column in {"%util", "util-percent", "%fsused", "%ufsused", "%Iused", "%ifutil"}:
        return "max"
    is_mean = _unit(column) == "percent" or column in {"await", "svctm", "MHz", "frequency"}
    return "mean" if is_mean or column.endswith("-sz") else None
