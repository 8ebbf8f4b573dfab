"""Runs a script of this folder and keeps what it prints, with the machine, versions and failures.

Run `python -m tests.bench.logged [--to NAME] SCRIPT [WORDS …]`: it writes `logs/SCRIPT.txt`, or
`logs/NAME.txt`, beside this file.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measuring import REPOSITORY, child_environment, versions

LOGS = Path(__file__).with_name("logs")
FAILED = "failed:"


def machine() -> str:
    """Return what the machine is, as a line: processors, memory and load."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"model name\s*: (.*)", text)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    kind = model[1] if model else platform.machine()
    processors = f"{os.cpu_count()} processors ({kind})"
    return f"{platform.system()}, {processors}, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}"


def log_of(script: str, words: Sequence[str]) -> tuple[int, str]:
    """Run a script and return its exit code, and its log.

    Args:
        script: name of the module.
        words: its arguments.
    """
    command = ["-m", f"tests.bench.{script}", *words]
    head = [f"$ python {' '.join(command)}", f"machine: {machine()}", f"versions: {versions()}"]
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=REPOSITORY,
        env=child_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    failures = failures_of(ended.returncode, ended.stdout)
    lines = [*head, f"date: {datetime.now(UTC):%Y-%m-%d}", f"failures: {failures}", ""]
    return ended.returncode, "\n".join([*lines, without_places(ended.stdout)])


def failures_of(code: int, text: str) -> str:
    """Return what failed: the script, or parts of what it did."""
    if code:
        return f"exit code {code}"
    return f"see “{FAILED}” below" if FAILED in text else "none"


def without_places(text: str) -> str:
    """Return a text without the folders of this machine that it names."""
    for folder in (REPOSITORY, tempfile.gettempdir()):
        text = text.replace(f"{folder}/", "")
    return text


def main() -> None:
    """Run the script and write its log; end as it ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.logged", description=__doc__)
    parser.add_argument("--to", metavar="NAME", help="the log's name; by default the script's")
    parser.add_argument("script")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="of the script")
    asked = parser.parse_args()
    code, log = log_of(asked.script, asked.words)
    LOGS.mkdir(exist_ok=True)
    (LOGS / f"{asked.to or asked.script}.txt").write_text(log, encoding="utf-8")
    print(log)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
