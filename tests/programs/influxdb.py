"""InfluxDB 1.x: imports line protocol, and answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.programs import Samples, fetched, free_port, loading_of, run, serving

IS_HERE = all(map(shutil.which, ("influxd", "influx")))
_CONFIGURATION = """\
reporting-disabled = true
bind-address = "127.0.0.1:{other}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
"""


def loaded(file: Path, folder: Path, metrics: Sequence[str]) -> tuple[Samples, list[Any]]:
    """Load a file as its destination says; return samples by column, and the tags of series.

    Args:
        file: line protocol.
        folder: to work in.
        metrics: columns.
    """
    load, _, ask = loading_of("influx", file)
    port = free_port()
    words = {"folder": folder / "influx", "port": port, "other": free_port()}
    (folder / "influxdb.conf").write_text(_CONFIGURATION.format(**words))
    command = ["influxd", "-config", str(folder / "influxdb.conf")]
    address = f"http://127.0.0.1:{port}"
    with serving(command, folder, f"{address}/ping"):
        run(load.partition("#")[0].replace("influx -", f"influx -port {port} -"), folder)
        assert "mean" in run(ask.replace("influx -", f"influx -port {port} -"), folder)
        asked = {"db": "capgen", "epoch": "s", "q": "select * from capgen group by *"}
        answer = json.loads(fetched(f"{address}/query?{urlencode(asked)}"))
    series = answer["results"][0]["series"]
    found: Samples = {}
    for part in series:
        for row in part["values"]:
            values = dict(zip(part["columns"], row, strict=True))
            for name in metrics:
                if values.get(name) is not None:
                    key = (name, part["tags"]["host"])
                    found.setdefault(key, []).append((values["time"], float(values[name])))
    return found, [part["tags"] for part in series]
