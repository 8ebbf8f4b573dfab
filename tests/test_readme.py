"""Every command and line of Python in the README and the pages runs, page by page, in order.

The first one runs as a newcomer's does, in a shell; the others in this process, where they can.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capgen import build, load_config, scan
from capgen.cli.app import main
from capgen.twins.compare import classifier
from tests.docs import PAGES, README, ROOT

CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
NEEDS_NO_SHELL = re.compile(r"capgen [^<>|&;$`]+")
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

    Weeks are told apart by what every installation has: `test_compare.py` asks scikit-learn.
    """
    monkeypatch.setattr(classifier, "has_boosting", lambda: False)
    monkeypatch.chdir(tmp_path)

    def run_command(command: str) -> str:
        parts = command.split(" && ")
        if not all(map(NEEDS_NO_SHELL.fullmatch, parts)):
            return run(command, tmp_path)
        for part in parts:
            assert main(shlex.split(part)[1:]) == 0, part
        return capfd.readouterr().out

    return run_command


def test_readme(
    tmp_path: Path, output_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *rest = commands(README)
    outputs = [run(first, tmp_path), *map(output_of, rest)]
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
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if any("data/" in command for command in commands(page)):
        build(load_config(environment={}), tmp_path / "data")  # as the README's first command does
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
