"""Programs that capgen is laid beside, in a Python of their own: nothing here depends on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

from tests.bench.measuring import REPOSITORY, child_environment

VARIABLE = "RIVALS_PYTHON"
RIVALS = ("pyspark", "synforecast", "tpchgen-cli")
_ASK = "from tests.bench import rivals; print(rivals.versions_here())"


def rivals_python() -> str:
    """Return the Python that has capgen and the rivals; by default this one."""
    named = os.environ.get(VARIABLE, sys.executable)
    python = shutil.which(named)
    if python is None:
        raise SystemExit(f"{VARIABLE}: expected a Python, got {named!r}")
    return python


def versions_of_rivals() -> str:
    """Return the versions of the rivals, as a line."""
    command = [rivals_python(), "-c", _ASK]
    environment = child_environment()
    asked = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


def versions_here() -> str:
    """Return what of the rivals this Python has, and the Java of Spark, as a line."""
    return ", ".join([*map(_version, RIVALS), _java()])


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        return "Java not installed"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    _, version_of_java, *_ = said.split('"')
    return f"Java {version_of_java}"
