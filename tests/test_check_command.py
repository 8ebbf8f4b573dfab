"""The command `capgen check`: its lines, its JSON, an expectation from a file, what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from capgen import build
from capgen.cli.app import main
from tests.conftest import make_config
from tests.test_check_good import RULES, YEAR


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "data"
    build(make_config(**YEAR), folder, workers=1)
    return folder


@pytest.fixture
def bare(good: Path, tmp_path: Path) -> Path:
    """Return the dataset without what says how it was built."""
    without = shutil.ignore_patterns("_capgen")
    return Path(shutil.copytree(good, tmp_path / "bare", ignore=without))


def test_the_command_prints_a_line_a_rule(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(RULES)]] == RULES
    assert lines[-1].startswith(f"{good}: {len(RULES)} rules: ")


def test_json_and_an_expectation_from_a_file(
    bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "expected.yaml"
    command = ["check", str(bare), f"--config={file}", "--json"]
    file.write_text(json.dumps(YEAR), encoding="utf-8")
    assert main(command) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["passed"], [rule["rule"] for rule in said["rules"]]) == (True, RULES)
    (correlation,) = (rule for rule in said["rules"] if rule["rule"] == "correlation")
    findings = {finding["subject"]: finding for finding in correlation["findings"]}
    web = findings["web cpu_p95~net_in_p95"]
    assert web["expected"] == 0.8
    assert web["measured"] == pytest.approx(0.8, abs=0.05)
    assert set(web["details"]) == {"cells", "bias", "raw"}
    file.write_text(json.dumps({**YEAR, "num_servers": 25}), encoding="utf-8")
    assert main(command) == 1
    assert json.loads(capsys.readouterr().out)["passed"] is False


@pytest.fixture
def wrong_requests(good: Path, bare: Path, tmp_path: Path) -> dict[str, list[str]]:
    (tmp_path / "empty").mkdir()
    return {
        "no such folder": [str(tmp_path / "nowhere")],
        "no Parquet file": [str(tmp_path / "empty")],
        "--config FILE": [str(bare)],
        "nothing.yaml": [str(good), "--config", str(tmp_path / "nothing.yaml")],
    }


def test_wrong_requests(
    wrong_requests: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    for said, arguments in wrong_requests.items():
        assert main(["check", *arguments]) == 2
        output, error = capsys.readouterr()
        assert output == ""
        assert said in error
        assert error.count("\n") == 1
