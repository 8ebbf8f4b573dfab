"""Kills nodes, drivers and workers of Ray under a build, and looks at who can reach a cluster.

Run `python -m pytest -n 0 tests/bench/ray_kills.py`; it takes a minute or two, and needs `ray`.
What is quicker stands in `tests/test_ray.py`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capgen import build
from tests.conftest import make_config
from tests.test_ray import (
    FILE_SIZE,
    LOOPBACK,
    MEMORY,
    a_busy_worker,
    descendants,
    digest,
    of_ray_itself,
    title,
)

pytestmark = of_ray_itself
PANEL = {"num_servers": 160, "granularity": "hourly", "end_date": "2022-12-31"}
EARLY = 10  # of 80 files: long enough to be caught in the middle
LONGEST = 600  # seconds; on an idle machine, ten are enough


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The content digest of the panel as the local engine builds it."""
    return digest(build(make_config(**PANEL), tmp_path_factory.mktemp("local") / "data").out)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes of one processor each, which nobody else can reach."""
    with pytest.MonkeyPatch.context() as patch:
        # Read when Ray is imported: it would listen to all.
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        from ray.cluster_utils import Cluster

        quick = {"health_check_period_ms": 500, "health_check_failure_threshold": 4}
        head = {
            "num_cpus": 1,
            "node_ip_address": LOOPBACK,
            "include_dashboard": False,
            "_system_config": quick,
        }
        nodes = Cluster(initialize_head=True, head_node_args=head)
        nodes.add_node(num_cpus=1, node_ip_address=LOOPBACK)
        patch.setenv("RAY_ADDRESS", nodes.address)
        yield nodes
        nodes.shutdown()  # type: ignore[no-untyped-call, unused-ignore]


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a build of the panel as a process, and wait until some of its files are complete."""
    running: list[subprocess.Popen[str]] = []

    def start_build(out: Path, **variables: str) -> subprocess.Popen[str]:
        panel = [f"--set={key}={value}" for key, value in PANEL.items()]
        command = [
            sys.executable,
            "-m",
            "capgen",
            "build",
            "--engine=ray",
            *panel,
            f"--memory={MEMORY}",
            f"--file-size={FILE_SIZE}",
            f"--out={out}",
        ]
        environment = {**os.environ, **variables}
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [*command, "--json"], env=environment, stdout=pipe, stderr=pipe, text=True
        )
        running.append(process)
        receipts = out.with_name(f".{out.name}.capgen-staging") / "_capgen/receipts.ndjson"
        while not receipts.exists() or receipts.read_text().count("\n") < EARLY:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        return process

    yield start_build
    for process in running:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the outcome of a build that ends well."""
    output, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, errors
    outcome: dict[str, Any] = json.loads(output)
    return outcome


def kill_a_worker(cluster: Any, build: subprocess.Popen[str]) -> None:
    """Kill a worker that is at a task of a build."""
    (raylet,) = cluster.head_node.all_processes["raylet"]
    while build.poll() is None:
        worker = a_busy_worker(descendants(raylet.process.pid))
        if worker is not None:
            os.kill(worker, signal.SIGKILL)
            return
    raise AssertionError("the build ended before a worker was seen at work")


def test_a_killed_node(cluster: Any, start: Start, expected: str, tmp_path: Path) -> None:
    process = start(tmp_path / "data")
    cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    assert ended(process)["kept_files"] == 0
    assert digest(tmp_path / "data") == expected
    cluster.add_node(num_cpus=1, node_ip_address=LOOPBACK)


def test_a_killed_driver_and_then_a_killed_worker(
    cluster: Any, start: Start, expected: str, tmp_path: Path
) -> None:
    start(tmp_path / "data").kill()
    assert not (tmp_path / "data").exists()
    process = start(tmp_path / "data")
    kill_a_worker(cluster, process)
    assert ended(process)["kept_files"] >= EARLY
    assert digest(tmp_path / "data") == expected
    assert [each.name for each in tmp_path.iterdir()] == ["data"]
    assert not list(tmp_path.rglob("*unfinished"))


def test_without_a_cluster_one_is_started_that_nobody_else_can_reach(
    start: Start, tmp_path: Path
) -> None:
    process = start(tmp_path / "data", RAY_ADDRESS="")
    own = {process.pid, *descendants(process.pid)}
    assert set(listening(own)) == {LOOPBACK}
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 130, errors
    assert output == ""
    assert errors.splitlines()[-1] == (
        "error: interrupted; complete files are kept; run the same capgen build again to go on"
    )
    assert not [
        process
        for process in own
        if Path(f"/proc/{process}/cmdline").exists() and "ray" in title(process)
    ]


def listening(processes: set[int]) -> Iterator[str]:
    """Yield the addresses at which some processes listen."""
    table = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    for line in table.splitlines():
        if any(int(process) in processes for process in re.findall(r"pid=(\d+)", line)):
            yield line.split()[3].rpartition(":")[0].strip("[]").removeprefix("::ffff:")
