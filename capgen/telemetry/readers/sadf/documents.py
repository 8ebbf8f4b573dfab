"""JSON of sadf -j: a document for each host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError
from capgen.telemetry.readers.assembly import (
    Export,
)
from capgen.telemetry.readers.json_array import LARGEST_ELEMENT, cut_array
from capgen.telemetry.readers.sadf.views import notes_of, view


def cut_documents(
    connection: sql.Connection, exports: Sequence[Export], notes: list[AccountLine]
) -> list[tuple[str, Export]]:
    """Cut the statistics out of the documents, and note their hosts."""
    parts: list[tuple[str, Export]] = []
    hosts: list[tuple[str, str]] = []
    for export in exports:
        cut = cut_array(connection, export, "statistics")
        host = _host(cut.rest, export)
        hosts.append((cut.filename, str(host["nodename"])))
        parts.append((cut.filename, export))
        restarts, comments = (len(host.get(word) or []) for word in ("restarts", "comments"))
        notes += notes_of(export.name, restarts, comments, 0, 0)
    frame = pl.DataFrame(hosts, schema=["filename", "host"], orient="row")
    connection.from_arrow(frame.to_arrow()).create("sadf_hosts")
    return parts


def _host(document: dict[str, Any], export: Export) -> dict[str, Any]:
    try:
        host = document["sysstat"]["hosts"][0]
        host["nodename"]
    except (KeyError, IndexError, TypeError):
        raise CapgenError(
            f"{export.name}: expected sysstat, hosts and nodename, got a document without; export "
            f"it with sadf -j"
        ) from None
    return dict(host)


def read_documents(connection: sql.Connection, parts: Sequence[tuple[str, Export]]) -> set[bool]:
    """Make the view of samples in JSON; return whether stamps are in UTC."""
    files = [filename for filename, _ in parts]
    view(connection, "sadf_elements", "elements", files=files, largest=LARGEST_ELEMENT)
    view(connection, "sadf_element_samples", "element_samples")
    rows = connection.view("sadf_elements").project("coalesce(utc, '0') = '1'").distinct()
    return {value for (value,) in rows.fetchall()}
