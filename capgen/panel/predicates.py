"""Takes predicates apart, to tell from some columns which rows need not be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl


def conditions(predicate: pl.Expr | None) -> Iterator[pl.Expr]:
    """Yield conditions that must all hold where a predicate does.

    Args:
        predicate: any predicate; None has no conditions.
    """
    if predicate is None:
        return
    parts = predicate.meta.pop()
    if len(parts) == 2:
        for left, right in (parts, parts[::-1]):
            if (left & right).meta.eq(predicate):
                yield from conditions(left)
                yield from conditions(right)
                return
    yield predicate


def uses_only(condition: pl.Expr, columns: Sequence[str]) -> bool:
    """Tell whether a condition uses some of these columns, and no others.

    A constant does not: it uses none, and gives no row of its own.

    Args:
        condition: one of `conditions`.
        columns: names of the columns.
    """
    used = set(condition.meta.root_names())
    return bool(used) and used <= set(columns)
