"""What ships: the wheel, installed bare into a fresh environment, run from an empty folder."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.docs import README
from tests.test_readme import commands

ROOT = Path(__file__).resolve().parents[1]
UV = (sys.executable, "-m", "uv")


def call(*command: str | Path, folder: Path) -> str:
    """Run a command with nothing of this project in reach but what is installed."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    call(*UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_the_package_with_sql_and_config_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"capgen"}
    assert {
        "capgen/py.typed",
        "capgen/_shipped/config/default.yaml",
        "capgen/_shipped/config/README.md",
        "capgen/_shipped/sql/README.md",
        "capgen/layers/README.md",
    } <= names
    queries = (path.relative_to(ROOT / "sql") for path in (ROOT / "sql").rglob("*.sql"))
    used = {path for path in queries if path.parts[0] != "tests"}
    assert {f"capgen/_shipped/sql/{path}" for path in used} <= names
    assert not any("test" in name for name in names)


def take_compiled(packages: Path) -> None:
    """Link what Python has compiled of the same files here: to compile all takes seconds."""
    here = Path(sysconfig.get_path("purelib"))
    for file in packages.rglob("*.py"):
        ours = here / file.relative_to(packages)
        compiled = Path(cache_from_source(str(ours)))
        if compiled.exists() and file.samefile(ours):
            theirs = Path(cache_from_source(str(file)))
            theirs.parent.mkdir(exist_ok=True)
            theirs.hardlink_to(compiled)


def test_wheel_works_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "environment/bin/python"
    folder = tmp_path / "empty"
    folder.mkdir()
    call(*UV, "venv", "--quiet", tmp_path / "environment", folder=folder)
    call(*UV, "pip", "install", "--quiet", "--python", python, wheel, "duckdb-cli", folder=folder)
    home = call(python, "-c", "import capgen; print(capgen.__file__)", folder=folder)
    assert str(tmp_path) in home
    take_compiled(Path(home).parents[1])
    _, *first = shlex.split(commands(README)[0])
    call(python.with_name("capgen"), *first, "--years=1", folder=folder)
    query = "select count(*) from 'data/**/*.parquet'"
    counted = call(python.with_name("duckdb"), "-csv", "-noheader", "-c", query, folder=folder)
    assert int(counted) == 120 * 365
