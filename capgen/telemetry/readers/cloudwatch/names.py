"""What CloudWatch's words say: statistics, units, and whose metric it is."""

from __future__ import annotations

import re
from typing import Final

from capgen.settings.statistic import MEAN

SUM: Final = "sum"
SAMPLE_COUNT: Final = "samplecount"
_STATISTICS: Final = {
    "average": MEAN,
    "avg": MEAN,
    "mean": MEAN,
    "maximum": "max",
    "max": "max",
    "minimum": "min",
    "min": "min",
    "sum": SUM,
    "samplecount": SAMPLE_COUNT,
}
_PERCENTILE = re.compile(r"p[1-9][0-9]?")
_WORD = re.compile(r"[A-Za-z0-9]+")
_RESOURCE = re.compile(r"\b(?:i|mi|vol|db|fs|eni|cluster)-[0-9A-Za-z]{8,}\b")
_PREFIXES: Final = {"kilo": "k", "mega": "M", "giga": "G", "tera": "T"}
_UNITS: Final = {
    "percent": "percent",
    "seconds": "s",
    "milliseconds": "ms",
    "microseconds": "us",
    "count": "count",
    "bytes": "byte",
    "bits": "bit",
}


def statistic_in(text: str) -> str | None:
    """Return the statistic that a text names; None where it names none, or several.

    Args:
        text: such as `Average`, `p95`, `CPUUtilization Maximum` or `cpu_avg`.
    """
    for words in (text.split(), _WORD.findall(text.replace("_", " "))):
        found = {one for one in map(_statistic, words) if one is not None}
        if len(found) == 1:
            return found.pop()
    return None


def _statistic(word: str) -> str | None:
    small = word.lower()
    return small if _PERCENTILE.fullmatch(small) else _STATISTICS.get(small)


def unit_of(text: str) -> str | None:
    """Return the unit that CloudWatch calls so; None where it is none.

    Args:
        text: such as `Percent`, `Bytes/Second` or `Megabits`.
    """
    what, _, per = text.lower().partition("/")
    prefix = next((short for word, short in _PREFIXES.items() if what.startswith(word)), "")
    plain = what[4:] if prefix else what
    if plain not in _UNITS or per not in {"", "second"}:
        return None
    return f"{prefix}{_UNITS[plain]}{'/s' if per else ''}"


def resource_in(text: str) -> str | None:
    """Return the one id of an instance, volume or the like that a text has."""
    found = set(_RESOURCE.findall(text))
    return found.pop() if len(found) == 1 else None


def metric_in(label: str, server: str | None) -> str:
    """Return the metric's name in a label: what is left without the server and statistic."""
    words = label.replace(server, " ").split() if server else label.split()
    left = [word for word in words if _statistic(word) is None or len(words) == 1]
    return " ".join(left).strip(" -_/:()[]") or label


def server_in(stem: str, label: str) -> str | None:
    """Return the server that a file's name says: an id, or what is left without the metric.

    Args:
        stem: the file's name without its ending.
        label: the metric's name.
    """
    resource = resource_in(stem)
    if resource is not None:
        return resource
    left = re.sub(re.escape(label), " ", stem, flags=re.IGNORECASE)
    words = [word for word in re.split(r"[\s_.]+|--", left) if word and statistic_in(word) is None]
    return words[0].strip("-") or None if len(words) == 1 else None
