"""Chooses the sizes of a dataset's files and row groups, and the workers that fit into memory."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from capgen.config import Config
from capgen.errors import RequestError
from capgen.timeline.epoch import MINUTES_PER_DAY

# A year of minutes of one server. Each row group repeats the dictionaries of its metrics, so fewer
# rows cost time and bytes; more rows cost memory, and a query for one server reads more. With steps
# as short as minutes a row group holds half as many rows, because then the dates take as much
# memory as the rows.
_ROW_GROUP_ROWS = 33 * 2**14
_STEPS_PER_YEAR_OF_MINUTES = 366 * MINUTES_PER_DAY
_FEWEST_ROW_GROUP_ROWS = 2**14
# Few files for a billion rows, but small enough to share between workers, and to lose one.
_FILE_BYTES = 128_000_000
_BYTES_PER_VALUE = 2  # of a metric in a file; other columns take almost nothing

# Measured by `python -m tests.bench.build_cost`.
_BASE_BYTES = 250_000_000  # the interpreter, the libraries, the calendar
_LABEL_BYTES_PER_ROW = 50  # columns other than metrics, and memory for encoding
_METRIC_BYTES = 8

# In the schema of manifests, which must not change.
_MEANING = (
    "How large the pieces of a dataset are: with the configuration, "
    "what its files' bytes follow from."
)


class Sizes(BaseModel):
    """The most rows of a file and of a row group; files' bytes depend on them."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"description": _MEANING}
    )

    row_group_rows: int = Field(description="Most rows in a row group.")
    file_rows: int = Field(description="Most rows in a file.")


def choose_sizes(
    config: Config, memory: int | None, file_bytes: int | None, present: Sizes | None
) -> Sizes:
    """Return the sizes for a build.

    Args:
        config: the panel's configuration.
        memory: bytes that one worker must fit into, by smaller row groups if necessary.
        file_bytes: bytes to aim at for each file.
        present: the sizes of a dataset to extend, which stay unless memory or file_bytes say
            otherwise.

    Raises:
        RequestError: the memory is too little for the smallest row groups.
    """
    usual = present or Sizes(
        row_group_rows=_usual_rows(config), file_rows=_file_rows(config, _FILE_BYTES)
    )
    row_group_rows = usual.row_group_rows if memory is None else _row_group_rows(config, memory)
    file_rows = usual.file_rows if file_bytes is None else _file_rows(config, file_bytes)
    return Sizes(row_group_rows=row_group_rows, file_rows=max(file_rows, row_group_rows))


def workers_within(config: Config, memory: int, row_group_rows: int) -> int:
    """Return how many workers fit into memory, at least one.

    Args:
        config: the panel's configuration.
        memory: bytes for all workers together.
        row_group_rows: rows of the largest row group.
    """
    return max(1, (memory - _BASE_BYTES) // (_bytes_per_row(config) * row_group_rows))


def _row_group_rows(config: Config, memory: int) -> int:
    affordable = (memory - _BASE_BYTES) // _bytes_per_row(config)
    if affordable < _FEWEST_ROW_GROUP_ROWS:
        least = _BASE_BYTES + _FEWEST_ROW_GROUP_ROWS * _bytes_per_row(config)
        raise RequestError(
            f"memory: expected at least {least / 1e6:.0f} MB, got {memory / 1e6:.0f} MB"
        )
    return min(affordable, _usual_rows(config))


def _usual_rows(config: Config) -> int:
    steps_per_year = _STEPS_PER_YEAR_OF_MINUTES // config.step_minutes
    return _ROW_GROUP_ROWS if 2 * steps_per_year <= _ROW_GROUP_ROWS else _ROW_GROUP_ROWS // 2


def _bytes_per_row(config: Config) -> int:
    return _LABEL_BYTES_PER_ROW + _METRIC_BYTES * len(config.metrics) * (2 if config.truth else 1)


def _file_rows(config: Config, file_bytes: int) -> int:
    per_metric = _BYTES_PER_VALUE + (_METRIC_BYTES if config.truth else 0)
    return file_bytes // (per_metric * len(config.metrics))
