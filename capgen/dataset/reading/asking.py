"""Asks a panel, written or not, in SQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl

from capgen.config import Config, load_config
from capgen.dataset.reading.connecting import connect
from capgen.dataset.reading.lockdown import check_statement, refusal
from capgen.errors import CapgenError, RequestError
from capgen.sql import DatabaseError


def query(
    sql: str,
    data: str | os.PathLike[str] | None = None,
    *,
    config: Config | None = None,
    unsafe: bool = False,
) -> pl.DataFrame:
    """Ask a panel in SQL.

    Args:
        sql: one statement that reads `panel`; the calendar macros, such as eoq_factor(timestamp),
            are there too.
        data: the dataset to ask.
        config: whose panel to ask, which is made as the query needs it and never written; the one
            that the environment and the defaults give without it.
        unsafe: allow any statement, and any number: they may read and write files.

    Returns:
        The rows of the answer.

    Raises:
        RequestError: both data and config are given, the folder is no dataset, or the statement is
            wrong, or does more than read the panel.
        CapgenError: a file cannot be read.
    """
    if data is not None and config is not None:
        raise RequestError("data: a dataset has its own configuration; leave out config")
    source = data if data is not None else config or load_config()
    with ask(sql, source, unsafe=unsafe) as relation:
        return pl.DataFrame() if relation is None else relation.pl()


@contextmanager
def ask(
    text: str, source: Config | str | os.PathLike[str], *, unsafe: bool = False
) -> Iterator[Any]:
    """Ask a panel in SQL, for an answer that may be larger than memory.

    Args:
        text: as in `query`.
        source: as in `connect`.
        unsafe: as in `query`.

    Yields:
        A relation of DuckDB, to be read before the block ends; None where the last statement
        returns no rows.

    Raises:
        RequestError: as in `query`; also from within the block, where reading fails.
        CapgenError: as in `query`.
    """
    if not unsafe:
        check_statement(text)
    with connect(source, locked=not unsafe) as connection:
        try:
            yield connection.sql(text)
        except DatabaseError as error:
            refused = refusal(error, "SQL")
            if isinstance(refused, RequestError):
                raise refused from None
            # What any statement reads may lie anywhere; else it is the dataset.
            place = "SQL" if unsafe or isinstance(source, Config) else source
            raise CapgenError(f"{place}: {refused}") from None
