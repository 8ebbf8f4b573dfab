"""Opens DuckDB with the macros and runs the shipped SQL files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capgen.sql.queries import (
    comment_columns,
    count_rows,
    fetch_rows,
    map_parameter,
    query_batches,
    run_query,
    table_query,
    view_query,
)
from capgen.sql.text import identifier, macro_text, query_text, repeat_lines

if TYPE_CHECKING:
    from capgen.sql.database import (
        CONTENT_ERRORS,
        Connection,
        DatabaseError,
        add_macros,
        connect,
        connect_empty,
        connect_kept,
        open_database,
        open_kept,
    )

__all__ = [
    "CONTENT_ERRORS",
    "Connection",
    "DatabaseError",
    "add_macros",
    "comment_columns",
    "connect",
    "connect_empty",
    "connect_kept",
    "count_rows",
    "fetch_rows",
    "identifier",
    "macro_text",
    "map_parameter",
    "open_database",
    "open_kept",
    "query_batches",
    "query_text",
    "repeat_lines",
    "run_query",
    "table_query",
    "view_query",
]


def __getattr__(name: str) -> Any:
    """Return what needs DuckDB, which takes long to import: many commands can do without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from capgen.sql import database

    return getattr(database, name)
