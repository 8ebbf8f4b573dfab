"""The names of a dataset's files, and of those that a build keeps beside them."""

from __future__ import annotations

import re
from typing import NamedTuple

from capgen.errors import CapgenError

# Readers glob **/*.parquet, even in hidden folders: no file in here may have that ending.
SIDE_FOLDER = "_capgen"
MANIFEST = f"{SIDE_FOLDER}/manifest.json"
MANIFEST_SCHEMA = f"{SIDE_FOLDER}/manifest.schema.json"
EVENTS = f"{SIDE_FOLDER}/events.ndjson"
SUMMARY = f"{SIDE_FOLDER}/summary.json"
SAMPLE = f"{SIDE_FOLDER}/sample.csv"
LIBRARY = f"{SIDE_FOLDER}/fleet.library"  # a copy of what servers took their parameters from
SIDE_FILES = (EVENTS, SUMMARY, SAMPLE, MANIFEST_SCHEMA, LIBRARY)
BUILD_STATE = f"{SIDE_FOLDER}/build.json"
RECEIPTS = f"{SIDE_FOLDER}/receipts.ndjson"
PARTITION_KEYS = ("year", "server_type")
# The end of a data file's path, from the folder of its year on, for Python and for DuckDB.
PARTITION = r"(?:^|[/\\])year=([0-9]+)[/\\]server_type=([^/\\]*)[/\\][^/\\]+$"
# A data file of any dataset or rollup; the names of server types consist of these characters.
DATA_PATH = re.compile(r"year=\d{1,4}/server_type=[a-z][a-z0-9_]*/part-\d{5,}\.parquet")
_UNFINISHED = r"(\.[0-9a-f]{8}\.unfinished)?"
_WORKING = re.compile(
    rf"{SIDE_FOLDER}/(lock|held|rollup|build\.json|receipts\.ndjson|receipts/.+\.json)"
    rf"|{SIDE_FOLDER}/staging/(.+\.staged|{SIDE_FOLDER}/(build\.json|receipts\.ndjson))"
    rf"{_UNFINISHED}"
)


def is_working_file(path: str) -> bool:
    """Tell whether a file belongs to a build that is running or was interrupted.

    Args:
        path: the file's path, relative to the dataset's folder.
    """
    return _WORKING.fullmatch(path) is not None


def part_path(year: int, archetype: str, part: int) -> str:
    """Return the path of a data file, relative to the dataset's folder.

    Args:
        year: calendar year.
        archetype: name of the archetype.
        part: number of the file within the partition, from 0.
    """
    return f"year={year}/server_type={archetype}/part-{part:05d}.parquet"


class Partition(NamedTuple):
    """What the rows of a data file have in common.

    Args:
        year: calendar year.
        server_type: name of the archetype.
    """

    year: int
    server_type: str


def is_in_partition(path: str) -> bool:
    """Tell whether a file lies in a folder of a year and a server type.

    Args:
        path: the file's path, relative to the dataset's folder.
    """
    return re.search(PARTITION, path) is not None


def partition_of(path: str) -> Partition:
    """Return the partition that a data file's folders name.

    Args:
        path: the file's path, relative to the dataset's folder.

    Raises:
        CapgenError: the folders name none.
    """
    found = re.search(PARTITION, path)
    if found is None:
        raise CapgenError(f"{path}: expected a file in folders of {' and '.join(PARTITION_KEYS)}")
    return Partition(int(found[1]), found[2])
