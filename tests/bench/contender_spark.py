"""Spark, which has its Python workers make the panel's rows with `capgen.cells`.

It needs `pyspark`, beside capgen, and Java. Starting Spark is not counted. Time is that of all its
processes, and memory the sum of their peaks.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import capgen
from capgen.config import load_config
from tests.bench.measuring import Measured, peak_megabytes, processor_seconds, with_descendants

CHUNKS_OF_A_PARTITION = 8  # each partition opens the panel anew


def prepare() -> None:
    """Start Spark, with all processors of this machine."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = import_module("pyspark.sql").SparkSession.builder
    settings = {"spark.ui.enabled": "false", "spark.sql.parquet.compression.codec": "zstd"}
    builder.master("local[*]").config(map=settings).getOrCreate()


def run(folder: Path, overrides: dict[str, Any]) -> Measured:
    """Write the panel."""
    spark = import_module("pyspark.sql").SparkSession.active()
    config = load_config(overrides=overrides)
    wall = time.perf_counter()
    processor = processor_seconds()
    chunks = capgen.chunks(config)
    columns = spark.createDataFrame(capgen.scan(config).head(1).collect().to_arrow()).schema
    parts = spark.createDataFrame(chunks).repartition(1 + len(chunks) // CHUNKS_OF_A_PARTITION)
    panel = parts.mapInArrow(partial(capgen.cells, config), columns)
    panel.write.partitionBy("year", "server_type").parquet(str(folder / "panel"))
    peaks = [peak_megabytes(str(process)) or 0.0 for process in with_descendants(os.getpid())]
    return {
        "processor_seconds": processor_seconds() - processor,
        "wall_seconds": time.perf_counter() - wall,
        "peak_megabytes": sum(peaks),
    }
