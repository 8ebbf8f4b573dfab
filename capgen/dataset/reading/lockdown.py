"""Restricts a query to its panel: one statement that reads, and only the panel's files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.errors import CapgenError, RequestError
from capgen.storage.store.errors import reading_reason

_READING = {"SELECT", "EXPLAIN", "MULTI"}  # MULTI: a pivot over values that DuckDB first looks up
# A statement that reads may contain one that writes: `with x as (copy …) from x`. For a SELECT,
# DuckDB returns the syntax tree.
_TREE = "select json_serialize_sql($text::varchar)"
_NODE = re.compile(r'"type":"([A-Z_]+)_NODE"')
_READING_NODES = {"CTE", "RECURSIVE_CTE", "SELECT", "SET_OPERATION"}
# In the other statements, words decide, wherever they stand. DuckDB's tokenizer does not help:
# after a space that is not ASCII it sees a name where the parser sees a keyword.
_WRITING = re.compile(
    r"(?<![a-z_])(copy|create|delete|insert|merge|truncate|update)(?![a-z0-9_])", re.A | re.I
)
_SETTINGS = (
    "set python_enable_replacements = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
)
_REFUSED_FILE = re.compile(r'Cannot access (?:file|directory) "(.*?)" - ', re.DOTALL)
_NO_TABLE = re.compile(r"Table with name (.+?) does not exist", re.DOTALL)
_SYSTEM_ERRORS = ("IO Error", "Out of Memory", "Invalid Error")  # not the query's fault
_CANDIDATES = "Candidate functions:"  # a list of perhaps fifty
_WAY_OUT = "--unsafe lifts that"


def check_encoding(text: str) -> None:
    """Check that a text is one that DuckDB takes.

    Args:
        text: the SQL text.

    Raises:
        RequestError: it holds bytes that are no UTF-8, which Python keeps as surrogates.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        got = text[error.start : error.end]
        raise RequestError(f"SQL: expected text in UTF-8, got {got!r}") from None


def check_statement(text: str) -> None:
    """Check that a text is one statement, and that it only reads.

    Args:
        text: the SQL text.

    Raises:
        RequestError: there is no statement or more than one, or it does not only read.
    """
    try:
        with sql.connect_kept() as parser:
            kinds = [statement.type.name for statement in parser.extract_statements(text)]
            ((tree,),) = parser.execute(_TREE, {"text": text}).fetchall()
    except sql.DatabaseError as error:
        raise refusal(error, "SQL") from None
    if not kinds:
        raise RequestError("SQL: expected one statement that reads, such as select, got none")
    if len(kinds) > 1:
        raise RequestError(f"SQL: expected one statement, got {len(kinds)}; {_WAY_OUT}")
    wrong = _what_writes(kinds[0], text, tree)
    if wrong:
        got = wrong.replace("_", " ").lower()
        raise RequestError(
            f"SQL: expected a statement that reads, such as select, got {got}; {_WAY_OUT}"
        )


def _what_writes(kind: str, text: str, tree: str) -> str | None:
    """Return the part of a statement that does more than read, if there is one."""
    if kind not in _READING:
        return kind
    nodes = set(_NODE.findall(tree))
    if kind == "SELECT" and nodes:
        writing = nodes - _READING_NODES
        return min(writing).removesuffix("_QUERY") if writing else None
    word = _WRITING.search(text)
    return word[0] if word else None


def lock(connection: sql.Connection, files: Sequence[Path]) -> None:
    """Restrict a connection to some files, and hide the Python around it.

    Args:
        connection: a DuckDB connection; it could still write into these files.
        files: the panel's files; none if the panel is made on demand.
    """
    paths = [file["filename"] for file in literal(files)]
    connection.execute("set allowed_paths = $paths", {"paths": paths})
    for setting in _SETTINGS:
        connection.execute(setting)


def refusal(error: Exception, what: str) -> CapgenError:
    """Return an error that says in one line what went wrong with a query, and the way out.

    Args:
        error: the error of DuckDB, or of Arrow that passed it on.
        what: the query's name, such as `--where`.

    Returns:
        A RequestError if the query is wrong, else a CapgenError.
    """
    text = str(error)
    reason = reading_reason(error)
    file = _REFUSED_FILE.search(text)
    table = _NO_TABLE.search(text)
    if reason != text or text.startswith(_SYSTEM_ERRORS):
        return CapgenError(reason)
    if file:
        return RequestError(f"{what}: expected to read only the panel, got {file[1]!r}; {_WAY_OUT}")
    if table:
        name = table[1].strip('"')
        return RequestError(
            f"{what}: there is no table {name!r}; "
            "the table is panel, of the dataset that --data names"
        )
    return RequestError(f"{what}: {text.partition(_CANDIDATES)[0]}")
