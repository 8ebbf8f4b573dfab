"""PostgreSQL: CSV, and the statements that make the table and load it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import polars as pl

from capgen import sql
from capgen.dataset.csv_text import TIMESTAMP
from capgen.handover.database import KEY, TABLE, Database, quoted
from capgen.handover.destination import File
from capgen.handover.handed import Handed
from capgen.handover.lines import text_frames, write_rows
from capgen.storage.counted import Counted

_ROWS = f"{TABLE}.csv"
_IN_UTC = f"{TIMESTAMP}+00"
_TYPES: Mapping[pl.DataType, str] = {
    pl.Datetime("us"): "timestamp with time zone",
    pl.String(): "text",
    pl.Float64(): "double precision",
    pl.Int64(): "bigint",
    pl.Int32(): "integer",
    pl.Int8(): "smallint",
}


class Postgres(Database):
    """CSV without a header; moments have their zone, which is UTC."""

    name = "postgres"
    summary = "PostgreSQL: CSV, and the statements that make the table, comment and load it"
    loading = """\
cd DATA
psql capacity --file load.sql
psql capacity --command "select server_type, avg(cpu_p95) from panel group by 1\""""

    def rows(self, handed: Handed) -> File:
        """Return the rows as CSV."""
        return File(_ROWS, partial(_write, handed))

    def script(self, handed: Handed) -> str:
        """Return one transaction: the table and its rows are there, or neither."""
        return "\n".join(
            [
                r"\set ON_ERROR_STOP on",
                "begin;",
                f"create table {TABLE} (\n{_columns(handed)}\n);",
                *self.after_table(),
                *_comments(handed),
                rf"\copy {TABLE} from '{_ROWS}' with (format csv)",
                "commit;",
                f"analyze {TABLE};",
            ]
        )

    def after_table(self) -> Iterator[str]:
        """Yield statements that come before the rows."""
        yield from ()


DESTINATION = Postgres()


def _write(handed: Handed, file: Counted) -> None:
    for frame in text_frames(handed, handed.columns):
        write_rows(frame, file, datetime_format=_IN_UTC)


def _columns(handed: Handed) -> str:
    schema = handed.described.schema
    lines = [f"    {sql.identifier(name)} {_TYPES[schema[name]]}" for name in handed.columns]
    return ",\n".join([*lines, f"    primary key ({', '.join(KEY)})"])


def _comments(handed: Handed) -> Iterator[str]:
    yield f"comment on table {TABLE} is {quoted(handed.origin['capgen.citation'])};"
    for metric in handed.metrics:
        column = f"{TABLE}.{sql.identifier(metric.name)}"
        yield f"comment on column {column} is {quoted(metric.says)};"
