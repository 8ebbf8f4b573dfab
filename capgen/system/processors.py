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
    """Yield the processors that each control group of this process allows, where it has a quota."""
    for line in _lines(_OWN_CONTROL_GROUPS):
        _, controllers, path = line.split(":", 2)
        # A container may see its own group as the root, whatever this path says.
        groups = [Path(path.lstrip("/")), *Path(path.lstrip("/")).parents]
        if not controllers:
            yield from _shares(_unified_quotas(groups))
        elif "cpu" in controllers.split(","):
            yield from _shares(_quotas_of_controller(_CONTROL_GROUPS / controllers, groups))


def _unified_quotas(groups: list[Path]) -> Iterator[list[str]]:
    for group in groups:
        for line in _lines(_CONTROL_GROUPS / group / "cpu.max"):
            yield line.split()


def _quotas_of_controller(root: Path, groups: list[Path]) -> Iterator[list[str]]:
    for group in groups:
        folder = root / group
        yield [*_lines(folder / "cpu.cfs_quota_us"), *_lines(folder / "cpu.cfs_period_us")]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _shares(quotas: Iterable[list[str]]) -> Iterator[float]:
    """Yield the quotas that are two numbers, quota and period, as numbers of processors."""
    for words in quotas:
        with contextlib.suppress(ValueError):
            quota, period = map(int, words)
            if quota > 0:
                yield quota / period
