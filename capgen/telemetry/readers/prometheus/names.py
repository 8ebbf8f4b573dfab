"""What the name of a metric says of it, by the naming rules of Prometheus."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from capgen.telemetry.readers.reader import ReadMetric

DEVICE_LABELS: Final = frozenset(
    {
        *("core", "cpu", "device", "disk", "fstype", "iface", "interface", "mount"),
        *("mountpoint", "nic", "volume"),
    }
)
_UNITS: Final = {
    "bytes": "byte",
    "bits": "bit",
    "seconds": "s",
    "ratio": "fraction",
    "percent": "percent",
    "hertz": "Hz",
}
_RATE = "_per_second"


def is_counter(name: str, counters: Set[str], names: Set[str]) -> bool:
    """Whether a metric only grows.

    Args:
        name: the metric's name.
        counters: names that the exports declare counters, with and without `_total`.
        names: all names of the exports; a histogram's sum and count are counters too.
    """
    family, _, ending = name.rpartition("_")
    of_histogram = ending in {"sum", "count"} and f"{family}_bucket" in names
    return ending == "total" or name in counters or of_histogram


def known_metric(name: str, *, counter: bool) -> ReadMetric:
    """Return what a metric's name says of its unit."""
    plain = name.removesuffix("_total")
    amount = plain.removesuffix(_RATE)
    unit = _UNITS.get(amount.rpartition("_")[2])
    if amount != plain:
        return ReadMetric(key=name, unit=None if unit is None else f"{unit}/s")
    if counter:
        rate = None if unit is None else f"{unit}/s"
        return ReadMetric(key=name, unit=rate, kind="counter")
    return ReadMetric(key=name, unit=unit)
