"""tpchgen-cli, a fast generator of other data: TPC-H's lineitem as Parquet.

It is no dependency of anything here: `tpchgen-cli` from PyPI has it.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from tests.bench.measuring import Measured, measure_command


def prepare() -> None:
    """Fail in words where it is not installed."""
    version("tpchgen-cli")


def run(
    folder: Path, scale: float, threads: int | None = None, compression: str | None = None
) -> Measured:
    """Write lineitem; without threads and compression, with the tool's own."""
    options = [f"--scale-factor={scale}", "--tables=lineitem", f"--output-dir={folder}", "--quiet"]
    options += [f"--num-threads={threads}"] if threads else []
    options += [f"--compression={compression}"] if compression else []
    program = Path(sys.executable).with_name("tpchgen-cli")
    return measure_command([str(program), "parquet", *options])
