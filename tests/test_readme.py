"""Every command and line of Python in the README and the pages runs, page by page, in order.

They run in this process, where they need no other program. `test_wheel.py` runs the first one as a
newcomer does.
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

import pytest

from capgen import build, load_config, scan
from capgen.cli.app import main
from tests.compare_panels import tell_weeks_apart_in_no_time
from tests.conftest import made_once, make_config
from tests.docs import PAGES, README, ROOT
from tests.pages import undrawn

CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
VARIABLE = r"[A-Z_]+=\S+ "
NEEDS_NO_SHELL = re.compile(rf"((?:{VARIABLE})*)capgen ([^<>|&;$`]+?)(?: > (\S+))?")
# The wheel's test does that.
INSTALL = re.compile(r"python -m pip install (\.|(-e )?\"\.\[\w+\]\") && ")


def blocks(page: Path, language: str) -> list[str]:
    found = CODE.findall(page.read_text(encoding="utf-8"))
    return [text for name, text in found if name == language]


def commands(page: Path) -> list[str]:
    lines = [INSTALL.sub("", line) for block in blocks(page, "sh") for line in block.splitlines()]
    return [line for line in lines if not line.startswith(("pytest", "bash"))]


def run(command: str, folder: Path) -> str:
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
        parts = [NEEDS_NO_SHELL.fullmatch(part) for part in command.split(" && ")]
        if not all(parts):
            return run(command, tmp_path)
        for part in filter(None, parts):
            run_here(*part.groups())
        return capfd.readouterr().out

    return run_command


@pytest.fixture
def built(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Copy what the README's first command builds, but of fewer servers."""

    def make(folder: Path) -> None:
        build(make_config(num_servers=12), folder / "data")

    def copied() -> Path:
        folder = made_once(tmp_path_factory, "data of the pages", make)
        return shutil.copytree(folder / "data", tmp_path / "data")

    return copied


def test_readme(
    tmp_path: Path, output_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = list(map(output_of, commands(README)))
    assert outputs[0].startswith("Built data: 175,320 rows in 16 files")
    assert any(output.startswith("data is complete already") for output in outputs)
    assert any("all as built; cite: capgen " in output for output in outputs)
    assert any("In all: 140,256,000 rows" in output for output in outputs)
    assert len(outputs) > 10
    run_python(README, tmp_path, monkeypatch)


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
        output_of(command)
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
