"""What a rule of `check` is, and how it is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding
from capgen.quality.statistics import Statistic

EVERY_ROW = "Every row is looked at; nothing may be wrong."
SLOPE = (
    "The values are compared with what the configuration implies with the effect and without it."
)
BESIDE_TWIN = "The panel beside a twin of it."


class Rule(NamedTuple):
    """What a rule says.

    Args:
        name: the rule's name.
        proves: what holds where it passes.
        how: what is done to find out.
        figures: what its measured and expected figures are.
        is_about_rows: whether it judges which rows there are, rather than their values.
    """

    name: str
    proves: str
    how: str
    figures: str
    is_about_rows: bool = False


def effect_rule(name: str, what: str) -> Rule:
    """Return a rule that looks for an effect by its slope.

    Args:
        name: the rule's name.
        what: the effect, in words.
    """
    proves = f"The values show the {what} as configured."
    return Rule(name, proves, SLOPE, f"share of the configured {what}")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One look at the evidence, which says how some rules come out.

    Args:
        rules: those that its findings belong to.
        find: yields findings, and statistics that wait for their limit.
        needs: tells whether the panel and its columns allow the look; it is left out otherwise.
        is_test: whether what it finds shares the chance of a false alarm with all other tests.
    """

    rules: tuple[Rule, ...]
    find: Callable[[Evidence], Iterable[Statistic | Finding]]
    needs: Callable[[Evidence], bool]
    is_test: bool = False


def reads(*columns: str) -> Callable[[Evidence], bool]:
    """Return what tells whether some columns can be read.

    Args:
        columns: their names.
    """
    return lambda evidence: evidence.can_read(columns)


def reads_modelled(*columns: str) -> Callable[[Evidence], bool]:
    """Return what tells whether some columns can be read, and a configuration says what they hold.

    Args:
        columns: their names.
    """
    return lambda evidence: evidence.has_model() and evidence.can_read(columns)


def reads_measured(*columns: str) -> Callable[[Evidence], bool]:
    """Return what tells whether some columns can be read, and stand for themselves.

    Args:
        columns: their names.
    """
    return lambda evidence: not evidence.has_model() and evidence.can_read(columns)
