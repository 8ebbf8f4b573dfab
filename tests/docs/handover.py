"""The programs that a dataset is handed over to: a table, and how each loads it."""

from __future__ import annotations

from capgen.handover.destination import Destination
from capgen.handover.destinations import destinations
from tests.docs.table import code, table

_FENCES = {"python": "py", "sh": "bash"}  # not the names of code that every test run executes


def destination_table() -> str:
    """Return each destination: its name, what it is for, and what is written."""
    rows = ([code(each.name), each.summary, _place(each)] for each in destinations())
    return table(["name", "for", "what is written"], rows)


def destination_loading() -> str:
    """Return how each destination loads what is written."""
    return "\n\n".join(map(_loading, destinations()))


def _place(destination: Destination) -> str:
    if destination.endings:
        return ", ".join(map(code, destination.endings))
    return f"folder of {' or '.join(destination.forms)}" if destination.forms else "folder"


def _loading(destination: Destination) -> str:
    fence = _FENCES[destination.language]
    return f"`{destination.name}`\n\n```{fence}\n{destination.loading}\n```"
