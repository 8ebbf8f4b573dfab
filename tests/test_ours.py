"""A dataset holds what capgen made: the rest is named, kept, and never written through."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capgen import CapgenError, RequestError, build
from capgen.cli.app import main
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.storage import files, inspection
from tests.bench.kill import digests
from tests.conftest import BuildOnce, make_config

SMALL = {"num_servers": 20, "end_date": "2022-01-31", "truth": True}
PART = "year=2022/server_type=web/part-00000.parquet"


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(**SMALL)


@pytest.fixture
def data(dataset: Path, tmp_path: Path) -> Path:
    shutil.copytree(dataset, tmp_path / "data")
    return tmp_path / "data"


def found(folder: Path) -> dict[str, str]:
    return {each.path: each.kind for each in inspection.problems(folder, read_manifest(folder))}


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


# What somebody put into a dataset, and what verify then calls extra.
EXTRA: dict[str, Callable[[Path], list[str]]] = {}


def extra(put: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    EXTRA[put.__name__] = put
    return put


@extra
def notes_in_the_side_folder(data: Path) -> list[str]:
    (data / "_capgen/notes.txt").write_text("mine")
    return ["_capgen/notes.txt"]


@extra
def parquet_in_the_side_folder(data: Path) -> list[str]:
    shutil.copy(data / PART, data / "_capgen/mine.parquet")
    return ["_capgen/mine.parquet"]


@extra
def a_dataset_in_the_side_folder(data: Path) -> list[str]:
    shutil.copytree(data, data.with_name("copy"))
    data.with_name("copy").rename(data / "_capgen/copy")
    return [f"_capgen/copy/{name}" for name in contents(data / "_capgen/copy")]


@extra
def a_part_in_the_folder_of_a_build(data: Path) -> list[str]:
    (data / "_capgen/staging").mkdir()
    shutil.copy(data / PART, data / "_capgen/staging/mine.parquet")
    return ["_capgen/staging/mine.parquet"]


@extra
def a_name_with_a_newline(data: Path) -> list[str]:
    (data / "a\nb.parquet").write_text("mine")
    return ["a\nb.parquet"]


@extra
def a_pipe(data: Path) -> list[str]:
    os.mkfifo(data / "pipe")
    return ["pipe"]


@extra
def a_linked_folder(data: Path) -> list[str]:
    (data.parent / "elsewhere").mkdir()
    (data.parent / "elsewhere/precious.txt").write_text("mine")
    (data / "link").symlink_to(data.parent / "elsewhere")
    return ["link"]


@extra
def a_linked_side_folder(data: Path) -> list[str]:
    (data / "_capgen").rename(data.parent / "moved")
    (data / "_capgen").symlink_to(data.parent / "moved")
    return ["_capgen"]


@extra
def a_linked_year(data: Path) -> list[str]:
    (data / "year=2022").rename(data.parent / "moved")
    (data / "year=2022").symlink_to(data.parent / "moved")
    return ["year=2022"]


@extra
def a_linked_part(data: Path) -> list[str]:
    (data / PART).rename(data.parent / "moved")
    (data / PART).symlink_to(data.parent / "moved")
    return [PART]


@extra
def a_link_in_a_circle(data: Path) -> list[str]:
    (data / "circle").symlink_to(data / "circle")
    return ["circle"]


@extra
def a_link_to_a_parent(data: Path) -> list[str]:
    (data / "year=2022/up").symlink_to(data)
    return ["year=2022/up"]


@pytest.mark.parametrize("put", EXTRA.values(), ids=EXTRA)
def test_what_is_not_ours_is_named_and_kept(
    put: Callable[[Path], list[str]], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra = put(data)
    before = contents(data.parent)
    assert {path: kind for path, kind in found(data).items() if kind == "extra"} == dict.fromkeys(
        extra, "extra"
    )
    assert main(["verify", str(data)]) == 1
    with pytest.raises(RequestError, match="capgen did not write"):
        build(make_config(**SMALL, seed=7), data, overwrite=True)
    assert main(["repair", str(data)]) == 0
    assert contents(data.parent) == before
    assert capsys.readouterr().err == ""


def test_a_file_that_comes_while_a_dataset_is_replaced_is_kept(data: Path) -> None:
    def put(_rows: int) -> None:
        (data / "notes.txt").write_text("mine")

    with pytest.raises(RequestError, match=r"notes\.txt"):
        build(make_config(**SMALL, seed=7), data, overwrite=True, on_rows=put)
    (data / "notes.txt").unlink()
    assert build(make_config(**SMALL, seed=7), data, overwrite=True).kept_files > 0
    assert digests(data)


def test_what_is_published_file_by_file_deletes_only_parts(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data)  # which then is not replaced as a whole
    build(make_config(**SMALL, seed=7), data, overwrite=True)
    (data / "_capgen/manifest.json").unlink()  # as if killed in the midst of it
    (data / "_capgen/staging/_capgen").mkdir(parents=True)
    (data / "_capgen/staging/_capgen/build.json").write_text("{}")
    (data / "mine.parquet").write_text("mine")
    build(make_config(**SMALL, seed=8), data, overwrite=True)
    assert (data / "mine.parquet").read_text() == "mine"


@pytest.mark.parametrize(
    "name", [".data.capgen-lock", ".data.capgen-staging", ".data.capgen-replaced"]
)
def test_what_a_link_in_place_of_ours_leads_to_is_kept(name: str, data: Path) -> None:
    elsewhere = data.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious.txt").write_text("mine")
    data.with_name(name).symlink_to(elsewhere / "precious.txt" if "lock" in name else elsewhere)
    try:
        build(make_config(**SMALL, seed=7), data, overwrite=True)
    except CapgenError as error:
        assert name in str(error)  # noqa: PT017 - either way is good
    assert (elsewhere / "precious.txt").read_text() == "mine"
    assert digests(data)


def test_repair_does_not_write_through_a_link(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_linked_year(data)
    (data / PART).write_bytes(b"damaged")
    assert main(["repair", str(data)]) == 1
    assert "symbolic link" in capsys.readouterr().err
    assert (data / PART).read_bytes() == b"damaged"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_in_place_of_a_part(make: Callable[[Path], None], data: Path) -> None:
    (data / PART).unlink()
    make(data / PART)
    assert found(data) == {PART: "missing"}
    with pytest.raises(CapgenError, match="capgen repair"):
        build(make_config(**SMALL), data)


# --- A manifest is confined to its folder ---


def forge(data: Path, **changes: Any) -> None:
    """Change the manifest, and its digest with it."""
    path = data / "_capgen/manifest.json"
    document = {**json.loads(path.read_text()), **changes}
    manifest = Manifest.model_validate_json(json.dumps(document))
    text = manifest.model_dump_json(exclude={"manifest_digest"})
    document["manifest_digest"] = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(document))


def first_file(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    first, *others = json.loads((data / "_capgen/manifest.json").read_text())["files"]
    return first, others


PATHS = [
    "/etc/passwd",
    "../data/" + PART,
    "year=2022/../" + PART,
    "./" + PART,
    PART.replace("web", "*"),
    "**/*.parquet",
    PART.replace("part", "[p]art"),
    "_capgen/mine.parquet",
    "year=2022/server_type=web/part-00000.parquet\n",
    "",
    "s3://bucket/" + PART,
]


@pytest.mark.parametrize(
    ("command", "path"),
    [
        *(("verify", path) for path in PATHS),
        *((command, PATHS[1]) for command in ("check", "repair", "query", "export")),
    ],
)
def test_a_manifest_names_nothing_outside_of_its_dataset(
    command: str, path: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, others = first_file(data)
    forge(data, files=[{**first, "path": path}, *others])
    words = {
        "query": ["query", "from panel", "--data", str(data)],
        "export": ["export", str(data), str(tmp_path / "a.csv")],
    }
    assert main(words.get(command, [command, str(data)])) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "expected a data file as" in line
    assert list(tmp_path.iterdir()) == [data]


@pytest.mark.parametrize(
    "path", ["_capgen/../notes", "notes.txt", "/etc/passwd", "_capgen/a.parquet", "_capgen/a/b"]
)
def test_nor_a_side_file_elsewhere(path: str, data: Path) -> None:
    (first, *others) = json.loads((data / "_capgen/manifest.json").read_text())["side_files"]
    forge(data, side_files=[{**first, "path": path}, *others])
    with pytest.raises(CapgenError, match="within its folder"):
        read_manifest(data)


def test_a_file_named_twice(data: Path) -> None:
    first, others = first_file(data)
    total = first["rows"] + sum(each["rows"] for each in others) + first["rows"]
    forge(data, files=[first, first, *others], rows=total)
    with pytest.raises(CapgenError, match="expected each file once"):
        read_manifest(data)


@pytest.mark.parametrize("rows", [0, -5, 10**12])
def test_rows_that_cannot_be(rows: int, data: Path) -> None:
    first, others = first_file(data)
    forge(data, files=[{**first, "rows": rows}, *others])
    with pytest.raises(CapgenError, match="row"):
        read_manifest(data)


def test_rows_that_are_not_those_of_the_file(data: Path) -> None:
    first, others = first_file(data)
    files = [
        {**first, "rows": first["rows"] - 1},
        {**others[0], "rows": others[0]["rows"] + 1},
        *others[1:],
    ]
    forge(data, files=files)
    assert found(data) == {first["path"]: "altered", others[0]["path"]: "altered"}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_manifest_that_is_no_file(
    make: Callable[[Path], None], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "_capgen/manifest.json").unlink()
    make(data / "_capgen/manifest.json")
    for words in (["verify", str(data)], ["query", "from panel", "--data", str(data)]):
        assert main(words) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "expected a file" in line


# --- Receipts are believed as far as they can be made again ---


class StoppedError(Exception):
    """In the midst of a build."""


def interrupted(target: Path, **changes: Any) -> Path:
    """Interrupt a build when most files are whole; return the folder in which it goes on."""
    rows = 0

    def stop(new: int) -> None:
        nonlocal rows
        rows += new
        if rows > 500:
            raise StoppedError

    with pytest.raises(StoppedError):
        build(make_config(**{**SMALL, **changes}), target, workers=1, on_rows=stop)
    return target.with_name(f".{target.name}.capgen-staging")


def receipts(staging: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, (staging / "_capgen/receipts.ndjson").read_text().splitlines())


def write_receipts(staging: Path, lines: Iterator[dict[str, Any]]) -> None:
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (staging / "_capgen/receipts.ndjson").write_text(text)


def other_bytes(staging: Path) -> None:
    """Put the file of another seed in place of one, with a receipt for it."""
    foreign = interrupted(staging.with_name("foreign"), seed=7)
    theirs = {line["path"]: line for line in receipts(foreign)}
    path = next(line["path"] for line in receipts(staging) if line["path"] in theirs)
    shutil.copy(foreign / path, staging / path)
    write_receipts(
        staging,
        (theirs[path] if line["path"] == path else line for line in list(receipts(staging))),
    )


def other_cells(staging: Path) -> None:
    """Change one value of a file, and what its receipt says of its bytes."""
    import polars as pl

    (line, *others) = receipts(staging)
    path = staging / line["path"]
    frame = pl.read_parquet(path, hive_partitioning=False)
    first = pl.int_range(pl.len()) == 0
    frame.with_columns(
        pl.when(first).then(1.0).otherwise("cpu_p95").alias("cpu_p95")
    ).write_parquet(path)
    line |= {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    write_receipts(staging, iter([line, *others]))


def changed(**changes: Any) -> Callable[[Path], None]:
    def forge_receipt(staging: Path) -> None:
        (line, *others) = receipts(staging)
        write_receipts(staging, iter([{**line, **changes}, *others]))

    return forge_receipt


FORGED = {
    "other bytes": other_bytes,
    "other cells": other_cells,
    "rows": changed(rows=1),
    "content digest": changed(content_digest="0" * 32),
    "time": changed(last_timestamp="2030-01-01T00:00:00"),
    "another path": changed(path="../../precious.parquet"),
    "a path of no file": changed(path="year=2023/server_type=web/part-00000.parquet"),
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    staging = interrupted(tmp_path_factory.mktemp("stopped") / "data")
    assert list(receipts(staging))
    return staging


@pytest.fixture
def staging(stopped: Path, tmp_path: Path) -> Path:
    """What an interrupted build of `data` left."""
    return Path(shutil.copytree(stopped, tmp_path / stopped.name))


@pytest.mark.parametrize("forge_receipts", FORGED.values(), ids=FORGED)
def test_a_forged_receipt_brings_nothing_in(
    forge_receipts: Callable[[Path], None], staging: Path, dataset: Path, tmp_path: Path
) -> None:
    forge_receipts(staging)
    build(make_config(**SMALL), tmp_path / "data")
    assert contents(tmp_path / "data") == contents(dataset)


def test_true_receipts_are_believed(staging: Path, dataset: Path, tmp_path: Path) -> None:
    count = len(list(receipts(staging)))
    assert build(make_config(**SMALL), tmp_path / "data").kept_files == count > 0
    assert contents(tmp_path / "data") == contents(dataset)


# --- Repair mends whatever a build made ---

SIDE_FILES = ["summary.json", "sample.csv", "events.ndjson", "manifest.schema.json"]


@pytest.mark.parametrize("content", [None, b"damaged"])
@pytest.mark.parametrize("name", SIDE_FILES)
def test_repair_mends_side_files(
    name: str, content: bytes | None, data: Path, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / "_capgen" / name
    path.unlink() if content is None else path.write_bytes(content)
    untouched = {each: each.stat().st_mtime_ns for each in data.rglob("*.*") if each != path}
    assert main(["verify", str(data)]) == 1
    assert main(["repair", str(data)]) == 0
    assert f"remade _capgen/{name}" in capsys.readouterr().out
    assert main(["verify", str(data)]) == 0
    assert contents(data) == contents(dataset)
    assert {each: each.stat().st_mtime_ns for each in untouched} == untouched


def test_repair_mends_everything_at_once_and_reads_each_file_once(
    data: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    digest = files.sha256

    def noting(path: Path) -> str:
        read.append(path)
        return digest(path)

    monkeypatch.setattr(inspection, "sha256", noting)
    for name in SIDE_FILES:
        (data / "_capgen" / name).unlink()
    (data / PART).write_bytes(b"x" * (data / PART).stat().st_size)
    assert main(["repair", str(data)]) == 0
    assert len(read) == len(set(read)) > 0
    assert contents(data) == contents(dataset)
