"""Runs SQL queries on a panel, whether it is built or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl

from capgen.config import Config, load_config
from capgen.dataset.reading.connecting import connect
from capgen.dataset.reading.lockdown import check_encoding, check_statement, refusal
from capgen.errors import CapgenError, RequestError
from capgen.sql import DatabaseError
from capgen.system.paths import StrPath


def query(
    sql: str,
    data: StrPath | None = None,
    *,
    config: Config | None = None,
    unsafe: bool = False,
) -> pl.DataFrame:
    """Run a SQL query on a panel.

    Args:
        sql: one statement that reads `panel`; it may use the calendar macros, such as
            eoq_factor(timestamp).
        data: the folder of a dataset to query.
        config: the configuration of a panel to query, which is made on demand and never written;
            by default that of the environment and the defaults.
        unsafe: allow any number of statements of any kind; they may read and write files.

    Returns:
        The rows of the answer.

    Raises:
        RequestError: both data and config are given, the folder is no dataset, or the statement is
            wrong or does more than read the panel.
        CapgenError: a file cannot be read.
    """
    if data is not None and config is not None:
        raise RequestError("data: a dataset has its own configuration; leave out config")
    source = data if data is not None else config or load_config()
    with ask(sql, source, unsafe=unsafe) as relation:
        return pl.DataFrame() if relation is None else relation.pl()


@contextmanager
def ask(text: str, source: Config | StrPath, *, unsafe: bool = False) -> Iterator[Any]:
    """Run a SQL query on a panel, for an answer that may be larger than memory.

    Args:
        text: the statement, as in `query`.
        source: a configuration, or a dataset's folder.
        unsafe: allow any statement, as in `query`.

    Yields:
        A DuckDB relation to read before the block ends; None if the last statement returns no
        rows.

    Raises:
        RequestError: as in `query`; also in place of an error while the block reads rows.
        CapgenError: as in `query`.
    """
    check_encoding(text)
    if not unsafe:
        check_statement(text)
    with connect(source, locked=not unsafe) as connection:
        try:
            yield connection.sql(text)
        except DatabaseError as error:
            refused = refusal(error, "SQL")
            if isinstance(refused, RequestError):
                raise refused from None
            # An unsafe statement may read any file; others read only the dataset.
            place = "SQL" if unsafe or isinstance(source, Config) else source
            raise CapgenError(f"{place}: {refused}") from None
