"""The command line: its help, its streams and its JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from capgen import __version__
from capgen.cli.app import main
from capgen.config.sources import preset_names
from tests.conftest import BuildOnce, Run
from tests.processes import run_script

ESCAPE = "\x1b"
SMALL = ["--servers", "2", "--end-date", "2022-01-02"]
OF_EACH_TYPE = ["--servers", "10", "--end-date", "2022-01-02"]  # a smaller fleet has a note
CONFIGURATION = [
    "--config",
    "--preset",
    "--servers",
    "--start-date",
    "--end-date",
    "--years",
    "--granularity",
    "--seed",
    "--set",
]
OPTIONS = {
    "": ["--version", "build", "extend", "plan", "check", "verify", "repair", "sql", "config"],
    "build": [*CONFIGURATION, "--out", "--workers", "--overwrite", "--rewrite-past", "--json"],
    "extend": ["DATA", "--end-date", "--rewrite-past", "--workers", "--json"],
    "plan": [*CONFIGURATION, "--json"],
    "check": ["DATA", "--config", "--json"],
    "verify": ["DATA", "--json"],
    "repair": ["DATA", "--workers", "--json"],
    "sql": CONFIGURATION,
    "config": ["show", "check", "init"],
    "config show": [*CONFIGURATION, "--json"],
    "config check": ["FILE"],
    "config init": ["FILE", "--preset"],
}
SLOW_MODULES = ["polars", "duckdb", "pyarrow", "numpy", "holidays"]
NOT_NEEDED = [  # what was imported when a process has run these commands, one after the other
    (
        ["build", "--preset=realistic", "--servers=8", "--end-date=2022-01-31"],
        [
            "numpy.ma",
            "pandas",
            "pyarrow.compute",
            "holidays.countries",
            "rich.console",
            "capgen.dataset.other_kinds",
            "capgen.storage.store.objects",
        ],
    ),
    (["query", "from panel limit 1", "--data=data"], ["pandas", "pyarrow.compute"]),
    (["export", "data", "panel.csv"], ["pandas", "pyarrow.compute", "http.client"]),
]


@pytest.fixture(autouse=True)
def plain_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, without the configuration and colours of who runs the tests."""
    monkeypatch.chdir(tmp_path)
    colours = {"NO_COLOR", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"}
    for name in os.environ:
        if name.startswith("CF_DATA_") or name in {"CAPACITY_FORECASTER_CONFIG", *colours}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")


def json_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.parametrize("command", OPTIONS, ids=lambda command: command or "capgen")
def test_help_names_the_options_without_escape_codes(command: str, run: Run) -> None:
    outcome = run(*command.split(), "--help")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert set(OPTIONS[command]) <= set(re.findall(r"[\w-]+", outcome.stdout))
    assert ESCAPE not in outcome.stdout


def test_help_of_preset_names_them_all(run: Run) -> None:
    said = " ".join(run("build", "--help", COLUMNS="400").stdout.split())
    (told,) = re.findall(r"Shipped preset below the file: ([^.]*)", said)
    assert set(preset_names()) <= set(re.findall(r"\w+", told))


def test_no_arguments_print_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert main(["--help"]) == 0
    assert shown.strip() == capsys.readouterr().out.strip()
    assert "build" in shown


def test_short_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "-h"]) == 0
    assert "--overwrite" in capsys.readouterr().out


