"""Whether `capgen check` names what is wrong with bad data: faults put into a good dataset.

Run `python -m tests.bench.check_faults [WORDS …]`: builds the dataset of `tests/data_faults.py`,
puts one fault after the other into it (those whose names have one of the words; all without any),
checks each, and prints what `check` said, the first cause that it gave, and whether it named the
server, the column and what was done.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from capgen.quality.check import check
from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from tests.data_faults import CONFIG, FAULTS, Fault, built, read, write


def said_by(report: Report) -> str:
    """Return all that a check says of what failed."""
    findings = (finding for rule in report.rules for finding in rule.findings)
    failed = [finding for finding in findings if finding.verdict is Verdict.FAIL]
    return "\n".join(f"{each.rule}: {each.subject}: {each.note}" for each in failed)


def unsaid(fault: Fault, report: Report) -> list[str]:
    """Return the words that a check does not say of a fault."""
    said = said_by(report)
    return [words for words in fault.said if words not in said]


def main() -> None:
    """Print what a check says of each fault."""
    wanted = sys.argv[1:]
    chosen = {
        name: fault
        for name, fault in FAULTS.items()
        if not wanted or any(word in name for word in wanted)
    }
    named = 0
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        good = built(CONFIG, Path(folder) / "good")
        print(f"good data: {'passes' if check(good).passed else said_by(check(good))}", flush=True)
        panel = read(good)
        for number, (name, fault) in enumerate(chosen.items()):
            report = check(write(fault.change(panel), Path(folder) / str(number), good))
            missing = unsaid(fault, report)
            named += not missing and not report.passed
            cause = report.causes[0].text if report.causes else ""
            rules = ", ".join(report.names(Verdict.FAIL))
            print(
                f"{name}: {'NOT SAID ' + str(missing) if missing else 'named'}: {rules}: {cause}",
                flush=True,
            )
    seconds = time.process_time() - begun
    print(f"{named} of {len(chosen)} faults named; {seconds:.0f} s of processor time")


if __name__ == "__main__":
    main()
