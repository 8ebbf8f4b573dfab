"""A dataset is absent or whole, whatever happens to the process that makes it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pytest

from capgen import CapgenError, RequestError, build
from capgen.cli.app import main
from capgen.config.holiday_days import with_days
from capgen.dataset.manifest import read_manifest
from capgen.storage.inspection import problems
from capgen.storage.local.places import Places
from capgen.storage.marks import is_dataset
from tests.bench.kill import assert_it_goes_on, build_whole, digests
from tests.conftest import BuildOnce, deep, make_config, needs_root
from tests.faults import (
    build_killed_at,
    files_of_at_most,
    interrupt_after,
    is_in_the_open,
    left_at,
)
from tests.held_builds import held_build
from tests.processes import MAIN, Process

SMALL = {"num_servers": 8, "end_date": "2023-12-31"}
FEW = {"num_servers": 4, "end_date": "2022-01-31"}
HOURLY = {"num_servers": 12, "granularity": "hourly", "end_date": "2022-03-31"}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.mark.parametrize("overwrite", [False, True], ids=["new", "replacing"])
def test_killed_at_any_moment(tmp_path: Path, *, overwrite: bool) -> None:
    """A killed process leaves what lies there at the moment; `bench/kill.py` kills at each."""
    target = tmp_path / "there" / "data"
    config = {**FEW, "seed": 2}
    old = None
    if overwrite:
        build(make_config(**FEW), target)
        old = digests(target)
    states = left_at(
        target.parent,
        tmp_path,
        lambda: build_whole(config, target, overwrite=overwrite, workers=1),
        of=lambda place, number: is_in_the_open(place, target) or number % 10 == 0,
    )
    assert len(states) >= 8
    for state in states:
        assert_it_goes_on(state / "data", config, old, digests(target))


def test_resuming_keeps_the_files_that_are_whole(target: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(make_config(**SMALL), target, workers=1, on_rows=interrupt_after(4000))
    assert not target.exists()
    result = build(make_config(**SMALL), target)
    assert 0 < result.kept_files < result.files
    build(make_config(**SMALL), target.with_name("at once"))
    assert digests(target) == digests(target.with_name("at once"))


def test_a_damaged_staged_file_is_made_again(target: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(make_config(**SMALL), target, workers=1, on_rows=interrupt_after(4000))
    staged = next(target.with_name(".data.capgen-staging").rglob("*.parquet"))
    staged.write_bytes(staged.read_bytes()[:-1] + b"x")
    build(make_config(**SMALL), target)
    assert digests(target)


def test_a_build_stopped_before_its_last_step_is_not_called_complete_already(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("capgen.dataset.building.build.write_side_files", stop)
        with pytest.raises(KeyboardInterrupt):
            build(make_config(**SMALL), target)
    result = build(make_config(**SMALL), target)
    assert result.kept_files == result.files
    assert not result.was_complete
    assert build(make_config(**SMALL), target).was_complete


def test_the_same_again_does_nothing(target: Path) -> None:
    build(make_config(**SMALL), target)
    before = {file: file.stat().st_mtime_ns for file in target.rglob("*")}
    result = build(make_config(**SMALL), target)
    assert result.kept_files == result.files
    assert {file: file.stat().st_mtime_ns for file in target.rglob("*")} == before


def test_another_configuration_is_refused_with_the_keys_that_differ(target: Path) -> None:
    build(make_config(**SMALL), target)
    with pytest.raises(RequestError, match=r"seed: 42, now 7.*--overwrite"):
        build(make_config(**SMALL, seed=7), target)
    assert read_manifest(target).seed == 42
    build(make_config(**SMALL, seed=7), target, overwrite=True)
    assert read_manifest(target).seed == 7


def test_a_dataset_that_was_being_replaced_is_not_lost_silently(target: Path) -> None:
    """As a killed process leaves it, where the file system cannot exchange two folders."""
    build(make_config(**FEW), target)
    target.rename(Places.of(target).replaced)
    with pytest.raises(RequestError, match=r"seed: 42, now 7.*--overwrite"):
        build(make_config(**FEW, seed=7), target)
    assert read_manifest(target).seed == 42


def test_an_interrupted_build_of_another_configuration_is_not_lost_silently(target: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(make_config(**SMALL), target, on_rows=interrupt_after(0))
    with pytest.raises(RequestError, match=r"interrupted build.*seed: 42, now 7.*--overwrite"):
        build(make_config(**SMALL, seed=7), target)
    build(make_config(**SMALL, seed=7), target, overwrite=True)
    assert read_manifest(target).seed == 7


def test_a_later_end_date_extends_and_rewrites_only_what_changes(target: Path) -> None:
    monthly = {"growth": {"trend": "monthly"}, "num_servers": 8}
    build(make_config(**monthly, end_date="2023-06-30"), target)
    before = {file: file.stat().st_ino for file in target.rglob("year=2022/**/*.parquet")}
    result = build(make_config(**monthly, end_date="2024-03-31"), target)
    assert result.kept_files == len(before) > 0
    assert {file: file.stat().st_ino for file in target.rglob("year=2022/**/*.parquet")} == before
    build(make_config(**monthly, end_date="2024-03-31"), target.with_name("at once"))
    assert digests(target) == digests(target.with_name("at once"))


def test_an_earlier_end_date_is_refused(target: Path) -> None:
    build(make_config(**SMALL), target)
    with pytest.raises(RequestError, match="end_date"):
        build(make_config(**{**SMALL, "end_date": "2023-06-30"}), target)


def test_two_builds_at_once(target: Path) -> None:
    with (
        held_build(make_config(**SMALL), target),
        pytest.raises(CapgenError, match=rf"process {os.getpid()} on .* is writing it"),
    ):
        build(make_config(**SMALL), target)
    assert digests(target)
    assert [entry.name for entry in target.parent.iterdir()] == ["data"]


def test_a_lock_of_a_dead_process_does_not_block(target: Path) -> None:
    target.with_name(".data.capgen-lock").write_text("process 1 on somewhere")
    build(make_config(**SMALL), target)
    assert digests(target)


def test_a_reader_never_sees_a_part(target: Path) -> None:
    config = make_config(**HOURLY, seed=1)
    other = make_config(**HOURLY, seed=2)
    counts: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.wait(0.01):
            with duckdb.connect() as connection:
                try:
                    counts.extend(
                        connection.execute(
                            f"select count(*) from '{target}/**/*.parquet'"
                        ).fetchone()
                        or ()
                    )
                except duckdb.IOException as error:
                    assert "No files found" in str(error)  # noqa: PT017 - the only failure allowed

    reader = threading.Thread(target=read)
    reader.start()
    rows = build(config, target).rows
    build(other, target, overwrite=True)
    time.sleep(0.05)
    done.set()
    reader.join()
    assert set(counts) == {rows}


def test_a_foreign_folder_is_neither_written_nor_deleted(target: Path) -> None:
    target.mkdir()
    (target / "precious.txt").write_text("mine")
    with pytest.raises(RequestError, match="did not make"):
        build(make_config(**SMALL), target, overwrite=True)
    assert [entry.name for entry in target.iterdir()] == ["precious.txt"]


@pytest.mark.parametrize(
    "changed", [{"seed": 7}, {"end_date": "2024-03-31"}], ids=["replaced", "extended"]
)
def test_a_file_put_into_a_dataset_is_not_lost(target: Path, changed: dict[str, Any]) -> None:
    build(make_config(**SMALL), target)
    before = digests(target)
    (target / "notes.txt").write_text("mine")
    with pytest.raises(RequestError, match=r"notes\.txt.*move it away"):
        build(make_config(**{**SMALL, **changed}), target, overwrite=True)
    assert (target / "notes.txt").read_text() == "mine"
    (target / "notes.txt").unlink()
    assert digests(target) == before
    config = make_config(**{**SMALL, **changed})
    build(config, target, overwrite="seed" in changed, rewrite_past="end_date" in changed)
    assert digests(target) != before


def test_a_symbolic_link_is_followed(tmp_path: Path, target: Path) -> None:
    (tmp_path / "real").mkdir()
    target.symlink_to(tmp_path / "real")
    build(make_config(**SMALL), target)
    assert target.is_symlink()
    assert digests(tmp_path / "real") == digests(target)


@needs_root
def test_a_mount_point(mount: Callable[[str], Path]) -> None:
    folder = mount("size=40m")
    build(make_config(**SMALL, seed=1), folder)
    first = digests(folder)
    with pytest.raises(KeyboardInterrupt):
        build(make_config(**SMALL, seed=2), folder, overwrite=True, on_rows=interrupt_after(0))
    assert digests(folder) == first
    build(make_config(**SMALL, seed=2), folder, overwrite=True)
    assert digests(folder) != first
    assert {entry.name for entry in folder.iterdir()} == {"_capgen", "year=2022", "year=2023"}


@pytest.mark.parametrize("moment", [75, 100])
def test_killed_in_the_working_folder(
    tmp_path: Path, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    overrides = {**SMALL, "seed": 1}
    folder = tmp_path / "here"
    folder.mkdir()
    build_killed_at(moment, overrides, folder, inside=True)
    assert not is_dataset(folder) or digests(folder)
    monkeypatch.chdir(folder)
    build(make_config(**overrides), folder)
    assert digests(folder)
    beside = {"manifest.json", "manifest.schema.json", "sample.csv", "summary.json"}
    assert {entry.name for entry in (folder / "_capgen").iterdir()} == beside


@needs_root
def test_a_full_disk(mount: Callable[[str], Path], capfd: pytest.CaptureFixture[str]) -> None:
    folder = mount("size=1200k")
    small = ["--servers=2", "--years=1", f"--out={folder / 'data'}"]
    assert main(["build", *small]) == 0
    before = digests(folder / "data")
    capfd.readouterr()
    large = ["--servers=60", "--years=3", f"--out={folder / 'data'}", "--overwrite"]
    assert main(["build", *large]) == 1
    *_, line = capfd.readouterr().err.splitlines()
    assert "No space left" in line
    assert "again to go on" in line
    assert digests(folder / "data") == before
    subprocess.run(["mount", "-o", "remount,size=20m", str(folder)], check=True)
    assert main(["build", *large, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["kept_files"] > 0
    assert digests(folder / "data") != before


def test_a_limit_on_the_size_of_files(target: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["build", "--servers=20", "--years=1", f"--out={target}"]
    with files_of_at_most(20_000):
        assert main(command) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert "File too large" in line
    assert not target.exists()
    assert main(command) == 0
    assert digests(target)


@pytest.fixture
def unwritable(tmp_path: Path, mount: Callable[[str], Path]) -> Iterator[Path]:
    if os.geteuid() == 0:  # root may write everywhere but on a read-only file system
        yield mount("ro")
        return
    folder = tmp_path / "unwritable"
    folder.mkdir(mode=0o555)
    yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize("name", ["", "data", "deeper/data"])
def test_an_unwritable_place(
    unwritable: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--servers=10", "--years=1", f"--out={unwritable / name}"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert str(unwritable) in line


@pytest.mark.parametrize("what", ["data", ".data.capgen-staging"])
def test_a_folder_removed_during_the_build(target: Path, what: str) -> None:
    target.mkdir()

    def remove(_rows: int) -> None:
        shutil.rmtree(target.with_name(what), ignore_errors=True)

    if what == "data":  # nothing in it yet: the dataset appears all the same
        build(make_config(**SMALL), target, on_rows=remove)
        assert digests(target)
        return
    with pytest.raises(OSError, match="No such file"):
        build(make_config(**SMALL), target, on_rows=remove)
    assert not is_dataset(target)
    build(make_config(**SMALL), target)
    assert digests(target)


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=deep), signal.SIGTERM])
def test_stopping_is_quick_and_says_how_to_go_on(target: Path, number: signal.Signals) -> None:
    staging = target.with_name(".data.capgen-staging")
    command = ["build", "--granularity=hourly", "--servers=300", f"--out={target}"]
    process = Process(MAIN, *command)
    process.signal_when(number, lambda: any(staging.rglob("*.unfinished")))
    stopped = time.monotonic()
    result = process.ended()
    assert time.monotonic() < stopped + 20
    assert result.returncode == 130
    assert result.stderr.splitlines()[-1] == (
        "error: interrupted; complete files are kept; run the same capgen build again to go on"
    )
    assert staging.is_dir()
    assert not target.exists()


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(**SMALL)


@pytest.fixture
def copy(dataset: Path, target: Path) -> Path:
    shutil.copytree(dataset, target)
    return target


def found(folder: Path) -> dict[str, str]:
    return {problem.path: problem.kind for problem in problems(folder, read_manifest(folder))}


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


def test_verify_names_every_flipped_byte_and_repair_restores_it(copy: Path) -> None:
    good = digests(copy)
    for number in range(24):
        file = files(copy)[number % len(good)]
        content = bytearray(file.read_bytes())
        position = number * 7919 % len(content)
        content[position] ^= 1 << number % 8
        file.write_bytes(content)
        assert found(copy) == {str(file.relative_to(copy)): "altered"}
        content[position] ^= 1 << number % 8
        file.write_bytes(content)
    file.write_bytes(content[:-1])
    assert main(["repair", str(copy)]) == 0
    assert digests(copy) == good


def truncate(folder: Path) -> dict[str, str]:
    file = files(folder)[0]
    file.write_bytes(file.read_bytes()[:1000])
    return {str(file.relative_to(folder)): "altered"}


def remove(folder: Path) -> dict[str, str]:
    file = files(folder)[1]
    file.unlink()
    return {str(file.relative_to(folder)): "missing"}


def swap(folder: Path) -> dict[str, str]:
    first, second, *_ = files(folder)
    between = first.with_name("between")
    first.rename(between)
    second.rename(first)
    between.rename(second)
    return {str(file.relative_to(folder)): "altered" for file in (first, second)}


@pytest.mark.parametrize("damage", [truncate, remove, swap])
def test_verify_names_damage_and_repair_mends_it(
    copy: Path, damage: Callable[[Path], dict[str, str]]
) -> None:
    good = digests(copy)
    expected = damage(copy)
    assert found(copy) == expected
    assert main(["verify", str(copy)]) == 1
    assert main(["repair", str(copy)]) == 0
    assert main(["verify", str(copy)]) == 0
    assert digests(copy) == good


def test_verify_names_an_extra_file_and_repair_leaves_it(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra = copy / "year=2022/server_type=web/part-00009.parquet"
    extra.write_bytes(b"not ours")
    assert found(copy) == {str(extra.relative_to(copy)): "extra"}
    assert main(["repair", str(copy)]) == 0
    assert extra.exists()
    capsys.readouterr()
    assert main(["verify", "--json", str(copy)]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["kind"] == "extra"
    assert main(["verify", str(copy)]) == 1
    said = capsys.readouterr().out
    assert "move it away" in said
    assert "capgen repair" not in said  # which would find nothing to repair


def test_a_build_does_not_take_a_damaged_dataset_for_complete(copy: Path) -> None:
    remove(copy)
    with pytest.raises(CapgenError, match="capgen repair"):
        build(make_config(**SMALL), copy)


@pytest.mark.parametrize("text", ["", "{}", "not json", None])
def test_a_damaged_manifest_is_one_line(
    copy: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = copy / "_capgen/manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"seed": 42', '"seed": 43') if text is None else text
    )
    assert main(["verify", str(copy)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "manifest.json" in line


def test_no_dataset_is_a_wrong_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("verify", "repair"):
        assert main([command, str(tmp_path)]) == 2
        assert "expected a dataset" in capsys.readouterr().err


def test_the_manifest_says_what_the_dataset_is(dataset: Path) -> None:
    manifest = read_manifest(dataset)
    schema = json.loads((dataset / "_capgen/manifest.schema.json").read_text())
    assert set(json.loads((dataset / "_capgen/manifest.json").read_text())) == set(
        schema["properties"]
    )
    assert manifest.load_config() == with_days(make_config(**SMALL))
    assert manifest.servers == {"web": 2, "application": 5, "database": 1, "batch": 0}
    assert str(manifest.first_timestamp) == "2022-01-01 00:00:00"
    assert str(manifest.last_timestamp) == "2023-12-31 00:00:00"


def test_what_was_taken_away_stays_away(target: Path) -> None:
    less = {
        "archetypes": {"batch": None, "web": {"share": 0.45, "correlation": {"cpu~disk": None}}}
    }
    build(make_config(**SMALL, **less), target)
    assert read_manifest(target).load_config() == with_days(make_config(**SMALL, **less))
    good = digests(target)
    remove(target)
    assert main(["repair", str(target)]) == 0
    assert digests(target) == good


def test_the_content_digest_does_not_depend_on_the_layout(
    dataset: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capgen.dataset.sizes._ROW_GROUP_ROWS", 700)
    monkeypatch.setattr("capgen.dataset.sizes._FILE_BYTES", 8000)
    monkeypatch.setattr("capgen.panel.cell.values._SLICE_ROWS", 100)
    build(make_config(**SMALL), target)
    one = read_manifest(dataset)
    other = read_manifest(target)
    assert len(other.files) > len(one.files)
    assert other.content_digest == one.content_digest
    build(make_config(**SMALL, seed=1), target.with_name("other seed"))
    assert read_manifest(target.with_name("other seed")).content_digest != one.content_digest
