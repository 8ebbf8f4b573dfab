"""What tests of object stores need: a real S3 server on loopback, and a proxy that makes faults."""

from __future__ import annotations

import http.client
import importlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KEY = "AKIATESTCAPGENKEY"
SECRET = "kept-secret/0123456789+capgen"  # noqa: S105 (of no real store)
BUCKET = f"capgen-tests-{os.getpid()}"
_PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "volume.port.public",
    "filer.port",
    "filer.port.grpc",
    "filer.port.public",
    "s3.port",
    "s3.port.grpc",
    "s3.port.iceberg",
    "s3.port.lance",
    "admin.port",
    "admin.port.grpc",
)
# What the proxy does with a request: an answer in place of the server's, or it ends the connection.
Fault = Callable[["_Handler"], None]


def weed_command() -> str | None:
    """Return the path of SeaweedFS's command, None where it is not installed."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


def forget_connections() -> None:
    """Have the next test connect anew: its variables, or its server, are others."""
    importlib.import_module("s3fs").S3FileSystem.clear_instance_cache()


def wait_until(happened: Callable[[], object]) -> None:
    """Wait until something has happened in the store."""
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _read_descriptions_once() -> None:
    """Have the library read its descriptions of services once, not for each new connection."""
    session: Any = importlib.import_module("botocore.session")
    session.create_loader = cache(session.create_loader)


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Run SeaweedFS, which checks keys; yield its address."""
    command = weed_command()
    assert command
    _read_descriptions_once()
    ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
    flags = [f"-{name}={port}" for name, port in ports.items()]
    flags += [
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-webdav=false",
        "-admin.ui=false",
    ]
    flags.append("-s3.autoCreateBucket=false")
    environment = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "HOME": str(folder)}
    environment |= {"GOMAXPROCS": "1", "GOGC": "off"}  # it lives for seconds
    log = (folder / "log").open("wb")
    with (
        log,
        subprocess.Popen(
            [command, f"-logdir={folder}", "mini", *flags], env=environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            address = f"http://127.0.0.1:{ports['s3.port']}"
            _make_bucket(address)
            yield address
        finally:
            process.kill()
            _remove_sockets(ports.values())


def _remove_sockets(ports: Iterable[int]) -> None:
    """Remove what SeaweedFS leaves: sockets in a folder of its choice, named after its ports."""
    for port in ports:
        for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 - the server's
            left.unlink()


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on."""
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for listener in bound:
            listener.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in bound]


def _make_bucket(address: str) -> None:
    """Make the bucket as soon as the server is up."""
    session = importlib.import_module("botocore.session").get_session()
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    client = session.create_client("s3", endpoint_url=address, **keys)
    deadline = time.monotonic() + 30
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            client.close()
            return


def answer(status: int, code: str) -> Fault:
    """Return a fault: an answer of the store that says no."""

    def fault(handler: _Handler) -> None:
        message = f"<Code>{code}</Code><Message>no {KEY} {SECRET}</Message>"
        body = f"<?xml version='1.0'?><Error>{message}</Error>".encode()
        handler.reply(status, [("Content-Type", "application/xml")], body)

    return fault


def reset(handler: _Handler) -> None:
    """End the connection without an answer."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang(handler: _Handler) -> None:
    """Answer only when nobody waits any more."""
    time.sleep(1.5)
    handler.close_connection = True


class Proxy(ThreadingHTTPServer):
    """Passes requests on to a server; those that match meet a fault, so many times.

    Args:
        server: its address.
    """

    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = server.removeprefix("http://")
        self.requests: list[str] = []
        self._rule: tuple[str, Fault] | None = None
        self._left = 0
        self._guard = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fail(self, match: str, fault: Fault, times: int = 10**9) -> None:
        """Let requests whose method and path contain a text meet a fault."""
        self._rule = (match, fault)
        self._left = times
        self.requests.clear()

    def fault_for(self, request: str) -> Fault | None:
        with self._guard:
            self.requests.append(request)
            if self._rule is None or self._rule[0] not in request or self._left == 0:
                return None
            self._left -= 1
            return self._rule[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients of a faulty server go away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.fault_for(f"{self.command} {self.path}")
        if fault:
            fault(self)
            return
        connection = http.client.HTTPConnection(self.server.upstream, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        self.reply(response.status, response.getheaders(), response.read())
        connection.close()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815 - the library's names

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, value)
        length = {name.lower(): value for name, value in headers}.get("content-length", "0")
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def faulty(server: str) -> Iterator[Proxy]:
    """Run a proxy in front of a server."""
    with Proxy(server) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
