"""Any chain of operations over a scan answers like the same chain over the collected frame."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars._typing import EngineType
from polars.testing import assert_frame_equal

import capgen
from tests.conftest import examples, make_config
from tests.test_promise import CONDITIONS

Step = Callable[[pl.LazyFrame], pl.LazyFrame]


NEW_YEAR = make_config(
    num_servers=5, granularity="hourly", start_date="2023-12-28", end_date="2024-01-04"
)


@functools.cache
def collected() -> pl.DataFrame:
    return capgen.scan(NEW_YEAR).collect()


ROWS = st.integers(0, 1000)
SOME_ROWS = st.sampled_from([0, 1, 20, 300, 4000])


def filters(data: st.DataObject, names: Sequence[str]) -> Step:
    known = {
        name: condition
        for name, condition in CONDITIONS.items()
        if set(condition.meta.root_names()) <= set(names)
    }
    condition = known[data.draw(st.sampled_from(sorted(known)), label="condition")]
    return lambda frame: frame.filter(condition)


def filters_by_all(data: st.DataObject, names: Sequence[str]) -> Step:
    name = data.draw(st.sampled_from(names), label="compared")
    return lambda frame: frame.filter(pl.col(name) > pl.col(name).min())


def selects(data: st.DataObject, names: Sequence[str]) -> Step:
    columns = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True), label="columns")
    return lambda frame: frame.select(columns)


def heads(data: st.DataObject, _names: Sequence[str]) -> Step:
    rows = data.draw(SOME_ROWS, label="head")
    return lambda frame: frame.head(rows)


def limits(data: st.DataObject, _names: Sequence[str]) -> Step:
    rows = data.draw(ROWS, label="limit")
    return lambda frame: frame.limit(rows)


def tails(data: st.DataObject, _names: Sequence[str]) -> Step:
    rows = data.draw(SOME_ROWS, label="tail")
    return lambda frame: frame.tail(rows)


def slices(data: st.DataObject, _names: Sequence[str]) -> Step:
    offset = data.draw(st.integers(-1000, 1000), label="offset")
    length = data.draw(st.none() | ROWS, label="length")
    return lambda frame: frame.slice(offset, length)


def sorts(data: st.DataObject, names: Sequence[str]) -> Step:
    by = data.draw(
        st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True), label="by"
    )
    descending = data.draw(st.booleans(), label="descending")
    return lambda frame: frame.sort(by, descending=descending, maintain_order=True)


def adds(data: st.DataObject, names: Sequence[str]) -> Step:
    name = data.draw(st.sampled_from(names), label="shifted")
    return lambda frame: frame.with_columns(pl.col(name).shift(1).alias("before"))


def replaces(data: st.DataObject, names: Sequence[str]) -> Step:
    name = data.draw(st.sampled_from(names), label="replaced")
    return lambda frame: frame.with_columns(pl.col(name).forward_fill().reverse())


def numbers(_data: st.DataObject, names: Sequence[str]) -> Step:
    return lambda frame: frame if "row" in names else frame.with_row_index("row")


def makes_unique(data: st.DataObject, names: Sequence[str]) -> Step:
    name = data.draw(st.sampled_from(names), label="unique")
    return lambda frame: frame.unique(name, keep="first", maintain_order=True)


def groups(data: st.DataObject, names: Sequence[str]) -> Step:
    by = data.draw(st.sampled_from(names), label="group")
    return lambda frame: frame.group_by(by, maintain_order=True).agg(pl.all().last())


def doubles(data: st.DataObject, _names: Sequence[str]) -> Step:
    rows = data.draw(SOME_ROWS, label="doubled")
    return lambda frame: pl.concat([frame.head(rows), frame])


OPERATIONS = [
    *[filters] * 5,  # most meet here what Polars hands over together
    *[heads] * 4,
    *[limits] * 4,
    filters_by_all,
    selects,
    tails,
    slices,
    sorts,
    adds,
    replaces,
    numbers,
    makes_unique,
    groups,
    doubles,
]


@given(data=st.data(), engine=st.sampled_from(["in-memory", "streaming"]))
@examples(4)
def test_any_chain_of_operations(data: st.DataObject, engine: EngineType) -> None:
    asked = capgen.scan(NEW_YEAR)
    expected = collected().lazy()
    for operation in data.draw(st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=6)):
        step = operation(data, expected.collect_schema().names())
        asked = step(asked)
        expected = step(expected)
    assert_frame_equal(asked.collect(engine=engine), expected.collect(), check_exact=True)


CLAUSES = st.sampled_from(
    [
        "from ({}) limit 20",
        "from ({}) limit 300 offset 7",
        "from ({}) where is_weekend = 1",
        "from ({}) where server_type in ('web', 'batch') and month = 1",
        "from ({}) where cpu_p95 > 50 or region = 'EU'",
        # A join, after which rows have no order of their own.
        "from ({}) where cpu_p95 > (select avg(cpu_p95) from ({})) order by server_id, timestamp",
        "from ({}) order by mem_p95, server_id, timestamp limit 40",
        "from (select distinct on (region, dayofweek) * from ({}) order by server_id, timestamp)",
        "from ({}) where timestamp >= timestamp '2023-12-27 07:00:00'",
    ]
)


@given(
    clauses=st.lists(CLAUSES, min_size=1, max_size=4),
    registered=st.booleans(),
)
def test_any_nesting_of_queries(clauses: list[str], registered: bool) -> None:
    query = "from {0}"
    for clause in clauses:
        query = clause.replace("{}", query)
    with capgen.connect(NEW_YEAR) as connection:
        connection.register("scanned", capgen.scan(NEW_YEAR))
        connection.register("collected", collected())
        table = "scanned" if registered else "panel"
        asked = connection.sql(query.format(table)).pl()
        expected = connection.sql(query.format("collected")).pl()
    assert_frame_equal(asked, expected, check_exact=True)


def test_a_head_comes_before_the_filter_that_follows_it() -> None:
    january = {"num_servers": 9, "start_date": "2022-01-01", "end_date": "2022-01-31"}
    weekends = capgen.scan(make_config(**january)).head(20).filter(pl.col("is_weekend") == 1)
    assert weekends.collect().height == 6
