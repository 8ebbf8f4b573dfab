"""What no builder of the same files can go below: drawing numbers, and writing tables in memory.

The tables are those of a build with one worker, and so are the writer, its settings, the row groups
and the files: only what happens inside the writer is counted. The draws are made apart, into a
buffer that is used again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow.parquet as pq

from capgen.config import Config, load_config
from capgen.engines.running import build
from tests.bench.measuring import Measured


class Clock:
    """Adds up the time of what runs inside it, in one thread at a time."""

    def __init__(self) -> None:
        self.processor_seconds = self.wall_seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time of a block."""
        wall = time.perf_counter()
        processor = time.thread_time()
        yield
        self.processor_seconds += time.thread_time() - processor
        self.wall_seconds += time.perf_counter() - wall


def run(folder: Path, overrides: dict[str, Any]) -> Measured:
    """Return the time of draws, writing and the whole build; the files stay in the folder."""
    config = load_config(overrides=overrides)
    writing = Clock()
    normals = Clock()
    uniforms = Clock()
    before = time.process_time()
    with mock.patch.object(pq, "ParquetWriter", _clocked_writer(writing)):
        build(config, folder / "data", workers=1)
    around = time.process_time() - before
    _draw(config, normals, uniforms)
    clocks = {"normals": normals, "uniforms": uniforms, "writing": writing}
    return {
        "processor_seconds": sum(clock.processor_seconds for clock in clocks.values()),
        "wall_seconds": sum(clock.wall_seconds for clock in clocks.values()),
        "peak_megabytes": None,  # that of the build, which made the tables
        "details": {name: clock.processor_seconds for name, clock in clocks.items()}
        | {"build": around},
    }


def _clocked_writer(clock: Clock) -> type:
    class ClockedWriter(pq.ParquetWriter):  # type: ignore[misc]
        """Counts its own time."""

        def __init__(self, where: Any, *arguments: Any, **options: Any) -> None:
            self._where = where
            with clock.running():
                super().__init__(where, *arguments, **options)

        def write_table(self, *arguments: Any, **options: Any) -> None:
            with clock.running():
                super().write_table(*arguments, **options)

        def close(self) -> None:
            with clock.running():
                super().close()
                self._where.flush()

    return ClockedWriter


def _draw(config: Config, normals: Clock, uniforms: Clock) -> None:
    """Draw as many numbers as the panel needs: a row has a normal a drawn metric, and a uniform."""
    generator = np.random.Generator(np.random.SFC64(config.seed))
    block = np.empty(config.axis.span.size)
    for _ in range(config.num_servers):
        with normals.running():
            for _ in config.drawn_metrics:
                generator.standard_normal(out=block)
        with uniforms.running():
            generator.random(out=block)
