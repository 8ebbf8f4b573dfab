"""Bad requests: exit code 2, one line on stderr that says what is wrong, and nothing else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from capgen import build, load_config
from capgen.cli.app import main
from capgen.draws.correlation import repair_distance
from tests.conftest import Run, make_config

Refused = Callable[..., str]
SMALL = ["--servers", "10", "--end-date", "2022-01-02"]
IMPOSSIBLE = "archetypes.web.correlation.mem~disk=0.7"
FILE_VARIABLE = "CAPACITY_FORECASTER_CONFIG"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CF_DATA_") or name == FILE_VARIABLE:
            monkeypatch.delenv(name)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder inside another one, so that what is written beside it shows too."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def refused(work: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Make a request that must be refused, and return the line that says why."""

    def refuse(*arguments: str) -> str:
        before = contents(work.parent)
        exit_code = main(arguments)
        output, message = capsys.readouterr()
        check_refusal(exit_code, output, message)
        assert contents(work.parent) == before
        return message

    return refuse


def check_refusal(exit_code: int, output: str, message: str) -> None:
    assert message.startswith("error: ")
    assert message.index("\n") == len(message) - 1
    assert "Traceback" not in message
    assert (exit_code, output) == (2, "")


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def unsaid(message: str, says: list[str]) -> list[str]:
    """Return the texts that a message should contain and does not."""
    return [text for text in says if text not in message]


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        pytest.param("sed=1", ["sed: ", "'seed'", "--set sed"], id="unknown key"),
        pytest.param(
            "calendar.eoq.peek=1", ["calendar.eoq.peek: ", "'peak'"], id="unknown nested key"
        ),
        pytest.param(
            "seed=abc", ["seed: ", "integer", "'abc'", "--set seed"], id="text for an integer"
        ),
        pytest.param("seed=1.5", ["seed: ", "integer", "1.5"], id="fraction for an integer"),
        pytest.param("seed='5'", ["seed: ", "integer", "'5'"], id="quoted number for a number"),
        pytest.param("seed=-1", ["seed: ", "-1"], id="negative seed"),
        pytest.param(
            "calendar.eoq.peak=true",
            ["calendar.eoq.peak: ", "number", "True"],
            id="true for a number",
        ),
        pytest.param(
            "calendar.eoq.peak=[1]",
            ["calendar.eoq.peak: ", "number", "[1]"],
            id="list for a number",
        ),
        pytest.param("seed.x=1", ["seed: ", "integer", "{'x': 1}"], id="mapping for a number"),
        pytest.param("calendar.eoq=5", ["calendar.eoq: ", "5"], id="number for a mapping"),
        pytest.param("granularity=5", ["granularity: ", "5"], id="number for text"),
        pytest.param(
            "repair_correlation=1",
            ["repair_correlation: ", "boolean", "1"],
            id="number for true or false",
        ),
        pytest.param(
            "archetypes.web.share=0.5", ["archetypes: ", "sum to 1", "1.15"], id="shares above one"
        ),
        pytest.param(
            "archetypes.batch=null", ["archetypes: ", "sum to 1", "0.9"], id="shares below one"
        ),
        pytest.param(
            "archetypes.wbe.share=0.35", ["archetypes.wbe", "'web'"], id="unknown archetype"
        ),
        pytest.param(
            "archetypes.web.correlation.cpu~mem=1.5",
            ["archetypes.web.correlation.cpu~mem: ", " 1,", "got 1.5"],
            id="correlation above one",
        ),
        pytest.param(
            "archetypes.web.correlation.cpu~mem=-1.01",
            ["archetypes.web.correlation.cpu~mem: ", "-1,", "got -1.01"],
            id="correlation below minus one",
        ),
        pytest.param(
            "archetypes.web.correlation.cpu~ram=0.5",
            ["archetypes.web.correlation", "'cpu~ram'", "net_in"],
            id="correlation with an unknown metric",
        ),
        pytest.param(
            IMPOSSIBLE,
            ["archetypes.web.correlation", "positive definite", "-0.013", "repair_correlation"],
            id="impossible correlations",
        ),
        pytest.param(
            "metrics.cpu.clip=[100, 0]", ["metrics.cpu.clip", "[100, 0]"], id="clip upside down"
        ),
        pytest.param(
            "metrics.cpu.clip=[5, 5]", ["metrics.cpu.clip", "[5, 5]"], id="clip without room"
        ),
        pytest.param(
            "archetypes.web.spike.probability=1.5",
            ["archetypes.web.spike.probability: ", "1.5"],
            id="certain and more",
        ),
        pytest.param(
            "archetypes.web.spike.probability=-0.1",
            ["archetypes.web.spike.probability: ", "-0.1"],
            id="negative probability",
        ),
        pytest.param(
            "fleet.criticality={High: 0, Medium: 0, Low: 0}",
            ["fleet.criticality", "weight"],
            id="no weight at all",
        ),
        pytest.param(
            "fleet.server_id_format='{__class__}'",
            ["fleet.server_id_format: ", "'{__class__}'", "{index}"],
            id="server id with another field",
        ),
        pytest.param(
            "fleet.server_id_format='../{index}'",
            ["fleet.server_id_format: ", "'../{index}'"],
            id="server id as path",
        ),
        pytest.param(
            "metrics.cpu.column='select *'",
            ["metrics.cpu.column: ", "'select *'"],
            id="column as SQL",
        ),
        pytest.param(
            "metrics.cpu.column=timestamp",
            ["metrics.cpu.column: ", "'timestamp'"],
            id="column taken",
        ),
        pytest.param("metrics.cpu.column=mem_p95", [".column: ", "'mem_p95'"], id="column twice"),
        pytest.param(
            "start_date=2023-02-30", ["start_date: ", "'2023-02-30'"], id="date that does not exist"
        ),
        pytest.param(
            "archetypes.web.weekend_factor=.nan",
            ["weekend_factor: ", "finite", "nan"],
            id="not a number",
        ),
        pytest.param(
            "archetypes.web.weekend_factor=.inf",
            ["weekend_factor: ", "finite", "inf"],
            id="infinite",
        ),
        pytest.param(
            "archetypes.web.base.cpu=-.inf",
            ["archetypes.web.base.cpu: ", "finite", "-inf"],
            id="minus infinite",
        ),
        pytest.param(
            "archetypes.web.base.cpu=1e999",
            ["archetypes.web.base.cpu: ", "inf"],
            id="too large a number",
        ),
        pytest.param(
            "metrics.cpu.clip=[0, .inf]", ["metrics.cpu.clip", "finite", "inf"], id="infinite clip"
        ),
        pytest.param(
            "calendar.holidays.country=XX", ["calendar.holidays", "XX"], id="unknown country"
        ),
        pytest.param(
            "calendar.holidays.subdivision=ZZ",
            ["calendar.holidays", "ZZ"],
            id="unknown subdivision",
        ),
        pytest.param("seed", ["--set", "key.path=value", "'seed'"], id="setting without a value"),
        pytest.param("=1", ["--set", "key.path=value", "'=1'"], id="setting without a key"),
        pytest.param("seed=[1", ["--set seed", "YAML"], id="setting that is no YAML"),
        pytest.param("seed=null", ["seed: expected a value, got null (--set"], id="no value"),
        pytest.param("seed=", ["seed: expected a value, got null (--set"], id="empty value"),
        pytest.param(
            "archetypes.web.share=null",
            ["archetypes.web.share: expected a value, got null"],
            id="no value of an archetype that is not new",
        ),
        pytest.param(
            "metrics.disk=null",
            ["archetypes.batch.sd.disk: expected one of the metrics cpu, mem, net_in; null takes"],
            id="metric taken away that archetypes have",
        ),
        pytest.param("granularity=15", ["such as 15min, got 15 ("], id="step without its unit"),
    ],
)
def test_settings(setting: str, says: list[str], refused: Refused) -> None:
    assert unsaid(refused("build", *SMALL, "--set", setting), says) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["--servers", "0"], ["num_servers", "--servers", "got 0"], id="no servers"),
        pytest.param(
            ["--servers", "-3"], ["num_servers", "--servers", "got -3"], id="negative servers"
        ),
        pytest.param(["--servers", "abc"], ["--servers", "integer", "'abc'"], id="servers as text"),
        pytest.param(["--seed", "abc"], ["--seed", "integer", "'abc'"], id="seed as text"),
        pytest.param(["--seed", "-1"], ["seed", "--seed", "got -1"], id="negative seed"),
        pytest.param(
            ["--end-date", "2021-12-31"],
            ["end_date", "2022-01-01", "2021-12-31"],
            id="end before start",
        ),
        pytest.param(
            ["--start-date", "2023-02-30"],
            ["--start-date", "'2023-02-30'"],
            id="start does not exist",
        ),
        pytest.param(
            ["--end-date", "2023-02-30"], ["--end-date", "'2023-02-30'"], id="end does not exist"
        ),
        pytest.param(
            ["--start-date", "01/02/2023"],
            ["--start-date", "YYYY-MM-DD", "'01/02/2023'"],
            id="other order",
        ),
        pytest.param(
            ["--start-date", "1640995200"],
            ["--start-date", "date", "1640995200"],
            id="seconds for a date",
        ),
        pytest.param(
            ["--granularity", "weekly"],
            ["granularity: ", "hourly", "'weekly'"],
            id="unknown granularity",
        ),
        pytest.param(
            ["--granularity", "7min"],
            ["granularity: ", "divides a day", "'7min'"],
            id="uneven step",
        ),
        pytest.param(["--granularity", "0min"], ["granularity: ", "'0min'"], id="step of zero"),
        pytest.param(["--years", "0"], ["--years", "from 1", "0"], id="no years"),
        pytest.param(["--years", "-1"], ["--years", "from 1", "-1"], id="negative years"),
        pytest.param(["--years", "abc"], ["--years", "whole number", "'abc'"], id="years as text"),
        pytest.param(["--years", "300"], ["--years", "2321-12-31"], id="years past the last day"),
        pytest.param(
            ["--years", "1", "--end-date", "2022-12-31"],
            ["--years", "--end-date"],
            id="years and end",
        ),
        pytest.param(["--workers", "0"], ["--workers", "from 1", "0"], id="no workers"),
        pytest.param(
            ["--workers", "abc"], ["--workers", "whole number", "'abc'"], id="workers as text"
        ),
        pytest.param(
            ["--preset", "defualt"], ["preset", "'defualt'", "'default'"], id="unknown preset"
        ),
        pytest.param(["--preset", "../default"], ["preset", "'../default'"], id="preset as path"),
        pytest.param(["--sevrers", "5"], ["--sevrers", "--servers"], id="unknown option"),
        pytest.param(["servers"], ["servers"], id="argument too many"),
        pytest.param(
            ["--config", "missing.yaml"], ["missing.yaml", "No such file"], id="missing file"
        ),
        pytest.param(["--config", "."], [".", "Is a directory"], id="folder for a file"),
    ],
)
def test_flags(arguments: list[str], says: list[str], refused: Refused) -> None:
    assert unsaid(refused("build", *arguments), says) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "num_server: 3", ["num_server: ", "'num_servers'", "bad.yaml"], id="unknown key"
        ),
        pytest.param("seed: abc", ["seed: ", "integer", "'abc'", "bad.yaml"], id="wrong type"),
        pytest.param(
            "start_date: 2023-02-30",
            ["start_date: ", "'2023-02-30'", "bad.yaml"],
            id="no such date",
        ),
        pytest.param("- seed\n- 5", ["bad.yaml", "mapping", "list"], id="list"),
        pytest.param("seed", ["bad.yaml", "mapping", "str"], id="bare text"),
        pytest.param("seed: [1", ["bad.yaml", "YAML", "line 1"], id="broken"),
        pytest.param("seed: 1\n  out: x", ["bad.yaml", "YAML", "line 2"], id="broken indent"),
        pytest.param("seed: 1\n---\nseed: 2", ["bad.yaml", "YAML", "document"], id="two documents"),
        pytest.param(
            "out: !!python/object/apply:os.mkdir [x]",
            ["bad.yaml", "python/object"],
            id="python tag",
        ),
        pytest.param("out: !!python/name:os.system", ["bad.yaml", "python/name"], id="python name"),
        pytest.param("seed: !mine 1", ["bad.yaml", "!mine"], id="tag of one's own"),
        pytest.param("seed: 1\nseed: 2", ["bad.yaml", "'seed' twice"], id="repeated key"),
        pytest.param(
            "fleet: {first_index: 1, first_index: 2}",
            ["bad.yaml", "'first_index' twice"],
            id="nested twice",
        ),
        pytest.param("seed: &one 1\ndecimals: *one", ["bad.yaml", "alias"], id="alias"),
        pytest.param("1: 2", ["bad.yaml", "key", "got 1"], id="number for a key"),
        pytest.param("seed: " + "[" * 50, ["bad.yaml", "nesting"], id="deep nesting"),
        pytest.param(
            "archetypes: {db: {}, database: {}}",
            ["bad.yaml", "'database'"],
            id="archetype under two names",
        ),
        pytest.param(
            "archetypes: {web: {correlation: {cpu~mem: 0, mem~cpu: 0}}}",
            ["bad.yaml", "'cpu~mem'"],
            id="pair twice",
        ),
    ],
)
def test_files(text: str, says: list[str], refused: Refused) -> None:
    Path("bad.yaml").write_text(text, encoding="utf-8")
    assert unsaid(refused("build", "--config", "bad.yaml"), says) == []


