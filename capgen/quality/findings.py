"""What a check says: findings, the rules they belong to, and the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from capgen.quality.at_a_glance import page_of, text_of


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
        subject: what was measured, such as `web cpu_p95`; empty where the rule is about the whole dataset.
        verdict: how it came out.
        measured: what the data says; None where it says nothing.
        expected: what the configuration implies.
        off: how far the two are apart, in `unit`.
        limit: how far they may be apart, in `unit`.
        unit: of `off` and `limit`; `SE` for standard errors.
        note: why it failed or cannot be tested, or what else is worth knowing.
        details: further numbers by name.
        servers: ids of those that it is about; none where it is not about some servers.
        columns: names of those that it is about; none where it is not about some columns.
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
            servers: ids.
            columns: names.
        """
        return replace(self, servers=tuple(servers), columns=tuple(columns))

    @property
    def severity(self) -> tuple[int, float]:
        """What orders findings from the least to the most telling: the verdict, then how near the limit it came."""
        rank = [Verdict.NOT_TESTABLE, Verdict.PASS, Verdict.FAIL].index(self.verdict)
        if self.off is None or self.limit is None:
            return rank, 0.0
        return rank, abs(self.off) / self.limit if self.limit else abs(self.off)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its findings.

    Args:
        name: of the rule.
        findings: at least one.
    """

    name: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The finding that decides the verdict: a failed one before a passed one, those that say nothing last."""
        return max(self.findings, key=lambda finding: finding.severity)

    @property
    def verdict(self) -> Verdict:
        """Fail where any finding failed, pass where any passed, else not testable."""
        return self.worst.verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """How much of a panel the statistical rules looked at.

    Args:
        servers: that were looked at.
        of_servers: of the panel, as configured.
        rows: of those servers.
        of_rows: in the files.
    """

    servers: int
    of_servers: int
    rows: int
    of_rows: int

    @property
    def sentence(self) -> str:
        """The same in words."""
        servers, rows = (
            f"all {every:,}" if looked_at == every else f"{looked_at:,} of {every:,}"
            for looked_at, every in ((self.servers, self.of_servers), (self.rows, self.of_rows))
        )
        return f"The statistical rules looked at {servers} servers and {rows} rows."


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that is wrong with the data, and the rules that fail by it.

    Args:
        servers: ids of those at fault.
        columns: names of those at fault; none where rows are.
        text: what is wrong.
        rules: names of the rules.
    """

    servers: tuple[str, ...]
    columns: tuple[str, ...]
    text: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check.

    Args:
        folder: the dataset's.
        rules: in the order of the data contract.
        sample: what the statistical rules looked at; None where the schema left nothing to look at.
        causes: what made rules fail, where the evidence says it.
        altered: paths of the files that are not those that the manifest names.
    """

    folder: str
    rules: tuple[Rule, ...]
    sample: Sample | None
    causes: tuple[Cause, ...] = ()
    altered: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no rule failed."""
        return not self.names(Verdict.FAIL)

    def names(self, verdict: Verdict) -> list[str]:
        """Return the names of the rules that came out so.

        Args:
            verdict: the one to look for.
        """
        return [rule.name for rule in self.rules if rule.verdict is verdict]

    @property
    def summary(self) -> str:
        """How many rules there are, and how they came out."""
        verdicts = [str(rule.verdict) for rule in self.rules]
        counts = ", ".join(f"{verdicts.count(each)} {each}" for each in dict.fromkeys(verdicts))
        return f"{len(verdicts)} rule{'' if len(verdicts) == 1 else 's'}: {counts}"

    def __repr__(self) -> str:
        return text_of(self)

    def _repr_html_(self) -> str:
        return page_of(self)


def report_of(folder: str, findings: Iterable[Finding], sample: Sample | None) -> Report:
    """Gather findings by rule, in order of first appearance.

    Args:
        folder: the dataset's.
        findings: all of them.
        sample: as the report has it.
    """
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    return Report(folder, tuple(Rule(name, tuple(found)) for name, found in by_rule.items()), sample)


def exact(rule: str, wrong: int, of: int, what: str, note: str = "") -> Finding:
    """Return the finding of a rule that allows nothing wrong.

    Args:
        rule: its name.
        wrong: how many are wrong.
        of: how many there are.
        what: what is counted, in the plural.
        note: what is wrong, shown where something is.
    """
    verdict = Verdict.FAIL if wrong else Verdict.PASS
    measured = f"{wrong:,} of {of:,}"
    return Finding(rule, what, verdict, measured, "0", wrong, 0, what, note if wrong else "")


def not_testable(rule: str, why: str, subject: str = "") -> Finding:
    """Return the finding of a rule that the data cannot answer.

    Args:
        rule: its name.
        why: the reason.
        subject: what could not be measured.
    """
    return Finding(rule, subject, Verdict.NOT_TESTABLE, note=why)
