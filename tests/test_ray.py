"""The Ray engine: the same bits as locally, whatever dies on the way.

More dies in `tests/bench/ray_kills.py`.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import threading
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

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
of_ray_itself = [
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
pytestmark = of_ray_itself

PANEL = {"num_servers": 20, "granularity": "hourly", "end_date": "2022-12-31"}
MEMORY = 252_000_000
FILE_SIZE = 50_000  # 11 files: enough to see a worker at one of them
LOOPBACK = "127.0.0.1"


def digest(folder: Path) -> str:
    return read_manifest(folder).content_digest


@pytest.fixture(scope="class")
def cluster() -> Iterator[None]:
    """A node of one processor, which nobody else can reach; builds here use the connection."""
    with pytest.MonkeyPatch.context() as patch:
        # Both are read when Ray is imported; without the first, it would listen to all.
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray = importlib.import_module("ray")
        for unused in ("start_monitor", "start_log_monitor", "start_api_server"):  # seconds each
            patch.setattr(ray._private.node.Node, unused, lambda *_, **__: None, raising=False)
        ray.init(
            "local",
            num_cpus=1,
            include_dashboard=False,
            _node_ip_address=LOOPBACK,
            log_to_driver=False,
            logging_level="error",
        )
        yield
        ray.shutdown()


def descendants(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue  # it has just ended
        for child in map(int, children):
            yield child
            yield from descendants(child)


def title(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""  # it has just ended


def a_busy_worker(processes: Iterable[int]) -> int | None:
    """Return a process that is at a task of a build: between tasks workers have another title."""
    busy = (process for process in processes if "ray::write_remotely" in title(process))
    return next(busy, None)


@contextmanager
def killed_once(folder: Path) -> Iterator[list[int]]:
    """Kill a worker that is at a task, as soon as there is a file in a folder; yield the killed."""
    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        while not killed and not done.wait(0.01):
            is_begun = any(folder.rglob("*.parquet*"))
            worker = a_busy_worker(descendants(os.getpid())) if is_begun else None
            if worker is not None:
                os.kill(worker, signal.SIGKILL)
                killed.append(worker)

    killer = threading.Thread(target=kill)
    killer.start()
    yield killed
    done.set()
    killer.join()


@needs_ray
@pytest.mark.usefixtures("cluster")
class TestOnACluster:
    def test_a_killed_worker(self, tmp_path: Path) -> None:
        config = make_config(**PANEL)
        with killed_once(tmp_path) as killed:
            there = build(
                config, tmp_path / "there", engine="ray", memory=MEMORY, file_size=FILE_SIZE
            )
        assert killed
        assert digest(there.out) == digest(build(config, tmp_path / "here").out)
        assert sorted(each.name for each in tmp_path.iterdir()) == ["here", "there"]
        assert not list(tmp_path.rglob("*unfinished"))

    def test_a_task_that_fails_is_one_error(self, tmp_path: Path) -> None:
        (tmp_path / "_capgen").mkdir()
        (tmp_path / "year=2022").write_text("in the way")
        engine = ray_engine("ray", None, None)
        config = make_config(num_servers=8)
        with pytest.raises(OSError, match=r"Not a directory|File exists"):
            list(engine(config, planned(config), tmp_path.joinpath, lambda _rows: None))

    def test_repair(self, tmp_path: Path) -> None:
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
    """A stand-in for the library: 20,000 tasks of the real one take minutes."""
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

    assert peak(20_000) < 1.2 * peak(1_000)
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
