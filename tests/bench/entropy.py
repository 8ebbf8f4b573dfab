"""How many bytes a row of the metrics' values cannot do without, if each value is coded on its own.

The empirical Shannon entropy of each metric column of a dataset, worked out for each server type. A
coder that knew more, such as the hour or the row's other metrics, could do with less.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from capgen.config import load_config
from capgen.engines.running import build
from tests.bench.measuring import Measured

_QUERY = """
    with types as (
        select server_type, count(*) as type_rows, entropy(columns(lambda name: name in $columns))
        from read_parquet($files, hive_partitioning = true)
        group by server_type
    )

    select sum(columns(lambda name: name in $columns) * type_rows) / sum(type_rows) / 8 from types
"""


def run(folder: Path, overrides: dict[str, Any]) -> Measured:
    """Build a dataset and return the bytes a row of its metrics, with and without derived ones."""
    config = load_config(overrides=overrides)
    build(config, folder / "data")
    columns = [metric.column for metric in config.metrics.values()]
    drawn = [config.metrics[key].column for key in config.drawn_metrics]
    with duckdb.connect() as connection:
        cursor = connection.execute(
            _QUERY, {"files": f"{folder}/data/**/*.parquet", "columns": columns}
        )
        bytes_of = dict(zip(columns, cursor.fetchall()[0], strict=True))
    return {
        "details": {"all": sum(bytes_of.values()), "drawn": sum(bytes_of[name] for name in drawn)}
    }
