"""The Ray engine: the same bits as locally, whatever dies on the way."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from capgen import CapgenError, Config, RequestError, build
from capgen.cli.app import main
from capgen.dataset.manifest import read_manifest
from capgen.dataset.plan import FilePlan, plan_files
from capgen.dataset.sizes import Sizes
from capgen.engines.ray import finished, ray_engine
from capgen.engines.remote import write_remotely
from capgen.storage.inspection import problems
from capgen.version import __version__
from tests.conftest import make_config
from tests.everything import EVERYTHING

needs_ray = pytest.mark.skipif(not importlib.util.find_spec("ray"), reason="ray is not installed")
# Of Ray's own code, when it is imported, joined and left.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

PANEL = {"num_servers": 160, "granularity": "hourly", "end_date": "2022-12-31"}
SMALL_FILES = (
    "--memory=252MB",
    "--file-size=100KB",
)  # 80 of them: long enough to be caught in the middle
EARLY = 10  # files
LOOPBACK = "127.0.0.1"


def digest(folder: Path) -> str:
    return read_manifest(folder).content_digest


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The content digest of the panel as the local engine builds it."""
    return digest(build(make_config(**PANEL), tmp_path_factory.mktemp("local") / "data").out)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes of one processor each, which nobody else can reach."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0"
        )  # read when Ray is imported: it would listen to all
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
            *SMALL_FILES,
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
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    outcome: dict[str, Any] = json.loads(output)
    return outcome


def descendants(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            yield child
            yield from descendants(child)


def title(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""  # it has just ended


def a_busy_worker(cluster: Any, build: subprocess.Popen[str]) -> int:
    """Return a process that is at a task of the build: between tasks workers have another title."""
    (raylet,) = cluster.head_node.all_processes["raylet"]
    while build.poll() is None:
        for process in descendants(raylet.process.pid):
            if "ray::write_remotely" in title(process):
                return process
    raise AssertionError("the build ended before a worker was seen at work")


@needs_ray
def test_a_killed_node(cluster: Any, start: Start, expected: str, tmp_path: Path) -> None:
    process = start(tmp_path / "data")
    cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    assert ended(process)["kept_files"] == 0
    assert digest(tmp_path / "data") == expected
    cluster.add_node(num_cpus=1, node_ip_address=LOOPBACK)


@needs_ray
def test_a_killed_driver_and_then_a_killed_worker(
    cluster: Any, start: Start, expected: str, tmp_path: Path
) -> None:
    start(tmp_path / "data").kill()
    assert not (tmp_path / "data").exists()
    process = start(tmp_path / "data")
    os.kill(a_busy_worker(cluster, process), signal.SIGKILL)
    assert ended(process)["kept_files"] >= EARLY
    assert digest(tmp_path / "data") == expected
    assert [each.name for each in tmp_path.iterdir()] == ["data"]
    assert not list(tmp_path.rglob("*unfinished"))


@needs_ray
def test_without_a_cluster_one_is_started_that_nobody_else_can_reach(
    start: Start, tmp_path: Path
) -> None:
    process = start(tmp_path / "data", RAY_ADDRESS="")
    own = {process.pid, *descendants(process.pid)}
    assert set(listening(own)) == {LOOPBACK}
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=20)
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


@needs_ray
@pytest.mark.usefixtures("cluster")
def test_a_task_that_fails_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "_capgen").mkdir()
    (tmp_path / "year=2022").write_text("in the way")
    engine = ray_engine("ray", None, None)
    config = make_config(num_servers=8)
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        list(engine(config, planned(config), tmp_path.joinpath, lambda _rows: None))


@needs_ray
@pytest.mark.usefixtures("cluster")
def test_repair(tmp_path: Path) -> None:
    whole = digest(build(make_config(num_servers=8), tmp_path).out)
    file = next(tmp_path.rglob("*.parquet"))
    file.unlink()
    assert main(["repair", "--engine=ray", str(tmp_path)]) == 0
    assert digest(tmp_path) == whole
    assert not list(problems(tmp_path, read_manifest(tmp_path)))


def planned(config: Config) -> list[FilePlan]:
    return list(plan_files(config, Sizes(row_group_rows=2**20, file_rows=2**20)))


def test_a_worker_writes_what_the_local_engine_writes(tmp_path: Path) -> None:
    config = make_config(
        num_servers=8, start_date="2023-07-01", end_date="2024-06-30", **EVERYTHING
    )
    text = config.model_dump_json(exclude_none=True)
    local = read_manifest(build(config, tmp_path).out)
    for file in planned(config):
        name = str(tmp_path / f"{file.path}.again")
        for _attempt in range(2):
            assert write_remotely(__version__, text, file, name) == local.entries[file.path]
        assert Path(name).read_bytes() == (tmp_path / file.path).read_bytes()


def test_a_worker_that_does_not_see_the_folder_writes_nowhere(tmp_path: Path) -> None:
    config = make_config()
    file = planned(config)[0]
    with pytest.raises(
        CapgenError, match=r"data: expected on every node.*shared file system or a store"
    ):
        write_remotely(
            __version__, config.model_dump_json(), file, str(tmp_path / "data" / file.path)
        )
    assert not list(tmp_path.iterdir())


def test_a_worker_of_another_version_does_nothing(tmp_path: Path) -> None:
    config = make_config()
    with pytest.raises(CapgenError, match=r"expected capgen 0\.0\.0 on every node"):
        write_remotely(
            "0.0.0", config.model_dump_json(), planned(config)[0], str(tmp_path / "file")
        )


def test_the_driver_takes_as_much_memory_for_many_chunks_as_for_few() -> None:
    """A stand-in for the library: 100,000 tasks of the real one take minutes."""
    under_way: set[int] = set()
    most = 0

    def started(count: int) -> Iterator[int]:
        nonlocal most
        for task in range(count):
            under_way.add(task)
            most = max(most, len(under_way))
            yield task

    def ended(tasks: list[int]) -> list[str]:
        under_way.difference_update(tasks)
        return [f"{task:01000d}" for task in tasks]

    ray = SimpleNamespace(wait=lambda tasks: (tasks[:1], tasks[1:]), get=ended)

    def peak(count: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in finished(ray, started(count), 50)) == count
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return taken

    assert peak(100_000) < 1.2 * peak(1_000)
    assert most == 50 + 1  # the one that has just ended, until the next is awaited


def test_what_cannot_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        RequestError, match=r"--engine: expected local, ray or ray://HOST:PORT, got 'spark'"
    ):
        build(make_config(), tmp_path / "data", engine="spark")
    monkeypatch.setitem(sys.modules, "ray", None)  # as if it were not installed
    for engine in ("ray", "ray://somewhere:10001"):
        with pytest.raises(RequestError, match=r'type: pip install "capgen\[ray\]"'):
            build(make_config(), tmp_path / "data", engine=engine)
    assert not list(tmp_path.iterdir())


@needs_ray
def test_a_wrong_address_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ADDRESS", "nonsense")
        assert main(["build", "--engine=ray", f"--out={tmp_path / 'data'}"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert "expected a Ray cluster at 'nonsense'" in line
