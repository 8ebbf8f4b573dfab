"""Lines of text for monitoring systems: what is said of a server, values, and a moment."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from capgen.dataset.export.formats.form import TEXT_ROWS
from capgen.errors import RequestError
from capgen.handover.handed import Handed
from capgen.handover.tables import NO_ROWS
from capgen.storage.counted import Counted

SERVER = "server_id"
TEXT = "text of the server"  # no column of a panel has a space in its name


def server_texts(
    handed: Handed, names: Mapping[str, str], text_of: Callable[[dict[str, str]], str]
) -> pl.DataFrame:
    """Return what every line of a server begins with: columns server_id and `TEXT`.

    Args:
        handed: the rows that are handed over.
        names: of server_id and the labels at the destination, by column.
        text_of: makes it of the server's labels by these names; those that are empty are absent.
    """
    servers = handed.servers.select(SERVER, *handed.labels)
    texts = [
        text_of({names[column]: value for column, value in row.items() if value})
        for row in servers.to_dicts()
    ]
    return servers.select(SERVER, pl.Series(TEXT, texts))


def text_frames(handed: Handed, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Yield rows in frames that are small enough to become text.

    Args:
        handed: the rows that are handed over.
        columns: the columns in their order.

    Raises:
        RequestError: there is no row.
    """
    is_empty = True
    for frame in handed.frames(columns):
        is_empty = False
        yield from frame.iter_slices(TEXT_ROWS)
    if is_empty:
        raise RequestError(NO_ROWS)


def with_texts(frame: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Return rows with what their servers' lines begin with, as the column `TEXT`.

    Args:
        frame: rows with a column server_id.
        texts: what `server_texts` returns.
    """
    return frame.join(texts, on=SERVER, how="left", maintain_order="left")


def write_words(words: pl.DataFrame, file: Counted) -> None:
    """Write a line for each row: its words as they are, with spaces between.

    Args:
        words: the words in columns.
        file: a file open for writing.
    """
    write_rows(words, file, separator=" ", quote_style="never")


def write_rows(rows: pl.DataFrame, file: Counted, **options: Any) -> None:
    """Write rows as CSV without a header.

    Args:
        rows: the rows.
        file: a file open for writing.
        options: of Polars' `write_csv`.
    """
    lines = io.BytesIO()
    rows.write_csv(lines, include_header=False, **options)
    file.write(lines.getvalue())


def unfit_labels(handed: Handed, pattern: str, expected: str) -> Sequence[str]:
    """Return what is wrong with labels that a format cannot hold, one of each column.

    Args:
        handed: the rows that are handed over.
        pattern: a regular expression of what a label must not contain.
        expected: what it must be, in words.
    """
    names = [SERVER, *handed.labels]
    found = []
    for name in names:
        wrong = handed.servers[name].drop_nulls()
        wrong = wrong.filter(wrong.str.contains(pattern))
        if len(wrong):
            found.append(f"{name}: expected {expected}, got {wrong[0]!r}; leave it out by --where")
    return found
