"""A build onto a dataset says what it keeps, and never changes past values unasked."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen import RequestError, build, export, extend, repair, rollup, verify
from capgen.dataset.config_values import config_values
from capgen.dataset.manifest import read_manifest
from capgen.dataset.manifest_making import manifest_of
from tests.conftest import Run, make_config

WINDOW: dict[str, Any] = {"num_servers": 6, "end_date": "2023-03-31"}
MONTHLY = {**WINDOW, "growth": {"trend": "monthly"}}
LATER = "2024-02-29"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def past(folder: Path) -> pl.DataFrame:
    rows = pl.scan_parquet(folder / "**/*.parquet", hive_partitioning=True)
    return (
        rows.filter(pl.col("timestamp") < pl.date(2023, 4, 1))
        .sort("server_id", "timestamp")
        .collect()
    )


def test_past_values_are_not_changed_unasked(data: Path) -> None:
    build(make_config(**WINDOW), data)
    before = past(data)
    with pytest.raises(RequestError, match=r"--rewrite-past .*growth\.trend=monthly"):
        build(make_config(**{**WINDOW, "end_date": LATER}), data)
    with pytest.raises(RequestError, match=r"--rewrite-past .*growth\.trend=monthly"):
        extend(data, LATER)
    assert past(data).equals(before)


def test_past_values_are_rewritten_when_asked(data: Path) -> None:
    build(make_config(**WINDOW), data)
    before = past(data)
    notes: list[str] = []
    extend(data, LATER, rewrite_past=True, on_note=notes.append)
    assert not past(data).equals(before)
    at_once = data.with_name("at once")
    build(make_config(**{**WINDOW, "end_date": LATER}), at_once)
    assert read_manifest(data).content_digest == read_manifest(at_once).content_digest
    (note,) = notes
    assert "rewrites 4, adds 2: past values change, because growth.trend: window" in note


def test_extending_takes_all_else_from_the_manifest(data: Path) -> None:
    config = make_config(**{**MONTHLY, "seed": 11, "truth": True, "decimals": 4})
    build(config, data, file_size=40_000)
    before = past(data)
    notes: list[str] = []
    result = extend(data, LATER, on_note=notes.append)
    assert past(data).equals(before)
    manifest = read_manifest(data)
    longer = config_values(config) | {"end_date": LATER}
    assert manifest.config == longer
    assert str(manifest.load_config().end_date) == LATER
    kept = result.kept_files
    assert kept > 0
    assert f"keeps {kept}, rewrites" in notes[0]
    assert "no longer 2023-03-31; past values stay; files whose year goes on" in notes[0]


@pytest.mark.parametrize("length", [None, 100])
def test_files_that_would_be_kept_are_made_again_if_they_are_damaged(
    data: Path, length: int | None
) -> None:
    build(make_config(**{**MONTHLY, "end_date": "2023-12-31"}), data)
    kept = data / "year=2022/server_type=web/part-00000.parquet"
    if length is None:
        kept.unlink()
    else:
        os.truncate(kept, length)
    notes: list[str] = []
    extend(data, LATER, on_note=notes.append)
    assert verify(data).passed
    at_once = data.with_name("at once")
    build(make_config(**{**MONTHLY, "end_date": LATER}), at_once)
    assert read_manifest(data).content_digest == read_manifest(at_once).content_digest
    assert notes[0].startswith(f"{data}: makes year=2022/server_type=web/part-00000.parquet again")


def test_days_added_and_files_repaired_one_by_one_are_the_dataset_built_at_once(
    data: Path,
) -> None:
    values = {**MONTHLY, "truth": True, "granularity": "hourly", "start_date": "2023-12-30"}
    build(make_config(**{**values, "end_date": "2023-12-30"}), data)
    for end_date in ("2023-12-31", "2024-01-03"):
        extend(data, end_date)
        os.truncate(next(data.rglob("*.parquet")), 9)
        (data / "_capgen/summary.json").unlink()
        repair(data)
    at_once = data.with_name("at once")
    build(make_config(**{**values, "end_date": "2024-01-03"}), at_once)
    assert verify(data).passed
    assert read_manifest(data) == read_manifest(at_once)
    exported = []
    for folder in (data, at_once):
        daily = folder.with_name(f"{folder.name}, daily")
        rollup(folder, "daily", daily)
        exported.append([export(each, f"{each}.csv").path.read_bytes() for each in (folder, daily)])
    assert exported[0] == exported[1]


def test_a_dataset_that_reaches_the_day_is_complete(data: Path) -> None:
    build(make_config(**MONTHLY), data)
    result = extend(data, "2023-03-31")
    assert result.kept_files == result.files


@pytest.mark.parametrize(
    ("end_date", "words"),
    [
        pytest.param(
            "2022-12-31", r"expected a day after 2023-03-31.*got 2022-12-31", id="earlier"
        ),
        pytest.param("tuesday", r"end_date: .*got 'tuesday'", id="no day"),
    ],
)
def test_days_that_cannot_be_reached(data: Path, end_date: str, words: str) -> None:
    build(make_config(**MONTHLY), data)
    digest = read_manifest(data).manifest_digest
    with pytest.raises(RequestError, match=words):
        extend(data, end_date)
    assert read_manifest(data).manifest_digest == digest


def test_what_is_replaced_is_said_beforehand(data: Path) -> None:
    build(make_config(**MONTHLY), data)
    notes: list[str] = []
    build(make_config(**{**MONTHLY, "seed": 7}), data, overwrite=True, on_note=notes.append)
    assert notes == [
        (
            f"{data} holds 4 files; this build rewrites 4: "
            "it is of another configuration (seed: 42, now 7)"
        )
    ]


def test_the_command_says_it_on_stderr_and_builds(run: Run) -> None:
    assert (
        run(
            "build", "--servers=4", "--end-date=2022-02-28", "--set=growth.trend=monthly"
        ).returncode
        == 0
    )
    result = run("extend", "data", "--end-date=2022-03-31")
    assert result.returncode == 0
    assert result.stderr.startswith("note: ")
    assert "rewrites 2: the end is 2022-03-31, no longer 2022-02-28" in result.stderr
    assert result.stdout.startswith("Built data: 360 rows in 2 files")
    assert run("extend", "nothing", "--end-date=2022-03-31").returncode == 2


@pytest.fixture
def manifest_file(data: Path, tmp_path: Path) -> Path:
    """The manifest alone, as it is handed to somebody else."""
    build(make_config(**WINDOW, metrics={"net_out": {"derived": {"factor": 0.5}}}), data)
    return Path(shutil.copy(data / "_capgen" / "manifest.json", tmp_path / "handed over.json"))


def test_a_manifest_rebuilds_its_dataset_whatever_the_environment_says(
    manifest_file: Path, run: Run
) -> None:
    result = run("build", "--from", str(manifest_file), "--out=again", CF_DATA_SEED="7")
    assert result.returncode == 0, result.stderr
    assert f"Content digest as in {manifest_file}: every cell is the same." in result.stdout
    (told,) = re.findall("cite: (.*)", run("verify", "again").stdout)
    assert told == read_manifest(manifest_file.with_name("data")).citation


def test_flags_beside_from_are_a_what_if_and_not_compared(manifest_file: Path, run: Run) -> None:
    result = run("build", "--from", str(manifest_file), "--seed=7", "--out=other", "--json")
    assert result.returncode == 0, result.stderr
    assert "flags changed seed: 42, now 7" in result.stderr
    assert json.loads(result.stdout)["same_content"] is False


def test_a_dataset_replaced_by_its_own_what_if_is_not_called_the_same(run: Run) -> None:
    assert run("build", "--servers=4", "--end-date=2022-01-31", "--out=it[s] own").returncode == 0
    result = run(
        "build", "--from=it[s] own", "--seed=7", "--out=it[s] own", "--overwrite", "--json"
    )
    assert result.returncode == 0, result.stderr
    assert "not compared with it[s] own: flags changed seed: 42, now 7" in result.stderr
    assert json.loads(result.stdout)["same_content"] is False


def test_the_repair_that_verify_names_can_be_pasted(run: Run, tmp_path: Path) -> None:
    assert run("build", "--servers=4", "--end-date=2022-01-31", "--out=it[s] own").returncode == 0
    next((tmp_path / "it[s] own").rglob("*.parquet")).unlink()
    assert "capgen repair 'it[s] own' remakes" in run("verify", "it[s] own").stdout


def test_a_rebuilt_dataset_of_other_content_is_a_failure(manifest_file: Path, run: Run) -> None:
    manifest = read_manifest(manifest_file.with_name("data"))
    files = [entry.model_copy(update={"content_digest": "0" * 32}) for entry in manifest.files]
    other = manifest_of(manifest.load_config(), manifest.sizes, files, manifest.side_files)
    manifest_file.write_text(other.model_dump_json())
    result = run("build", "--from", str(manifest_file), "--out=again")
    assert result.returncode == 1
    assert f"expected the content digest of {manifest_file}, {'0' * 32}, got" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--from=nothing"], "nothing: expected a dataset", id="nothing there"),
        pytest.param(["--from={file}", "--preset=telemetry"], "expected no --preset", id="preset"),
        pytest.param(["--from={file}", "--config=x.yaml"], "expected no --config", id="file"),
        pytest.param(["--from={file}", "--seed=x"], "seed: expected", id="wrong flag"),
    ],
)
def test_wrong_origins(manifest_file: Path, run: Run, arguments: list[str], words: str) -> None:
    result = run("build", *(each.format(file=manifest_file) for each in arguments), "--out=x")
    assert result.returncode == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_citation_tells_datasets_apart(data: Path) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"num_servers": 5},
        {"end_date": "2022-02-27"},
        {"start_date": "2022-01-02"},
        {"seed": 1},
        {"granularity": "720min"},
        {"truth": True},
    ]
    cited = []
    for number, change in enumerate(changes):
        folder = data.with_name(str(number))
        build(make_config(**{**MONTHLY, "end_date": "2022-02-28", **change}), folder)
        cited.append(read_manifest(folder).citation)
    assert len(set(cited)) == len(changes)
