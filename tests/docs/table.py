"""Tables of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_PIPE = r"\|"  # a bare one would begin another column
_TAG = r"\<"  # a bare one would begin a tag of HTML


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    Args:
        heads: of the columns.
        rows: a text for each column.
    """
    return "\n".join(map(_line, [heads, ["---"] * len(heads), *rows]))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', _PIPE).replace('<', _TAG) for cell in cells)} |"


def code(text: str) -> str:
    """Return a text as code; nothing for none.

    Args:
        text: one line.
    """
    return f"`{text}`" if text else ""
