"""Fingerprints of servers' columns: equal where every bit is, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import xxhash

from capgen import sql
from capgen.columns import SERVER_COLUMNS
from capgen.config import Config
from capgen.panel.fleet import fleet_frame
from capgen.panel.scanning import frames
from capgen.panel.schema import panel_schema
from capgen.quality.sample import servers_an_archetype

_NOTHING = "panel.nothing"
_KEYS = ("server_id", "timestamp")
Fingerprints = dict[str, dict[str, Any]]  # by server, then by column


def ids_to_remake(config: Config, most_rows: int | None) -> list[str]:
    """Return the servers to remake: all of a small panel, some of a large one.

    Of a large panel those are taken whose ids have the smallest hashes.

    Args:
        config: the configuration that the data was made from.
        most_rows: how many rows to remake, unless a few servers have more; None for all.
    """
    fleet = fleet_frame(config)
    archetypes = fleet["server_type"].n_unique()
    steps = config.axis.span.size
    most = servers_an_archetype(fleet.height, archetypes, steps, most_rows)
    by_type = fleet.partition_by("server_type", maintain_order=True)
    return [name for servers in by_type for name in sorted(servers["server_id"], key=_hash)[:most]]


def _hash(name: str) -> int:
    return xxhash.xxh3_64_intdigest(name.encode())


def of_data(
    connection: sql.Connection, config: Config, ids: Sequence[str], columns: Sequence[str]
) -> Fingerprints:
    """Return the fingerprints of the data.

    Args:
        connection: a connection with the view `panel`.
        config: the configuration that the data was made from.
        ids: servers to look at.
        columns: columns to look at, without labels, which need no fingerprint.

    Returns:
        Of each server that has rows; where all are looked at, of strange ones too.
    """
    if _are_all(ids, config):
        return _fingerprints(connection, config, columns, "panel")
    connection.register("remade_ids", pl.DataFrame({"server_id": list(ids)}))
    sql.view_query(connection, "rows_to_remade", "checks/rows_to_remade")
    return _fingerprints(connection, config, columns, "rows_to_remade")


def of_remade(
    connection: sql.Connection, config: Config, ids: Sequence[str], columns: Sequence[str]
) -> Fingerprints:
    """Return the fingerprints of what the configuration says, as `of_data` does.

    Args:
        connection: a connection of DuckDB.
        config: the configuration to make the servers from.
        ids: servers to make.
        columns: columns to make.
    """
    wanted = None if _are_all(ids, config) else pl.col("server_id").is_in(list(ids))
    pieces = frames(config, [*_KEYS, *columns], wanted)
    empty = next(pieces).to_arrow().schema
    batches = (batch for piece in pieces for batch in piece.to_arrow().to_batches())
    connection.register("made", pa.RecordBatchReader.from_batches(empty, batches))
    try:
        return _fingerprints(connection, config, columns, "made")
    finally:
        connection.unregister("made")


def _are_all(ids: Sequence[str], config: Config) -> bool:
    return len(ids) == config.num_servers


def _fingerprints(
    connection: sql.Connection, config: Config, columns: Sequence[str], rows: str
) -> Fingerprints:
    schema = panel_schema(config)
    numbers = [name for name in columns if schema[name] == pl.Float64]
    others = [name for name in columns if name not in numbers]
    parameters = {"numbers": numbers or [_NOTHING], "others": others or [_NOTHING], "rows": rows}
    found = sql.fetch_rows(connection, "checks/fingerprints", parameters)
    return {row["server_id"]: row for row in found}


def columns_of(config: Config) -> list[str]:
    """Return the columns that fingerprints are taken of: all but keys and labels.

    Args:
        config: the panel's configuration.
    """
    return [name for name in panel_schema(config).names() if name not in {*_KEYS, *SERVER_COLUMNS}]