def test_version(run_process: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == run_process("--version").stdout == f"capgen {__version__}\n"


def test_help_does_not_wait_for_slow_imports() -> None:
    commands = (["--version"], ["--help"], ["build", "--help"])
    assert imported_by(commands, SLOW_MODULES) == "[]"


def test_commands_do_not_wait_for_what_they_do_not_need() -> None:
    script = f"""
import atexit, contextlib, gc, json, sys
from capgen.__main__ import run

imported = []
collected = []
gc.callbacks.append(lambda *_: collected.append(1))

@atexit.register
def tell():
    from capgen.config.archetype import Archetype
    from capgen.config.layers import Layers

    print(json.dumps({{
        "imported": imported,
        "collected": len(collected),
        "collects at its end": gc.get_freeze_count() == 0,
        "built for themselves": [
            each.__name__ for each in (Archetype, Layers) if each.__pydantic_complete__
        ],
    }}))

for command, names in {NOT_NEEDED}:
    sys.argv = ["capgen", *command]
    with contextlib.suppress(SystemExit):
        run()
    imported += [name for name in names if name in sys.modules]
"""
    said = json.loads(printed_by(script))
    assert not any(said.values()), said


def imported_by(commands: Sequence[list[str]], names: list[str]) -> str:
    """Return those of the modules that any of the commands imports, as Python writes a list."""
    script = (
        "import sys; from capgen.cli.app import main;"
        f"[main(each) for each in {commands!r}];"
        f"print([name for name in {names} if name in sys.modules])"
    )
    return printed_by(script)


def printed_by(script: str) -> str:
    """Return the last line that a new interpreter prints, which runs a script."""
    command = [sys.executable, "-c", script]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True)
    return outcome.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from=soon"], "Invalid value for '--from': expected a moment such as 2024-01-31"),
        (["--until=soon"], "Invalid value for '--until': expected a day"),
        (["--quantiles=0.1,x"], "Invalid value for '--quantiles': expected a share"),
        (["--quantiles=0,0.9", "--out=f.csv"], "--quantiles: expected shares between 0 and 1"),
        (["--from=1999-01-01"], "--from: expected a moment from 2022-01-01 on"),
        (["--keep=noise"], "--keep: expected one of"),
        (["--metric=gpu"], "--metric: expected one of"),
        (["--out=futures.txt"], "--out: expected a name that ends in .parquet"),
    ],
    ids=str,
)
def test_a_wrong_value_is_named_by_its_option(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = ["--servers=12", "--end-date=2022-01-31"]
    assert main(["futures", *panel, "--from=2022-01-10", *options]) == 2
    assert capsys.readouterr().err.startswith(f"error: {said}")


def test_a_value_from_elsewhere_is_named_by_its_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").touch()
    panel = ["--servers=12", "--end-date=2022-01-31"]
    assert main(["build", *panel, "--set=out=out"]) == 2
    assert capsys.readouterr().err.startswith("error: out: expected an empty or new folder")
    assert main(["build", *panel, "--out=out"]) == 2
    assert capsys.readouterr().err.startswith("error: --out: expected an empty or new folder")


# Runs the command line with its stderr on a terminal, and prints what it says there.
ON_TERMINAL = """
import os, pty, sys
from capgen.cli.app import main
ours, theirs = pty.openpty()
os.dup2(theirs, 2)
sys.stderr = open(2, "w")
main(sys.argv[1:])
sys.stderr.flush()
sys.stdout.write(os.read(ours, 4096).decode())
"""


def test_errors_are_coloured_on_a_terminal_unless_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = run_script(ON_TERMINAL, "build", "--servers", "0").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    plain = run_script(ON_TERMINAL, "build", "--servers", "0").stdout
    assert ESCAPE in coloured
    assert plain.startswith("error: num_servers")
    assert ESCAPE not in plain


@pytest.mark.parametrize(
    "arguments",
    [["build", *SMALL], ["plan", *SMALL], ["config", "show"], ["build", "--servers", "0"]],
    ids=["build", "plan", "config show", "error"],
)
def test_no_escape_codes_off_a_terminal(arguments: list[str], run: Run) -> None:
    outcome = run(*arguments)
    assert outcome.stdout + outcome.stderr
    assert ESCAPE not in outcome.stdout + outcome.stderr


def test_a_narrow_terminal_cuts_no_figure_of_a_table(
    build_once: BuildOnce, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # Rich takes it for a terminal
    monkeypatch.setenv("COLUMNS", "40")
    for arguments in (["plan", *SMALL], ["check", str(build_once(num_servers=2))]):
        assert main(arguments) == 0
        assert "…" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--servers=40", "--start-date=2023-01-01", "--years=2"], id="daily"),
        pytest.param(
            ["--servers=10", "--end-date=2022-03-31", "--granularity=hourly"], id="hourly"
        ),
    ],
)
def test_plan_says_what_build_writes(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    plan = json_of(capsys, "plan", *arguments)
    assert list(Path().iterdir()) == []
    built = json_of(capsys, "build", *arguments)
    assert (plan["rows"], plan["files"]) == (built["rows"], built["files"])
    assert plan["bytes"] == pytest.approx(built["bytes"], rel=0.2)
    files = json.loads(Path("data/_capgen/manifest.json").read_text())["files"]
    written = {Path(file["path"]).parent.as_posix(): file for file in files}
    for part in plan["partitions"]:
        file = written.pop(f"year={part['year']}/server_type={part['archetype']}")
        assert part["rows"] == part["servers"] * part["timestamps"] == file["rows"]
        assert part["bytes"] == pytest.approx(file["bytes"], rel=0.2)
    assert written == {}


def test_plan_knows_a_short_first_year(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--start-date=2022-12-20", "--end-date=2023-12-31", "--servers=20"]
    plan = json_of(capsys, "plan", *arguments)
    built = json_of(capsys, "build", *arguments)
    assert plan["bytes"] == pytest.approx(built["bytes"], rel=0.2)


def test_plan_totals_are_the_sum_of_its_partitions(capsys: pytest.CaptureFixture[str]) -> None:
    plan = json_of(capsys, "plan", "--servers=40", "--end-date=2022-01-05")
    for key in ("rows", "files", "bytes"):
        assert plan[key] == sum(part[key] for part in plan["partitions"]) > 0


def test_plan_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--servers=20", "--end-date=2022-01-05"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["year", "server_type", "servers", "timestamps", "rows", "files", "about"]
    assert ["2022", "web", "7", "5", "35", "1"] in [line[:6] for line in lines]
    assert lines[-1][:7] == ["In", "all:", "100", "rows", "in", "4", "files,"]


def test_build_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = json_of(capsys, "build", *SMALL, "--out", "here")
    files = list((tmp_path / "here").rglob("*.parquet"))
    sizes = [file.stat().st_size for file in files]
    assert said["seconds"] > 0
    expected = {"out": str(tmp_path / "here"), "rows": 4, "files": len(files), "bytes": sum(sizes)}
    assert expected.items() <= said.items()


def test_build_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", *OF_EACH_TYPE, "--out", "here"]) == 0
    output, progress = capsys.readouterr()
    assert output.startswith("Built here: 20 rows in 4 files, ")
    assert "duckdb -c \"from 'here/**/*.parquet'" in output
    assert progress == ""


def test_build_into_the_working_folder(run: Run) -> None:
    outcome = run("build", *OF_EACH_TYPE, "--out", ".")
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_progress_lines_stay_off_stdout(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capgen.cli.progress._SECONDS_BETWEEN_LINES", 0.0)
    assert main(["build", "--servers=20", "--years=2", "--json"]) == 0
    output, progress = capsys.readouterr()
    assert json.loads(output)["rows"] == 20 * 730
    lines = progress.splitlines()
    shape = r"([\d,]+) of 14,600 rows, \d[\d.]* [kM] rows/s, \d+ s left"
    matches = [re.fullmatch(shape, line) for line in lines]
    done = [int(match[1].replace(",", "")) for match in matches if match]
    assert len(done) == len(lines) > 1
    assert done == sorted(done)
    assert lines[-1].startswith("14,600 of 14,600 rows")
    assert lines[-1].endswith(" 0 s left")


def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    script = """
import os
from capgen.__main__ import run
reader, writer = os.pipe()
os.close(reader)
os.dup2(writer, 1)
run()
"""
    outcome = run_script(script, "config", "show")
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_ctrl_c_stops_a_command_even_if_compiled_code_swallows_it() -> None:
    script = """
        import time
        from capgen import __main__

        class Callback:
            def __del__(self):
                raise KeyboardInterrupt

        def work():
            Callback()
            for _ in range(100):
                time.sleep(0.1)

        __main__._run = work
        __main__.run()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (result.returncode, result.stderr) == (130, "error: interrupted\n")
