"""capgen as its users run it: the command line, one build."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

from capgen.cli.app import main


def prepare() -> None:
    """Import what a build imports, after the command line has set what Polars reads on import."""
    with redirect_stdout(io.StringIO()):
        main(["--version"])
    import_module("capgen.engines.running")
    import_module("tests.bench.hand_written").load_holidays()


def run(folder: Path, overrides: dict[str, Any], workers: int, preset: str = "default") -> None:
    """Build a dataset."""
    settings = [f"--set={key}={value}" for key, value in overrides.items()]
    options = [f"--preset={preset}", f"--workers={workers}", f"--out={folder}/data"]
    with redirect_stdout(io.StringIO()):
        code = main(["build", *settings, *options])
    if code:
        raise SystemExit(code)
