"""What Python and notebooks get: the command line's verbs and names, answers that fit a screen."""

from __future__ import annotations

import importlib.util
import inspect
import json
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest
import typer

import capgen
from capgen import RequestError
from capgen.cli.app import app, main
from capgen.quality.findings import Finding, Verdict
from capgen.quality.outcome import Report, report_of
from tests.conftest import make_config

SMALL = {"num_servers": 12, "end_date": "2022-01-10"}
VERBS = ["build", "export", "extend", "plan", "query", "repair", "rollup", "verify"]
OF_PYTHON = {"config", "on_note", "on_rows"}  # an object, and functions
SCREEN = (24, 100)  # lines and characters


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("notebook") / "data"
    capgen.build(make_config(**SMALL), out)
    return out


def test_completion_shows_what_there_is() -> None:
    assert dir(capgen) == sorted(capgen.__all__)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_the_command_lines_names(verb: str) -> None:
    command = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]
    options = {
        name.lstrip("-").replace("-", "_")
        for param in command.params
        for name in (param.name, *param.opts)
    }
    if verb == "query":
        options.add("sql")
    function = getattr(capgen, verb)
    assert set(inspect.signature(function).parameters) <= options | OF_PYTHON
    assert "Returns:" in inspect.getdoc(function)  # type: ignore[operator]


def test_a_query_returns_a_frame(folder: Path) -> None:
    question = "select count(*) as rows, max(eoq_factor(timestamp)) as factor from panel"
    expected = pl.DataFrame({"rows": [120], "factor": [1.0]})
    assert capgen.query(question, data=folder).equals(expected)
    assert capgen.query(question, config=make_config(**SMALL)).equals(expected)
    assert capgen.open(folder).sql(question).equals(expected)
    with pytest.raises(RequestError, match="leave out config"):
        capgen.query(question, data=folder, config=make_config())


def test_a_scan_of_files_is_that_of_their_configuration(folder: Path) -> None:
    key = ["server_id", "timestamp"]
    made, *read = (
        capgen.scan(source).sort(key).collect()
        for source in (make_config(**SMALL), folder, str(folder))
    )
    assert all(made.equals(each) for each in read)
    with pytest.raises(RequestError, match="nowhere"):
        capgen.scan("nowhere")


def test_a_plan_is_the_command_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--servers=12", "--end-date=2022-01-10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    plan = capgen.plan(make_config(**SMALL))
    assert list(told) == list(asdict(plan))
    assert (told["rows"], told["files"]) == (plan.rows, plan.files) == (120, 4)
    assert "partitions" not in repr(plan)
    with pytest.raises(RequestError, match="at least 1"):
        capgen.plan(make_config(**SMALL), workers=0)


def test_a_verification_is_the_command_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert capgen.verify(folder).passed
    assert "all as built; cite: capgen" in repr(capgen.verify(folder))
    extra = folder / "extra.txt"
    extra.touch()
    verification = capgen.verify(str(folder))
    assert main(["verify", str(folder), "--json"]) == 1
    extra.unlink()
    told = json.loads(capsys.readouterr().out)
    assert told["problems"] == [asdict(each) for each in verification.problems]
    assert repr(verification).endswith("4 files, extra extra.txt")


def test_an_export_and_a_rollup_are_the_command_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly = tmp_path / "hourly"
    capgen.build(make_config(num_servers=3, end_date="2022-01-02", granularity="hourly"), hourly)
    assert capgen.rollup(str(hourly), to="daily", out=tmp_path / "daily").rows == 6
    assert capgen.verify(tmp_path / "daily").made == "rolled up"
    monkeypatch.chdir(tmp_path)
    result = capgen.export(
        "hourly", "web.parquet", columns=["server_id", "month"], where="server_type = 'web'"
    )
    assert pl.read_parquet(result.path).shape == (48, 2)
    assert (
        capgen.export("hourly", format="parquet").path.name
        == "raw_server_metrics_20220101_to_20220102.parquet"
    )
    with pytest.raises(RequestError, match="--unsafe"):
        capgen.export("hourly", "a.csv", where="exists (from glob('*'))")


def many_rules(failed: int, not_testable: int) -> Report:
    verdicts = [Verdict.NOT_TESTABLE] * not_testable + [Verdict.FAIL] * failed + [Verdict.PASS] * 19
    findings = [
        Finding(
            f"rule_{number}", "server_<017>", verdict, note="far\nfrom " + 30 * "what is expected "
        )
        for number, verdict in enumerate(verdicts)
    ]
    return report_of("data", findings, None)


@pytest.mark.parametrize(("failed", "not_testable"), [(0, 0), (2, 3), (40, 40)])
def test_a_check_fits_a_screen(failed: int, not_testable: int) -> None:
    report = many_rules(failed, not_testable)
    lines = repr(report).splitlines()
    assert len(lines) <= SCREEN[0]
    assert max(map(len, lines)) <= SCREEN[1]
    assert ("failed" if failed else "passed") in lines[0]
    told = [line.split()[0] for line in lines[1:-1]]
    assert told[:failed] == ["fail"] * min(failed, 16) or failed > 16
    page = report._repr_html_()
    assert page.count("<tr>") <= SCREEN[0]
    assert "<017>" not in page


def test_pandas_is_asked_for_by_its_extra(folder: Path) -> None:
    dataset = capgen.open(folder)
    if importlib.util.find_spec("pandas"):
        rows = dataset.scan().collect()
        assert dataset.to_pandas()["cpu_p95"].tolist() == rows["cpu_p95"].to_list()
    else:
        with pytest.raises(RequestError, match=r'pip install "capgen\[pandas\]"'):
            dataset.to_pandas()
