"""What follows numbers in cells: the units that Grafana writes behind formatted values."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from capgen.errors import CapgenError
from capgen.telemetry.readers.units import conversion, known_unit

_SPELLINGS: Final = {
    "%": "percent",
    "µs": "us",
    "μs": "us",
    "B": "byte",
    "b": "bit",
    "Bps": "byte/s",
    "bps": "bit/s",
}
# Short scale of plain numbers, and times longer than a second, with what one of each is.
_SCALES: Final = {
    "": {
        "": Fraction(1),
        "K": Fraction(10**3),
        "k": Fraction(10**3),
        "Mil": Fraction(10**6),
        "Bil": Fraction(10**9),
        "Tri": Fraction(10**12),
    },
    "s": {
        "ns": Fraction(1, 10**9),
        "us": Fraction(1, 10**6),
        "ms": Fraction(1, 10**3),
        "s": Fraction(1),
        "min": Fraction(60),
        "mins": Fraction(60),
        "hour": Fraction(3600),
        "hours": Fraction(3600),
        "day": Fraction(86400),
        "days": Fraction(86400),
    },
}
NO_NUMBER: Final = "?"  # stands for what follows no number
_LONGEST = 20


def unit_and_factors(suffixes: Iterable[str], about: str) -> tuple[str | None, dict[str, float]]:
    """Return the unit of a column, and what values with each suffix are multiplied by.

    Args:
        suffixes: what follows the numbers of the column.
        about: the file and column, for messages.

    Raises:
        CapgenError: the suffixes are not of one kind.
    """
    found = sorted(set(suffixes) - {NO_NUMBER})
    if len(found) < 2:
        return _single("".join(found)), {"".join(found): 1.0}
    words = {suffix: _SPELLINGS.get(suffix, suffix) for suffix in found}
    for unit, scale in _SCALES.items():
        if all(word in scale for word in words.values()):
            return unit or None, {one: float(scale[word]) for one, word in words.items()}
    base = _base(words.values())
    if base is None:
        shown = ", ".join(repr(one) for one in found[:5])
        raise CapgenError(
            f"{about}: expected values with units of one kind, got {shown}; export it again with "
            f"Formatted data switched off"
        )
    return base, {one: float(conversion(word, base, 1)) for one, word in words.items()}


def _single(suffix: str) -> str | None:
    if suffix in _SCALES[""] or len(suffix) > _LONGEST:
        return None
    return _SPELLINGS.get(suffix, suffix)


def _base(words: Iterable[str]) -> str | None:
    """Return the unit without a prefix that all words are of; None where there is none."""
    all_words = list(words)
    units = [known_unit(word) for word in all_words]
    if any(unit is None for unit in units):
        return None
    kinds = {(unit.measure, unit.per is None) for unit in units if unit is not None}
    if len(kinds) != 1:
        return None
    ((measure, is_plain),) = kinds
    of_bits = all("b" in word and "B" not in word and "byte" not in word for word in all_words)
    data = "bit" if of_bits else "byte"
    plain = {"data": data, "frequency": "Hz", "share": "percent", "time": "s"}[measure]
    return plain if is_plain else f"{plain}/s"