def test_a_file_that_is_no_text(refused: Refused) -> None:
    Path("bad.yaml").write_bytes(b"\xff\xfe\x00seed: 5")
    assert unsaid(refused("build", "--config", "bad.yaml"), ["bad.yaml", "UTF-8"]) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "Web", "web\\n", "we b", "wéb", ""])
def test_archetypes_that_no_folder_may_be_called(name: str, refused: Refused) -> None:
    archetype = {**make_config().archetypes["web"].model_dump(), "share": 0}
    good = {"archetypes": {"web_2": archetype}}
    Path("archetype.yaml").write_text(json.dumps(good))
    assert "web_2" in load_config("archetype.yaml", environment={}).archetypes
    Path("archetype.yaml").write_text(json.dumps(good).replace("web_2", name))
    message = refused("build", *SMALL, "--config", "archetype.yaml")
    assert unsaid(message, ["archetypes.", f"'{name}'", "archetype.yaml"]) == []


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        pytest.param("CF_DATA_SEDE", "1", ["sede: ", "'seed'", "CF_DATA_SEDE"], id="unknown key"),
        pytest.param("CF_DATA_SEED", "abc", ["seed: ", "'abc'", "CF_DATA_SEED"], id="wrong type"),
        pytest.param("CF_DATA_SEED", "[1", ["CF_DATA_SEED", "YAML"], id="broken"),
        pytest.param(
            "CF_DATA_CALENDAR__EOQ__PEEK",
            "1",
            ["calendar.eoq.peek: ", "'peak'"],
            id="unknown nested key",
        ),
        pytest.param(
            FILE_VARIABLE, "missing.yaml", ["missing.yaml", "No such file"], id="missing file"
        ),
    ],
)
def test_variables(
    variable: str, value: str, says: list[str], refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert unsaid(refused("build"), says) == []


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]], ids=["plain", "overwrite"])
class TestOut:
    def test_is_a_file(self, overwrite: list[str], refused: Refused) -> None:
        Path("data").write_text("mine")
        assert (
            unsaid(refused("build", *SMALL, *overwrite), ["out: ", "file", "data", "--out"]) == []
        )

    def test_holds_something_else(self, overwrite: list[str], refused: Refused) -> None:
        Path("data").mkdir()
        Path("data/thesis.txt").write_text("mine")
        assert (
            unsaid(refused("build", *SMALL, *overwrite), ["out: ", "data", "did not make", "--out"])
            == []
        )

    def test_has_no_name(self, overwrite: list[str], refused: Refused) -> None:
        assert unsaid(refused("build", *SMALL, *overwrite, "--out", "/"), ["out: ", "'/'"]) == []


