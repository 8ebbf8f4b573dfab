"""The library's file: what is written is read, and nothing in it is trusted."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from capgen.layers.library.reading import read_library
from capgen.layers.library.schema import COLUMNS, FACTS, SCORES
from capgen.layers.library.writing import library_bytes
from tests.libraries import FACTS as SHARED
from tests.libraries import make_library


def written(table: pa.Table, **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return file.getvalue()


def as_table() -> pa.Table:
    return pq.read_table(io.BytesIO(library_bytes(make_library())))


def test_what_is_written_is_read_and_the_same_numbers_give_the_same_bytes() -> None:
    library = make_library()
    content = library_bytes(library)
    found = read_library(content)
    assert found.facts == library.facts
    assert found.labels == library.labels
    for name, stored in library.columns.items():
        np.testing.assert_array_equal(found.columns[name], stored)
    assert library_bytes(found) == content


def test_a_server_of_four_states_and_kinds_takes_some_2700_bytes() -> None:
    facts = SHARED.model_copy(
        update={"metrics": ("a", "b", "c", "d", "e"), "states": 4, "kinds": 4}
    )
    assert len(library_bytes(make_library(300, facts))) / 300 < 2900


def test_numbers_mean_what_the_schema_says() -> None:
    library = make_library(2)
    rows = np.array([1, 0, 1])
    np.testing.assert_allclose(library.numbers("chances", rows).sum(-1), 1)
    factors = library.noise_factors(rows)
    assert factors.shape == (5, 4, 4, 3)
    np.testing.assert_allclose(np.sum(factors**2, axis=(0, 2)), 1)
    assert not np.triu(factors[0, :, :, 0], 1).any()
    quantiles = library.quantiles(rows)
    assert quantiles.shape == (3, 4, 3, len(SCORES))
    assert quantiles[1, 0, 0, 0] == 0
    np.testing.assert_array_equal(quantiles[0], quantiles[2])


@pytest.mark.parametrize(
    ("column", "place", "value", "expected"),
    [
        ("chances", (2, 0, 0, 0, 0), 101, "chances: expected numbers from 0 to 100, got 101"),
        ("chances", (2, 0, 0, 0), 0, "chances: expected percentages that sum to 100, got 0 in row"),
        ("kinds", (3, 1), 60, "kinds: expected percentages that sum to 100, got 120 in row 3"),
        ("levels", (0, 1), np.nan, "levels: expected numbers from 1e-12 to 1e+15, got nan"),
        ("levels", (0, 1), np.inf, "levels: expected numbers from 1e-12"),
        ("quantiles", (0, 1, 1, 4), 900, "quantiles: expected quantiles that never fall"),
        ("noise", (5,), 0, "noise: expected squares of each metric that sum to 1, got 0 in row 5"),
        ("resolution", (1, 2), 0.3, "resolution: expected 0, or 1, 2 or 5 × 10ⁿ, got 0.3"),
        ("resolution", (1, 2), np.inf, "resolution: expected numbers from 0 to 1e+09, got inf"),
        ("outages", (1,), [3, 0.5], "outages: expected a mean of 1 to 74.4 hours, got 0.5"),
        ("stickiness", (0, 0), 999, "stickiness: expected numbers from 0 to 998"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    column: str, place: tuple[int, ...], value: Any, expected: str
) -> None:
    library = make_library()
    library.columns[column][place] = value
    with pytest.raises(ValueError, match="expected") as writing:
        library_bytes(library)
    assert expected in str(writing.value)
    # A stranger's writer checks nothing.
    table = as_table()
    stored = library.columns[column].reshape(6, -1)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(stored.reshape(-1)), stored.shape[1])
    position = table.column_names.index(column)
    with pytest.raises(ValueError, match="expected") as reading:
        read_library(written(table.set_column(position, column, lists)))
    assert str(reading.value) == str(writing.value)
    assert "\n" not in str(reading.value)


def with_facts(**changes: Any) -> bytes:
    table = as_table()
    facts = {**json.loads(table.schema.metadata[FACTS]), **changes}
    return written(table.replace_schema_metadata({FACTS: json.dumps(facts)}))


def with_column(name: str, array: pa.Array) -> bytes:
    table = as_table()
    if name not in table.column_names:
        return written(table.append_column(name, array))
    return written(table.set_column(table.column_names.index(name), name, array))


def many_rows() -> bytes:
    codes = pa.array(np.zeros(200_000, np.int8))
    texts = pa.DictionaryArray.from_arrays(codes, pa.array(["web"]))
    return written(
        pa.table({"server_type": texts}).replace_schema_metadata(as_table().schema.metadata)
    )


def lists_of_nulls() -> pa.Array:
    return pa.array([[None] * 3] * 6, pa.list_(pa.uint16()))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "a file that cannot be read"),
    "text": (lambda: b"server_id,cpu\n" * 99, "a file that cannot be read"),
    "truncated": (lambda: library_bytes(make_library())[:-500], "a file that cannot be read"),
    "damaged": (
        lambda: library_bytes(make_library()).replace(b"PAR1", b"PAR2"),
        "a file that cannot be read",
    ),
    "foreign": (
        lambda: written(pa.table({"a": [1]})),
        "a Parquet file without capgen.library",
    ),
    "another version": (lambda: with_facts(version=1), "got version 1: Input should be 2"),
    "no metrics": (lambda: with_facts(metrics=[]), "got metrics "),
    "metrics twice": (lambda: with_facts(metrics=["cpu"] * 4), "got metrics "),
    "more states": (lambda: with_facts(states=4), "expected 384 values in each row"),
    "half-lives": (lambda: with_facts(half_lives=[1, 2, 3, 4, 5]), "climb from 0"),
    "endless memory": (lambda: with_facts(half_lives=[0, 1e9]), "got half_lives.1 1000000000.0: "),
    "unknown facts": (lambda: with_facts(more=1), "got more 1: "),
    "too many rows": (many_rows, "expected 1 to 100,000 rows, got 200,000"),
    "lacking": (
        lambda: written(as_table().drop_columns(["season"])),
        "lacks season",
    ),
    "floats": (
        lambda: with_column("chances", pa.array([[0.5] * 288] * 6, pa.list_(pa.float64()))),
        "chances: expected lists of uint8, got list<element: double>",
    ),
    "no lists": (
        lambda: with_column("stickiness", pa.array([1] * 6)),
        "stickiness: expected lists of uint16, got int64",
    ),
    "nulls": (lambda: with_column("stickiness", lists_of_nulls()), "stickiness: expected numbers"),
    "ragged": (
        lambda: with_column("stickiness", pa.array([[1]] * 5 + [[1] * 13], pa.list_(pa.uint16()))),
        "stickiness: expected 3 values in each row (states), got 1, 13",
    ),
    "too many values": (
        lambda: with_column("stickiness", pa.array([[1] * 90] * 6, pa.list_(pa.uint16()))),
        "stickiness: expected 18 values in all rows, got 540",
    ),
    "a label of numbers": (lambda: with_column("region", pa.array([1] * 6)), "region: expected a"),
    "a label without text": (lambda: with_column("region", pa.array(["a"] * 5 + [None])), "row 5"),
    "a label with a strange name": (lambda: with_column("a b", pa.array(["a"] * 6)), "a b: "),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(case: str) -> None:
    make, expected = HOSTILE[case]
    with pytest.raises(ValueError, match="expected") as refused:
        read_library(make())
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_every_column_has_a_meaning_in_the_schema() -> None:
    from capgen.layers.library import schema

    assert schema.__doc__ is not None
    assert [name for name in COLUMNS if f"- {name}: " not in schema.__doc__] == []


def test_a_library_is_a_table_of_its_rows() -> None:
    library = make_library(4)
    assert library.rows == 4
    assert dataclasses.replace(library, labels={}).rows == 4
