"""Prints tables as wide as they are: a narrow terminal wraps lines, and cuts no figure short."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDTH_OF_FILES = 300  # characters
_WIDEST = 10_000


def wide_console() -> Console:
    """Return what folds a table's last column at the width of the terminal, on standard output."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH_OF_FILES
    return console


def print_table(table: Table) -> None:
    """Print a table on standard output.

    Args:
        table: the table, none of whose columns folds.
    """
    from rich.console import Console

    Console(width=_WIDEST).print(table, soft_wrap=True)
