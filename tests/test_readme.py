"""Every command and every line of Python in the README runs, in order, in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"
CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
INSTALL = re.compile(
    r"python -m pip install (\.|(-e )?\"\.\[\w+\]\") && "
)  # the wheel's test does that


def blocks(language: str) -> list[str]:
    return [
        text for name, text in CODE.findall(README.read_text(encoding="utf-8")) if name == language
    ]


def commands() -> list[str]:
    lines = (INSTALL.sub("", line) for block in blocks("sh") for line in block.splitlines())
    return [line for line in lines if not line.startswith(("pytest", "bash"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


def test_every_command(folder: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    outputs = []
    for command in commands():
        shell = ["bash", "-c", command]
        result = subprocess.run(
            shell, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{command}\n{result.stderr}"
        assert "Error" not in result.stderr, f"{command}\n{result.stderr}"
        outputs.append(result.stdout)
    assert outputs[0].startswith("Built data: 175,320 rows in 16 files")
    assert any(output.startswith("data is complete already") for output in outputs)
    assert any("all as built; cite: capgen " in output for output in outputs)
    assert len(outputs) > 10


def test_python(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (code,) = blocks("python")
    exec(compile(code, str(README), "exec"), {})  # noqa: S102 - the README is ours


def test_yaml_that_adds_a_metric(tmp_path: Path) -> None:
    from capgen import load_config, scan

    (text,) = blocks("yaml")
    (tmp_path / "gpu.yaml").write_text(text, encoding="utf-8")
    assert "gpu_p95" in scan(load_config(tmp_path / "gpu.yaml", environment={})).collect_schema()


def test_pictures_are_there_and_small() -> None:
    pictures = [
        README.parent / path
        for path in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    ]
    assert len(pictures) == 1
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size <= 400_000
