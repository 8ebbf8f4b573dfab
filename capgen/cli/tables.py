"""Prints tables as wide as they are, where no terminal limits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDTH_OF_FILES = 300  # characters


def wide_console() -> Console:
    """Return what prints tables on standard output."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH_OF_FILES
    return console


def print_table(table: Table) -> None:
    """Print a table on standard output.

    Args:
        table: the table.
    """
    wide_console().print(table)
