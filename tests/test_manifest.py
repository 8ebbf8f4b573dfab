"""Manifests: what they promise readers, and what is said of a damaged one: key, got, expected."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen import CapgenError, build
from capgen.cli.app import main
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.rollup_manifest import RollupManifest
from capgen.storage.layout import MANIFEST
from tests.conftest import make_config
from tests.telemetry_datasets import write_telemetry

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "data"
    build(make_config(num_servers=2, end_date="2022-01-02"), folder)
    return folder


@pytest.fixture
def data(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "data"))


def said(verb: str, data: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line that a command says."""
    assert main([verb, str(data)]) == 1
    output, error = capsys.readouterr()
    assert output == ""
    (line,) = error.splitlines()
    return line


@pytest.mark.parametrize("verb", ["check", "verify", "repair"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            lambda text: text.update(seed="x"), "seed: expected a valid integer", id="type"
        ),
        pytest.param(
            lambda text: text["files"][0].pop("rows"),
            "files.0.rows: expected, got none",
            id="missing",
        ),
        pytest.param(
            lambda text: text["files"][0].update(path=3),
            "files.0.path: expected a valid string, got 3",
            id="deep",
        ),
        pytest.param(lambda text: text.update(more=1), "more: unknown key", id="unknown"),
    ],
)
def test_a_key_that_is_wrong_is_named(
    verb: str, change: Change, expected: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = data / MANIFEST
    text = json.loads(file.read_text())
    change(text)
    file.write_text(json.dumps(text))
    line = said(verb, data, capsys)
    assert expected in line
    assert "validation error" not in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "expected JSON, got EOF while parsing"),
        (b"[]", "document: expected a mapping, got []"),
        (b'{"seed": 1}', "manifest_version: expected, got none"),
        (b'{"kind": "rollup"', "rollup"),
        (b"\xff\xfe", "can't decode byte"),
    ],
)
def test_what_is_no_manifest(
    text: bytes, expected: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / MANIFEST).write_bytes(text)
    assert expected in said("verify", data, capsys)


def test_a_configuration_that_is_not_understood(good: Path) -> None:
    manifest = read_manifest(good)
    config = {**manifest.config, "num_servers": "many", "invented": 1}
    with pytest.raises(
        CapgenError, match=r"num_servers: expected a valid integer.*invented: unknown key"
    ):
        manifest.model_copy(update={"config": config}).load_config()


def test_a_rollup_s_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(
        make_config(num_servers=2, end_date="2022-01-02", granularity="hourly"), tmp_path / "hours"
    )
    rollup = tmp_path / "daily"
    assert main(["rollup", str(tmp_path / "hours"), "--to", "daily", "--out", str(rollup)]) == 0
    capsys.readouterr()
    text = json.loads((rollup / MANIFEST).read_text())
    (rollup / MANIFEST).write_text(json.dumps({**text, "partial_rows": "no", "x": 1}))
    line = said("verify", rollup, capsys)
    assert "partial_rows: expected a valid integer" in line
    assert "x: unknown key" in line


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        (Manifest, "25d58f23c821daeac85ab68e077b5fc17e418dbdb43dfda22322dc5da5c07df3"),
        (RollupManifest, "95cdadd1848627686a9e24225ec434dcc09be302b2103a3584cb650c840cab55"),
    ],
)
def test_the_schemas_stay_as_they_are(kind: type[ManifestBase], digest: str) -> None:
    # A docstring of a model stands in them, too: a change here changes the files of every dataset.
    assert hashlib.sha256(kind.schema_text().encode()).hexdigest() == digest


def test_telemetry_is_verified_by_its_own_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hours = pl.datetime_range(
        datetime(2024, 1, 1), datetime(2024, 1, 2), "1h", time_unit="us", eager=True
    )
    rows = pl.DataFrame({"timestamp": hours, "server_id": "a", "cpu_p95": 1.0})
    folder = write_telemetry(tmp_path / "telemetry", rows.with_columns(server_type=pl.lit("web")))
    assert main(["verify", str(folder)]) == 0
    assert "telemetry loaded by capgen" in capsys.readouterr().out
    (folder / MANIFEST).write_text((folder / MANIFEST).read_text().replace('"web"', '"db"'))
    assert "expected an unaltered manifest of telemetry" in said("verify", folder, capsys)
