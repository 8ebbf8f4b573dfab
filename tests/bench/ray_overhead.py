"""What the Ray engine costs beside the local one: the time of a build, and of an empty task.

Run `python -m tests.bench.ray_overhead [ROUNDS]`; 3 without a number, needs `ray`. Both engines
have two workers on this machine, take turns, and write the same bytes. Times of one run compare
with each other only: machines differ, and are shared; the least of a case counts.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from capgen import build, load_config
from capgen.dataset.manifest import read_manifest
from capgen.engines.ray import finished
from tests.bench.measuring import processor_seconds, versions

PANEL = {"num_servers": 600, "granularity": "hourly", "end_date": "2023-12-31"}
CASES = {"16 MB": 16_000_000, "6 MB": 6_000_000}
WORKERS = 2
EMPTY_TASKS = 5000


def built(engine: str, file_bytes: int) -> tuple[float, float, int, str]:
    """Build once; return wall seconds, processor seconds, files and the content digest."""
    config = load_config(overrides=PANEL, environment={})
    with tempfile.TemporaryDirectory() as folder:
        before = processor_seconds()
        started = time.perf_counter()
        result = build(
            config, f"{folder}/data", engine=engine, workers=WORKERS, file_size=file_bytes
        )
        wall = time.perf_counter() - started
        processor = processor_seconds() - before
        return wall, processor, result.files, read_manifest(result.out).content_digest


@contextmanager
def ray_of_this_machine() -> Iterator[Any]:
    """Start Ray once: a cluster is there before a build; listens on loopback only."""
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    ray.init(
        "local",
        num_cpus=WORKERS,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _node_ip_address="127.0.0.1",
    )
    yield ray
    ray.shutdown()


def seconds_per_empty_task(ray: Any) -> float:
    """Send tasks that do nothing through the driver's loop."""
    task = ray.remote(lambda number: number)
    ray.get([task.remote(number) for number in range(WORKERS)])
    started = time.perf_counter()
    assert (
        sum(1 for _ in finished(ray, (task.remote(number) for number in range(EMPTY_TASKS)), 1000))
        == EMPTY_TASKS
    )
    return (time.perf_counter() - started) / EMPTY_TASKS


def print_least(
    name: str, engine: str, runs: list[tuple[float, float, int, str]]
) -> tuple[float, float]:
    """Print the least that any run took, and return its wall and processor seconds."""
    wall = min(seconds for seconds, *_ in runs)
    processor = min(seconds for _, seconds, *_ in runs)
    files = min(count for *_, count, _ in runs)
    print(f"{name:10} {engine:8} {files:6} {wall:8.2f} {processor:12.2f}")
    return wall, processor


def main() -> None:
    """Print a table of both engines, and the cost of a task."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"{versions('ray')}\n")
    print(f"{'files of':10} {'engine':8} {'files':>6} {'wall s':>8} {'processor s':>12}")
    with ray_of_this_machine() as ray:
        built("ray", CASES["16 MB"])  # the workers load their libraries
        for name, file_bytes in CASES.items():
            local = [built("local", file_bytes) for _ in range(rounds)]
            spread = [built("ray", file_bytes) for _ in range(rounds)]
            assert len({digest for *_, digest in [*local, *spread]}) == 1
            wall, processor = print_least(name, "local", local)
            ray_wall, ray_processor = print_least(name, "ray", spread)
            ratios = f"{ray_wall / wall:8.2f} {ray_processor / processor:12.2f}"
            print(f"{name:10} ray / local {'':3} {ratios}")
        print(f"\nan empty task: {seconds_per_empty_task(ray) * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
