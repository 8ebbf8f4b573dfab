"""Names of places in object stores, and what a configuration says of them; no store is needed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from capgen import ConfigError, RequestError
from capgen.cli.app import main
from capgen.config import config_digest
from capgen.config.storage import full_name
from capgen.storage.local.file import sweep_unfinished, whole_file
from capgen.storage.location import is_store, locate
from tests.conftest import make_config

S3 = {"storage": {"use_s3": True, "bucket": "acme-panels", "prefix": "team/a/"}}
needs_s3 = pytest.mark.skipif(importlib.util.find_spec("s3fs") is None, reason="needs capgen[s3]")


@needs_s3
@pytest.mark.parametrize(
    "text", ["s3://acme/panels/daily", "s3://acme/panels/daily/", Path("s3://acme/panels/daily")]
)
def test_an_address_behaves_as_a_path(text: str | Path) -> None:
    place = locate(text)
    assert is_store(place)
    assert (
        str(place / "_capgen" / "manifest.json") == "s3://acme/panels/daily/_capgen/manifest.json"
    )
    assert place.name == "daily"
    assert locate(place) is place


@pytest.mark.parametrize("text", ["data", "/a/b", "./s3/x", "a:b", "year=2022"])
def test_other_names_are_folders(text: str) -> None:
    assert locate(text) == Path(text)


@pytest.mark.parametrize(
    "text",
    [
        "s3://AKIAKEY:hidden@acme/panels",
        "s3://AKIAKEY:hidden/x@acme/panels",
        "https://AKIAKEY:hidden@acme/panels",
        "s3://acme/panels?X-Amz-Signature=hidden",
        "s3://acme",
        "s3://acme/",
        "s3:///panels",
        "s3://acme/a//b",
        "s3://acme/../b",
        "s3://acme/panels*",
        "s3://Acme_/panels",
        "ftp://acme/panels",
    ],
)
def test_a_malformed_address_is_refused_and_not_repeated(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = (
        ["build", f"--out={text}"],
        ["verify", text],
        ["query", "select 1", f"--data={text}"],
        ["export", text],
    )
    for words in commands:
        assert main(words) == 2
        output, errors = capsys.readouterr()
        assert len(errors.splitlines()) == 1
        assert "hidden" not in output + errors
        assert "AKIAKEY" not in output + errors


def test_a_missing_library_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(RequestError, match=r'pip install "capgen\[gs\]"'):
        locate("gs://acme/panels")


@pytest.mark.parametrize(
    ("values", "out", "expected"),
    [
        ({}, None, "./data"),
        ({}, "mine", "./mine"),
        ({"env": "sagemaker"}, None, "/opt/ml/processing/output/data"),
        ({"env": "lambda"}, "mine", "/tmp/mine"),  # noqa: S108
        ({"env": "lambda"}, "/mnt/mine", "/mnt/mine"),
        ({"env": "lambda", "storage": {"local_base_path": "/mnt/base"}}, None, "/mnt/base/data"),
        ({"env": "sagemaker"}, "~/mine", "~/mine"),
        (S3, None, "s3://acme-panels/team/a/data"),
        (S3, "./mine/", "s3://acme-panels/team/a/mine"),
        (S3, "/mnt/mine", "/mnt/mine"),
        (S3, "gs://other/mine", "gs://other/mine"),
        ({"storage": {"use_s3": True, "bucket": "acme-panels"}}, None, "s3://acme-panels/data"),
        ({"storage": {"use_s3": False, "bucket": "acme-panels"}}, None, "./data"),
    ],
)
def test_where_a_dataset_goes(values: dict[str, Any], out: str | None, expected: str) -> None:
    config = make_config(**values)
    assert full_name(config, out) == expected
    assert config_digest(config) == config_digest(make_config())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"storage": {"use_s3": True}}, "expected a bucket beside use_s3"),
        ({"storage": {"bucket": "AKIA:hidden@acme"}}, "storage.bucket"),
        ({"storage": {"prefix": "a?b"}}, "storage.prefix"),
        ({"env": "laptop"}, "env"),
        ({"storage": {"secret": "x"}}, "storage.secret"),
    ],
)
def test_storage_is_checked(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        make_config(**values)


def test_two_attempts_at_a_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    with whole_file(path) as first:
        first.write_text("whole")
        with whole_file(path) as second:
            second.write_text("whole")
            assert first != second
    assert path.read_text() == "whole"
    (tmp_path / "part.parquet.01234567.unfinished").touch()
    (tmp_path / "mine.unfinished").touch()
    sweep_unfinished(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.unfinished", "part.parquet"]
