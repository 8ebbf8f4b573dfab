"""VictoriaMetrics: imports CSV by the format that is printed, and exports what it has."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from tests.programs import Samples, fetched, free_port, loading_of, run, serving

IS_HERE = all(map(shutil.which, ("victoria-metrics", "curl")))

_ALL = '{__name__!=""}'


def loaded(data: Path, folder: Path, names: Mapping[str, str]) -> Samples:
    """Load a folder as its destination says; return samples by column.

    Args:
        data: what was handed over.
        folder: to work in.
        names: columns, by the names of metrics.
    """
    server, load, _ = loading_of("victoriametrics", data)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        *shlex.split(server.removesuffix("&")),
        f"-httpListenAddr=127.0.0.1:{port}",
        f"-storageDataPath={folder / 'victoria'}",
    ]
    with serving(command, folder, f"{address}/health"):
        run(f"{load} {address}/api/v1/import/csv", folder)
        fetched(f"{address}/internal/force_flush")
        text = fetched(f"{address}/api/v1/export?{urlencode({'match[]': _ALL})}")
    found: Samples = {}
    for line in text.splitlines():
        part = json.loads(line)
        key = (names[part["metric"]["__name__"]], part["metric"]["instance"])
        stamps = (stamp // 1000 for stamp in part["timestamps"])
        found.setdefault(key, []).extend(zip(stamps, part["values"], strict=True))
    return found
