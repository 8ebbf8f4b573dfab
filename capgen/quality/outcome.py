"""The outcome of a check: how each rule came out, and what made rules fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from capgen.quality.at_a_glance import Line, page_of, text_of
from capgen.quality.findings import Finding, Verdict
from capgen.quality.sample import Sample
from capgen.words import counted


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rule came out.

    Args:
        name: the rule's name.
        findings: its findings, at least one.
    """

    name: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The finding that decides the verdict: a failed one before a passed one before others."""
        return max(self.findings, key=lambda finding: finding.severity)

    @property
    def verdict(self) -> Verdict:
        """Fail where any finding failed, pass where any passed, else not testable."""
        return self.worst.verdict


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that is wrong with the data, and the rules that fail because of it.

    Args:
        servers: ids of the servers at fault.
        columns: names of the columns at fault; none where rows are.
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
        folder: the dataset's folder.
        rules: the rules' outcomes, in the order of the data contract.
        sample: what the statistical rules looked at; None where the schema left nothing to look at.
        causes: what made rules fail, where the evidence says it.
        altered: paths of the files that are not those that the manifest names.
    """

    folder: str
    rules: tuple[Outcome, ...]
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
            verdict: the verdict to look for.
        """
        return [rule.name for rule in self.rules if rule.verdict is verdict]

    @property
    def summary(self) -> str:
        """How many rules there are, and how they came out."""
        verdicts = [str(rule.verdict) for rule in self.rules]
        counts = ", ".join(f"{verdicts.count(each)} {each}" for each in dict.fromkeys(verdicts))
        return f"{counted(len(verdicts), 'rule')}: {counts}"

    def __repr__(self) -> str:
        return text_of(self._heading(), self._lines())

    def _repr_html_(self) -> str:
        return page_of(self._heading(), self._lines())

    def _heading(self) -> str:
        outcome = "passed" if self.passed else "failed"
        return f"capgen check of {self.folder}: {outcome}, {self.summary}"

    def _lines(self) -> list[Line]:
        """Return a line for each rule that did not pass, those that failed first."""
        telling = [rule for rule in self.rules if rule.verdict is not Verdict.PASS]
        in_order = sorted(telling, key=lambda rule: rule.verdict is not Verdict.FAIL)
        return [Line(rule.name, str(rule.verdict), _why(rule.worst)) for rule in in_order]


def _why(finding: Finding) -> str:
    parts = [part for part in (finding.subject, finding.note) if part]
    return " ".join(": ".join(parts).split())


def report_of(folder: str, findings: Iterable[Finding], sample: Sample | None) -> Report:
    """Gather findings by rule, in order of first appearance.

    Args:
        folder: the dataset's folder.
        findings: the findings of all rules.
        sample: what the statistical rules looked at.
    """
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    outcomes = (Outcome(name, tuple(found)) for name, found in by_rule.items())
    return Report(folder, tuple(outcomes), sample)