def test_a_dataset_is_only_replaced_on_demand(refused: Refused) -> None:
    build(make_config(num_servers=2, end_date="2022-01-02"), "data")
    assert unsaid(refused("build", *SMALL, "--seed", "7"), ["out: ", "data", "--overwrite"]) == []
    assert main(["build", *SMALL, "--seed", "7", "--overwrite"]) == 0


def test_an_existing_dataset_outlives_a_bad_request_to_replace_it(refused: Refused) -> None:
    build(make_config(num_servers=2, end_date="2022-01-02"), "data")
    refused("build", *SMALL, "--overwrite", "--set", "calendar.holidays.country=XX")


def test_no_parent_folder_is_left_behind(refused: Refused) -> None:
    refused("build", *SMALL, "--set", "calendar.holidays.country=XX", "--out", "new/folder/data")


def test_config_check_knows_the_countries(refused: Refused) -> None:
    Path("bad.yaml").write_text("calendar: {holidays: {country: XX}}")
    assert unsaid(refused("config", "check", "bad.yaml"), ["calendar.holidays", "XX"]) == []


def test_every_problem_is_named_up_to_twenty(refused: Refused) -> None:
    letters = "abcdefghijklmnopqrstuv"
    says = [*(f"unknown_{letter}: " for letter in letters[:20]), "and 2 more problems"]
    message = refused("build", *(f"--set=unknown_{letter}=1" for letter in letters))
    assert unsaid(message, says) == []
    assert "unknown_u" not in message
    fewer = refused("build", *(f"--set=unknown_{letter}=1" for letter in letters[:-1]))
    assert "and 1 more problem" in fewer
    assert "more problems" not in fewer


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["bild"], ["'bild'", "build"], id="unknown command"),
        pytest.param(["plan", "--servers", "0"], ["num_servers", "got 0"], id="plan"),
        pytest.param(["sql", "--end-date", "2021-12-31"], ["end_date", "2021-12-31"], id="sql"),
        pytest.param(["config", "shwo"], ["'shwo'", "show"], id="unknown command of config"),
        pytest.param(
            ["sql", "--set", "calendar.holidays.country=XX"],
            ["calendar.holidays", "XX"],
            id="sql, country",
        ),
        pytest.param(["config", "show", "--set", "sed=1"], ["sed: ", "'seed'"], id="config show"),
        pytest.param(
            ["config", "check", "missing.yaml"], ["missing.yaml", "No such file"], id="config check"
        ),
        pytest.param(["build", "--nope"], ["--nope"], id="unknown option"),
        pytest.param(["verify", "missing"], ["missing"], id="verify"),
        pytest.param(["repair", "missing"], ["missing"], id="repair"),
        pytest.param(
            ["config", "init", "--preset", "nope"],
            ["preset", "'nope'", "default"],
            id="config init",
        ),
    ],
)
def test_other_commands(arguments: list[str], says: list[str], refused: Refused) -> None:
    assert unsaid(refused(*arguments), says) == []


