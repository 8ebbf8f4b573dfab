"""How many processors there are to use."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_OWN_CONTROL_GROUPS = Path("/proc/self/cgroup")


def processors() -> int:
    """Return how many processors this process may use: those it is bound to, within its quota."""
    if hasattr(os, "process_cpu_count"):
        count = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count()
    return max(1, min([count or 1, *map(math.ceil, _quotas())]))


def _quotas() -> Iterator[float]:
    """Yield how many processors each control group of this process allows that allows some only."""
    for line in _lines(_OWN_CONTROL_GROUPS):
        _, controllers, path = line.split(":", 2)
        # A container may see its own group as the root, whatever path it is told.
        groups = [Path(path.lstrip("/")), *Path(path.lstrip("/")).parents]
        if not controllers:
            quotas = [_lines(_CONTROL_GROUPS / group / "cpu.max") for group in groups]
            yield from _shares(line.split() for lines in quotas for line in lines)
        elif "cpu" in controllers.split(","):
            root = _CONTROL_GROUPS / controllers
            names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            quotas = [
                [*_lines(root / group / names[0]), *_lines(root / group / names[1])]
                for group in groups
            ]
            yield from _shares(quotas)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _shares(quotas: Iterable[list[str]]) -> Iterator[float]:
    """Yield the quotas, each of two words, as numbers of processors; others are none."""
    for words in quotas:
        with contextlib.suppress(ValueError):
            quota, period = map(int, words)
            if quota > 0:
                yield quota / period
