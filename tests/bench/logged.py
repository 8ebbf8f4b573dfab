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
STOPPED = "the run was stopped"


def machine() -> str:
    """Return what the machine is, as a line: processors, memory and load."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"model name\s*: (.*)", text)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    kind = model[1] if model else platform.machine()
    processors = f"{os.cpu_count()} processors ({kind})"
    return f"{platform.system()}, {processors}, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}"


def keep(script: str, words: Sequence[str], log: Path) -> int:
    """Run a script; print and keep each line as it comes; return its exit code.

    Args:
        script: name of the module.
        words: its arguments.
        log: the file. It says that the run was stopped, until the run has ended.
    """
    command = ["-m", f"tests.bench.{script}", *words]
    lines = [f"$ python {' '.join(command)}", f"machine: {machine()}", f"versions: {versions()}"]
    lines += [f"date: {datetime.now(UTC):%Y-%m-%d}", f"failures: {STOPPED}", "", ""]
    log.write_text("\n".join(lines), encoding="utf-8")
    with (
        log.open("a", encoding="utf-8", buffering=1) as file,
        subprocess.Popen(
            [sys.executable, "-u", *command],
            cwd=REPOSITORY,
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running,
    ):
        for line in running.stdout or ():
            for output in (sys.stdout, file):
                print(without_places(line), end="", file=output, flush=True)
    text = log.read_text(encoding="utf-8")
    ended = text.replace(STOPPED, failures_of(running.returncode, text), 1)
    log.write_text(ended, encoding="utf-8")
    return running.returncode


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
    LOGS.mkdir(exist_ok=True)
    raise SystemExit(keep(asked.script, asked.words, LOGS / f"{asked.to or asked.script}.txt"))


if __name__ == "__main__":
    main()
