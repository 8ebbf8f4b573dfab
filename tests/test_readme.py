"""Every command and line of Python in the README and the pages runs, page by page, in order.

They run in this process, where they need no other program, and build no more than a few servers.
`test_wheel.py` runs the first one as a newcomer does.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from capgen import build, load_config, scan
from capgen.cli.app import main
from tests.compare_panels import tell_weeks_apart_in_no_time
from tests.conftest import Run, made_once, make_config
from tests.docs import PAGES, README, ROOT
from tests.pages import undrawn

CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
VARIABLE = r"[A-Z_]+=\S+ "
NEEDS_NO_SHELL = re.compile(rf"((?:{VARIABLE})*)capgen ([^<>|&;$`]+?)(?: > (\S+))?")
_BUILT_SERVERS = re.compile(r"(capgen build .*?--servers )(\d+)")
# As many as have one of each archetype; more show nothing more.
MOST_SERVERS = 10
# The wheel's test does that.
INSTALL = re.compile(r"python -m pip install (\.|(-e )?\"\.\[\w+\]\") && ")


def blocks(page: Path, language: str) -> list[str]:
    found = CODE.findall(page.read_text(encoding="utf-8"))
    return [text for name, text in found if name == language]


def commands(page: Path) -> list[str]:
    lines = [INSTALL.sub("", line) for block in blocks(page, "sh") for line in block.splitlines()]
    return [line for line in lines if not line.startswith(("pytest", "bash"))]


def of_few_servers(command: str) -> str:
    """Return a command that builds at most a few servers."""
    return _BUILT_SERVERS.sub(
        lambda found: f"{found[1]}{min(int(found[2]), MOST_SERVERS)}", command
    )


def run_in_shell(command: str, folder: Path) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command}\n{result.stderr}"
    assert "Error" not in result.stderr, f"{command}\n{result.stderr}"
    return result.stdout


def query(command: str) -> str:
    """Return what DuckDB answers in this process; `test_wheel.py` runs its command."""
    _, _, text = shlex.split(command)
    with duckdb.connect() as connection:
        return str(connection.execute(text).fetchall())


def run_python(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for code in blocks(page, "python"):
        exec(compile(code, str(page), "exec"), {})  # noqa: S102 - the page is ours


@pytest.fixture
def output_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Run a command, in this process where it needs no shell, and return what it prints.

    No classifier learns to tell weeks apart: those of `test_compare.py` do. The report's charts are
    empty: `test_report.py` draws them.
    """
    tell_weeks_apart_in_no_time(monkeypatch)
    monkeypatch.setattr("capgen.report.drawing.draw", lambda *of: (undrawn(*of), b""))
    monkeypatch.chdir(tmp_path)

    def run_here(variables: str, words: str, file: str | None) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for variable in variables.split():
                patch.setenv(*variable.split("=", 1))
            assert main(shlex.split(words)) == 0, words
        if file is not None:
            Path(file).write_text(capfd.readouterr().out, encoding="utf-8")

    def run_command(command: str) -> str:
        if command.startswith("duckdb -c "):
            return query(command)
        parts = [NEEDS_NO_SHELL.fullmatch(part) for part in command.split(" && ")]
        if not all(parts):
            return run_in_shell(command, tmp_path)
        for part in filter(None, parts):
            run_here(*part.groups())
        return capfd.readouterr().out

    return run_command


@pytest.fixture
def built(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Copy what the README's first command builds, but of few servers."""

    def make(folder: Path) -> None:
        build(make_config(num_servers=MOST_SERVERS), folder / "data")

    def copied() -> Path:
        folder = made_once(tmp_path_factory, "data of the pages", make)
        return shutil.copytree(folder / "data", tmp_path / "data")

    return copied


def test_readme(
    tmp_path: Path, output_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = [output_of(of_few_servers(command)) for command in commands(README)]
    assert outputs[0].startswith("Built data: 14,610 rows in 16 files")
    assert any(output.startswith("data is complete already") for output in outputs)
    assert any("all as built; cite: capgen " in output for output in outputs)
    assert any("In all: 140,256,000 rows" in output for output in outputs)
    assert len(outputs) > 10
    run_python(README, tmp_path, monkeypatch)


def test_the_first_build_has_as_many_rows_and_files_as_the_readme_says(run: Run) -> None:
    (words,) = re.findall(r"`Built data: (.*? rows in .*? files)`", README.read_text("utf-8"))
    assert f"In all: {words}" in run("plan", *shlex.split(commands(README)[0])[2:4]).stdout


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: str(page.relative_to(ROOT)))
def test_page(
    page: Path,
    tmp_path: Path,
    output_of: Callable[[str], str],
    built: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if any("data/" in command for command in commands(page)):
        built()
    for command in commands(page):
        output_of(of_few_servers(command))
    run_python(page, tmp_path, monkeypatch)


def test_yaml_that_adds_a_metric(tmp_path: Path) -> None:
    (text,) = blocks(ROOT / "config/README.md", "yaml")
    (tmp_path / "gpu.yaml").write_text(text, encoding="utf-8")
    assert "gpu_p95" in scan(load_config(tmp_path / "gpu.yaml", environment={})).collect_schema()


def test_pictures_are_there_and_small() -> None:
    text = README.read_text(encoding="utf-8")
    pictures = [README.parent / path for path in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)]
    assert len(pictures) == 1
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size <= 400_000
