"""ClickHouse: Parquet, and the statements that make the table and load it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl

from capgen.columns import AFTER_METRICS
from capgen.handover.database import KEY, TABLE, Database, quoted
from capgen.handover.destination import File
from capgen.handover.handed import Handed
from capgen.handover.tables import write_table

_ROWS = f"{TABLE}.parquet"
_TYPES: Mapping[pl.DataType, str] = {
    pl.Datetime("us"): "DateTime('UTC')",
    pl.String(): "String",
    pl.Float64(): "Float64",
    pl.Int64(): "Int64",
    pl.Int32(): "Int32",
    pl.Int8(): "Int8",
}


class ClickHouse(Database):
    """Parquet, sorted as the table is: by server and timestamp."""

    name = "clickhouse"
    summary = "ClickHouse: Parquet, and the statements that make the table, comment and load it"
    forms = ("parquet",)
    loading = """\
cd DATA
clickhouse-client --multiquery < load.sql
clickhouse-client --query "select server_type, avg(cpu_p95) from panel group by 1\""""

    def rows(self, handed: Handed) -> File:
        """Return the rows as Parquet."""
        return File(_ROWS, partial(write_table, handed, handed.frames(handed.columns)))

    def script(self, handed: Handed) -> str:
        """Return the table's definition, and the statement that loads it."""
        columns = ",\n".join(_column(handed, name) for name in handed.columns)
        return (
            f"create table {TABLE} (\n{columns}\n)\n"
            f"engine = MergeTree partition by toYear(timestamp) order by ({', '.join(KEY)})\n"
            f"comment {_literal(handed.origin['capgen.citation'])};\n"
            f"insert into {TABLE} from infile '{_ROWS}' format Parquet;"
        )


DESTINATION = ClickHouse()


def _column(handed: Handed, name: str) -> str:
    kind = _TYPES[handed.described.schema[name]]
    is_label = name in handed.labels
    if name not in (*KEY, *(set(AFTER_METRICS) - set(handed.described.labels))):
        kind = f"Nullable({kind})"
    if name == "server_id" or is_label:
        kind = f"LowCardinality({kind})"
    says = handed.described.comments.get(name)
    comment = f" comment {_literal(says)}" if says else ""
    return f"    {_identifier(name)} {kind}{comment}"


def _literal(text: str) -> str:
    return quoted(text.replace("\\", r"\\"))


def _identifier(name: str) -> str:
    escaped = name.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