def test_the_process_says_the_same(run_process: Run, tmp_path: Path) -> None:
    outcome = run_process("build", *SMALL, "--set", "sed=1")
    check_refusal(outcome.returncode, outcome.stdout, outcome.stderr)
    assert unsaid(outcome.stderr, ["sed: ", "'seed'"]) == []
    assert contents(tmp_path) == {}


@pytest.mark.usefixtures("work")
def test_a_repaired_matrix_passes_and_a_note_says_how_far_it_moved(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        main(["build", *SMALL, "--json", "--set", IMPOSSIBLE, "--set", "repair_correlation=true"])
        == 0
    )
    output, note = capsys.readouterr()
    config = make_config()
    pairs = {**config.archetypes["web"].correlation, "disk~mem": 0.7}
    said = re.fullmatch(r"note: archetypes\.web\.correlation .* (0\.\d{4})\n", note)
    assert said
    assert float(said[1]) == pytest.approx(repair_distance(pairs, config.drawn_metrics), abs=1e-4)
    assert float(said[1]) > 0
    assert json.loads(output)["rows"] == 20


@pytest.mark.usefixtures("work")
def test_a_possible_matrix_is_left_alone_without_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", *SMALL, "--set", "repair_correlation=true"]) == 0
    assert capsys.readouterr().err == ""


# Known gaps, each with the right behaviour: a repaired one turns red here until it moves up.


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(
            ["build", *SMALL, "--set", "start_date='1640995200'"],
            ["start_date"],
            id="seconds for a date",
        ),
        pytest.param(
            ["build", *SMALL, "--set", "sede=null"], ["sede"], id="unknown key taken away"
        ),
        pytest.param(
            ["build", *SMALL, "--set", "seed=null"],
            ["seed", "(--set seed)"],
            id="needed key taken away",
        ),
        pytest.param(
            ["build", *SMALL, "--set", "metrics.cpu.clip=[0]"],
            ["clip", "[0]"],
            id="clip with one end",
        ),
        pytest.param(["build", *SMALL, "--set", 'out="\\ud800"'], ["out: "], id="half a character"),
        pytest.param(
            ["build", *SMALL, "--out", "file/data"], ["out: ", "file"], id="out below a file"
        ),
    ],
)
def test_what_only_shows_on_a_second_look(
    arguments: list[str], says: list[str], refused: Refused
) -> None:
    Path("file").touch()
    assert unsaid(refused(*arguments), says) == []
