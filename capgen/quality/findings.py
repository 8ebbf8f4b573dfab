"""Findings: what was measured, and how it was judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Verdict(StrEnum):
    """How a rule, or one finding under it, came out."""

    PASS = "pass"  # noqa: S105 (not a password)
    FAIL = "fail"
    NOT_TESTABLE = "not testable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was measured and judged.

    Args:
        rule: the rule it belongs to.
        subject: what was measured, such as `web cpu_p95`; empty where the rule is about the whole
            dataset.
        verdict: how it came out.
        measured: what the data says; None where it says nothing.
        expected: what the configuration implies.
        off: how far the two are apart, in `unit`.
        limit: how far they may be apart, in `unit`.
        unit: unit of `off` and `limit`; `SE` for standard errors.
        note: why it failed or cannot be tested, or what else is worth knowing.
        details: further numbers by name.
        servers: ids of the servers that it is about, if it is about certain servers.
        columns: names of the columns that it is about, if it is about certain columns.
    """

    rule: str
    subject: str
    verdict: Verdict
    measured: float | str | None = None
    expected: float | str | None = None
    off: float | None = None
    limit: float | None = None
    unit: str = ""
    note: str = ""
    details: Mapping[str, float] = field(default_factory=dict)
    servers: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def naming(self, *, servers: Iterable[str] = (), columns: Iterable[str] = ()) -> Finding:
        """Return the same finding with what it is about.

        Args:
            servers: ids of the servers.
            columns: names of the columns.
        """
        return replace(self, servers=tuple(servers), columns=tuple(columns))

    @property
    def severity(self) -> tuple[int, float]:
        """What orders findings from the least to the most telling.

        First the verdict, then how near the limit they came.
        """
        rank = [Verdict.NOT_TESTABLE, Verdict.PASS, Verdict.FAIL].index(self.verdict)
        if self.off is None or self.limit is None:
            return rank, 0.0
        return rank, abs(self.off) / self.limit if self.limit else abs(self.off)


def figure(value: float | str | None) -> str:
    """Return what was measured, or expected, as people read it.

    Args:
        value: of a finding; None where it says nothing.
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,.4g}"


def exact(rule: str, wrong: int, of: int, what: str, note: str = "") -> Finding:
    """Return the finding of a rule that allows nothing wrong.

    Args:
        rule: the rule's name.
        wrong: how many are wrong.
        of: how many there are.
        what: what is counted, in the plural.
        note: what is wrong, shown where something is.
    """
    verdict = Verdict.FAIL if wrong else Verdict.PASS
    measured = f"{wrong:,} of {of:,}"
    return Finding(rule, what, verdict, measured, "0", wrong, 0, what, note if wrong else "")


def exact_values(rule: str, wrong: Mapping[str, int], total: int, what: str) -> Finding:
    """Return the finding of a rule about single values, which names the columns at fault.

    Args:
        rule: its name.
        wrong: how many values are at fault, by column.
        total: of values looked at.
        what: they are called.
    """
    columns = [column for column, count in wrong.items() if count]
    note = ", ".join(f"{column}: {wrong[column]:,}" for column in columns)
    return exact(rule, sum(wrong.values()), total, what, note).naming(columns=columns)


def not_testable(rule: str, why: str, subject: str = "") -> Finding:
    """Return the finding of a rule that the data cannot answer.

    Args:
        rule: the rule's name.
        why: the reason.
        subject: what could not be measured.
    """
    return Finding(rule, subject, Verdict.NOT_TESTABLE, note=why)
