"""Takes each of the dynamics out of a panel alone, and shows which rules of `check` say so.

Run `python -m tests.bench.missing_dynamics`; it takes a minute. The suite takes out several at
once (`tests/test_check_dynamics.py`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from capgen.quality.findings import Verdict
from tests.test_check_dynamics import CASES, missing


def main() -> None:
    """Print a line for each of the dynamics; fail where a rule does not see that it is missing."""
    for name, (_, _, rules) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            found = set(missing([name], Path(folder)).names(Verdict.FAIL))
        print(f"without {name}: {', '.join(sorted(found))}", flush=True)
        assert found >= rules, f"{name}: {rules - found} did not fail"


if __name__ == "__main__":
    main()
