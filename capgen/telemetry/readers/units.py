"""The units that values may be converted between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from capgen.errors import RequestError

_PREFIXES = {
    "": 1,
    "k": 10**3,
    "K": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
}
# What each unit measures, and how many of the measure's own unit it is.
_PLAIN = {
    "percent": ("share", Fraction(1, 100)),
    "fraction": ("share", Fraction(1)),
    "s": ("time", Fraction(1)),
    "ms": ("time", Fraction(1, 10**3)),
    "us": ("time", Fraction(1, 10**6)),
}
_PREFIXED = {"byte": ("data", 8), "bit": ("data", 1), "Hz": ("frequency", 1)}
_SPELLINGS = {
    "%": "percent",
    "B": "byte",
    "bytes": "byte",
    "b": "bit",
    "bits": "bit",
    "bps": "bit/s",
    "Bps": "byte/s",
}
_PER = {"": None, "s": 1, "min": 60, "h": 3600, "step": 0}  # seconds; 0 stands for the step
_FORM = re.compile(r"(?P<what>[A-Za-z%]+)(/(?P<per>s|min|h|step))?")
_NAMED = re.compile(r"(?P<prefix>[kKMGT]i?)?(?P<unit>byte|bytes|B|Bps|bit|bits|b|bps|Hz)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that is known.

    Args:
        measure: what it measures, such as `data` or `share`.
        size: how many of the measure's own units one of it is.
        per: seconds in its denominator; 0 stands for the step, None for no denominator.
    """

    measure: str
    size: Fraction
    per: int | None


def known_unit(text: str) -> Unit | None:
    """Return the unit that a text names; None where it is not known.

    Args:
        text: such as `percent`, `fraction`, `Mbit/s`, `GiB` or `byte/step`; `/step` is for sums
            over the step of the exports.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    what = _SPELLINGS.get(form["what"], form["what"])
    if what in _PLAIN:
        measure, size = _PLAIN[what]
        return Unit(measure, size, _PER[form["per"] or ""])
    named = _NAMED.fullmatch(form["what"])
    if named is None:
        return None
    base, _, rate = _SPELLINGS.get(named["unit"], named["unit"]).partition("/")
    measure, count = _PREFIXED[base]
    size = Fraction(_PREFIXES[named["prefix"] or ""] * count)
    return Unit(measure, size, _PER[form["per"] or rate])


def conversion(unit: str, to: str, step_seconds: int) -> Fraction:
    """Return the number that values are multiplied by.

    Args:
        unit: the unit that values are in.
        to: the unit that is wanted.
        step_seconds: the step of the exports, which `/step` stands for.

    Raises:
        RequestError: one of the units is not known, or they measure different things.
    """
    if unit == to:
        return Fraction(1)
    units = [known_unit(unit), known_unit(to)]
    for text, known in zip((unit, to), units, strict=True):
        if known is None:
            raise RequestError(
                f"unit: expected percent, fraction, or byte, bit, Hz with k, M, G, Ki, Mi or Gi "
                f"before and /s or /step after it, got {text!r}; which of these is it?"
            )
    source, target = units
    assert source is not None
    assert target is not None
    if source.measure != target.measure or (source.per is None) != (target.per is None):
        raise RequestError(f"to: expected a unit that {unit!r} can be converted to, got {to!r}")
    return (source.size / target.size) * (
        _seconds(target, step_seconds) / _seconds(source, step_seconds)
    )


def _seconds(unit: Unit, step_seconds: int) -> Fraction:
    if unit.per is None:
        return Fraction(1)
    return Fraction(unit.per or step_seconds)
