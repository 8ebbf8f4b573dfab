"""How large the pieces of a dataset are, and how much memory it takes to make them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from capgen.config import Config
from capgen.errors import RequestError
from capgen.timeline.epoch import MINUTES_PER_DAY

# Each row group repeats the dictionaries of its metrics, so that fewer rows cost time and bytes;
# more rows cost memory, and make a query for one server read more. This is one server's year of
# minutes; of such short steps it holds half a year, because then the dates take as much memory as
# the rows.
_ROW_GROUP_ROWS = 33 * 2**14
_STEPS_PER_YEAR_OF_MINUTES = 366 * MINUTES_PER_DAY
_FEWEST_ROW_GROUP_ROWS = 2**14
_FILE_BYTES = (
    128_000_000  # few files for a billion rows, small enough to spread over workers and to lose one
)
_BYTES_PER_VALUE = 2  # of a metric in a file; other columns take next to nothing

# Measured by `python -m tests.bench.build_cost`.
_BASE_BYTES = 250_000_000  # the interpreter, libraries, calendar
_LABEL_BYTES_PER_ROW = 50  # columns that are no metrics, and room for encoding
_METRIC_BYTES = 8


class Sizes(BaseModel):
    """How large the pieces of a dataset are: with the configuration, what its files' bytes follow from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row_group_rows: int = Field(description="Most rows in a row group.")
    file_rows: int = Field(description="Most rows in a file.")


def choose_sizes(
    config: Config, memory: int | None, file_bytes: int | None, present: Sizes | None
) -> Sizes:
    """Return the sizes for a build.

    Args:
        config: a valid configuration.
        memory: bytes that one worker must fit into; row groups shrink where they have to.
        file_bytes: size of a file to aim at.
        present: those of the dataset that is to be continued or extended, for what is not given.

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
        config: a valid configuration.
        memory: bytes.
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
