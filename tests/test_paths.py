"""A dataset answers the same wherever it lies: no folder above is a column, no name a pattern."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import capgen
from capgen.cli.app import main
from capgen.dataset.rollup.rollup import rollup
from tests.conftest import BuildOnce, deep, examples

SMALL = {
    "num_servers": 4,
    "granularity": "hourly",
    "start_date": "2023-12-31",
    "end_date": "2024-01-02",
}
COLUMNS = ("region", "year", "server_type", "cpu_p95", "server_id", "is_weekend", "timestamp")
QUERY = f"select {', '.join(COLUMNS)} from panel order by server_id, timestamp"  # names of ours
ALPHABET = "ab1[]*?{}!^'\"$()`;&|<>#%~=+,@\\ ü\n\t-."
KEYS = ["region=EU", "year=1999", "year=then", "server_type=x", "cpu_p95=1", "is_weekend=7"]
Answers = dict[str, pl.DataFrame]
names = st.text(ALPHABET, min_size=1, max_size=8).filter(lambda name: name not in {".", ".."})
folders = st.lists(st.sampled_from(KEYS) | names, min_size=1, max_size=3)


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(**SMALL)


@pytest.fixture(scope="module")
def expected(dataset: Path) -> Answers:
    found = dict(answers(str(dataset), dataset.parent))
    assert found["open"]["region"].n_unique() > 1
    return found


def answers(folder: str, room: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield what each reader finds in a dataset."""
    files = {name: room / f"{name}.csv" for name in ("query", "export")}
    opened = capgen.open(folder)
    yield "open", opened.sql(QUERY)
    yield "scan", opened.scan().select(COLUMNS).sort("server_id", "timestamp").collect()
    assert (
        main(["query", QUERY, f"--data={folder}", f"--output={files['query']}", "--overwrite"]) == 0
    )
    columns = f"--columns={','.join(COLUMNS)}"
    assert main(["export", "--overwrite", columns, "--", folder, str(files["export"])]) == 0
    yield from ((name, pl.read_csv(file, try_parse_dates=True)) for name, file in files.items())


def assert_the_same_answers(
    folder: str, expected: Answers, room: Path, readers: int | None = None
) -> None:
    for name, answer in islice(answers(folder, room), readers):
        assert answer.sort(pl.all()).equals(expected[name].sort(pl.all())), name


@given(above=folders)
@examples(0.4)
def test_any_folders_above_a_dataset(
    above: list[str], dataset: Path, expected: Answers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = tmp_path_factory.mktemp("room")
    folder = room.joinpath("above", *above)
    folder.parent.mkdir(parents=True)
    shutil.copytree(dataset, folder)
    assert_the_same_answers(str(folder), expected, room, readers=2)  # DuckDB and Polars
    shutil.rmtree(room)


def test_a_folder_above_is_no_column_and_a_name_no_pattern(
    dataset: Path, build_once: BuildOnce, expected: Answers, tmp_path: Path
) -> None:
    folder = tmp_path / "region=EU/server_type=x/year=1999/run[1]"
    shutil.copytree(dataset, folder)
    shutil.copytree(build_once(**SMALL, seed=7), folder.with_name("run1"))
    assert_the_same_answers(str(folder), expected, tmp_path)
    assert capgen.check(folder).passed
    rollup(folder, "daily", tmp_path / "days")
    days = pl.scan_parquet(tmp_path / "days/**/*.parquet", hive_partitioning=True)
    keys = ["region", "year", "server_type", "server_id"]
    wanted = capgen.open(dataset).scan().select(keys).unique().sort(keys).collect()
    assert days.select(wanted.columns).unique().sort(keys).collect().rows() == wanted.rows()
    assert wanted["year"].unique().sort().to_list() == [2023, 2024]


def test_two_stars_are_no_pattern(dataset: Path, build_once: BuildOnce, tmp_path: Path) -> None:
    shutil.copytree(dataset, tmp_path / "**")
    shutil.copytree(build_once(**SMALL, seed=7), tmp_path / "x")
    assert capgen.open(tmp_path / "**").sql(QUERY).equals(capgen.open(dataset).sql(QUERY))


@pytest.mark.parametrize(
    "name",
    [
        "a'b",
        'a"b $(y) !!',
        "run[1]",
        "-x",
        "a\nb\\ü",
        *(pytest.param(name, marks=deep) for name in ("./~x", "server_type=ü")),
    ],
)
def test_the_command_that_build_suggests_works(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    flags = ["--servers=4", "--start-date=2024-01-01", "--end-date=2024-01-02"]
    assert main(["build", f"--out={name}", *flags]) == 0
    hint = capsys.readouterr().out.partition("\nTry: ")[2]
    script = 'words() { printf "%s\\0" "$@"; }\nalias capgen=words duckdb=words\n' + hint
    bash = ["bash", "-O", "expand_aliases", "-c", script]
    words = subprocess.run(bash, capture_output=True, text=True, check=True).stdout.split("\0")[:-1]
    if words[0] == "query":
        assert main(words) == 0
        answer = capsys.readouterr().out
    else:
        answer = str(duckdb.sql(words[1]))
    assert "application" in answer


def test_a_name_that_is_not_text_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["build", "--out=\udcff"],
        ["check", "\udcff"],
        ["query", "from panel", "--data=\udcff"],
    ):
        assert main(words) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "expected a name in UTF-8, got b'" in error
