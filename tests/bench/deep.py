"""Runs what the suite leaves out: tests marked `deep`, and many examples of each property.

Run `python -m tests.bench.deep [WORDS …]`, such as a test file or `-n 4`: words go to pytest.
"""

from __future__ import annotations

import sys

import pytest

DEEP = ["-m", "deep or hypothesis", "--hypothesis-profile=deep"]


def main() -> None:
    """Run the deep tests; end as pytest ends."""
    raise SystemExit(pytest.main([*DEEP, *sys.argv[1:]]))


if __name__ == "__main__":
    main()
