"""A check at a glance: what a notebook shows of it, whatever the number of its rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

_MOST_LINES = 16
_WIDEST = 100  # characters
_REST = "every measurement is in .rules"


class Line(NamedTuple):
    """What is said of a rule.

    Args:
        name: the rule's name.
        verdict: how it came out.
        why: why it came out so.
    """

    name: str
    verdict: str
    why: str


def text_of(heading: str, lines: Sequence[Line]) -> str:
    """Return a heading and a line for each rule, which fit a screen.

    Args:
        heading: the outcome as a whole.
        lines: the rules' lines, the most telling first.
    """
    shown = list(_first(lines))
    width = max((len(each.name) for each in shown), default=0)
    texts = [_cut(f"  {verdict:12}  {name:{width}}  {why}") for name, verdict, why in shown]
    return "\n".join([heading, *texts, _REST])


def page_of(heading: str, lines: Sequence[Line]) -> str:
    """Return the same as HTML.

    Args:
        heading: the outcome as a whole.
        lines: the rules' lines, the most telling first.
    """
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{verdict}</td><td>{escape(_cut(why))}</td></tr>"
        for name, verdict, why in _first(lines)
    )
    return f"<table><caption>{escape(heading)}</caption>{rows}</table>"


def _first(lines: Sequence[Line]) -> Iterator[Line]:
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield Line("…", f"{len(lines) - _MOST_LINES} more", "")


def _cut(text: str) -> str:
    return text.rstrip() if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
