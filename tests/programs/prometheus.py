"""Prometheus: promtool makes blocks, and a server answers."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.programs import Samples, fetched, free_port, loading_of, run, serving

IS_HERE = all(map(shutil.which, ("promtool", "prometheus")))
_MOST_POINTS = 10_000  # of a series in one answer


def loaded(
    file: Path, folder: Path, names: Mapping[str, str], span: tuple[int, int], step: int
) -> tuple[Samples, list[dict[str, str]]]:
    """Load a file as its destination says; return samples by column, and labels of the series.

    Args:
        file: OpenMetrics text.
        folder: to work in.
        names: columns, by the names of metrics.
        span: the first and the last second.
        step: seconds.
    """
    blocks, server, ask = loading_of("prometheus", file)
    run(blocks, folder)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [*shlex.split(server), f"--web.listen-address=127.0.0.1:{port}"]
    with serving(command, folder, f"{address}/-/ready"):
        assert '"success"' in run(ask.replace("localhost:9090", f"127.0.0.1:{port}"), folder)
        series = [part for name in names for part in _series(address, name, span, step)]
    found: Samples = {}
    for part in series:
        key = (names[part["metric"]["__name__"]], part["metric"]["instance"])
        found.setdefault(key, []).extend((at, float(text)) for at, text in part["values"])
    return found, [part["metric"] for part in series]


def _series(address: str, name: str, span: tuple[int, int], step: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(span[0], span[1] + 1, step * _MOST_POINTS):
        end = min(span[1], start + step * (_MOST_POINTS - 1))
        asked = urlencode({"query": name, "start": start, "end": end, "step": step})
        answer = json.loads(fetched(f"{address}/api/v1/query_range?{asked}"))
        found += answer["data"]["result"]
    return found
