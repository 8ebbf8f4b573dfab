"""Steps, windows and blocks."""

from __future__ import annotations

import itertools
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capgen.timeline.time_axis import Span, TimeAxis
from tests.conftest import examples

MOST_STEPS_IN_A_BLOCK = 31 * 24 * 12  # a long month of five minutes


@pytest.mark.parametrize(
    ("minutes", "block", "label"),
    [
        (1440, ("2024-01-01", "2025-01-01"), "1440min/2024"),
        (60, ("2024-01-01", "2025-01-01"), "60min/2024"),
        (30, ("2024-02-01", "2024-03-01"), "30min/2024-02"),
        (5, ("2024-02-01", "2024-03-01"), "5min/2024-02"),
        (4, ("2024-02-29", "2024-03-01"), "4min/2024-02-29"),
        (1, ("2024-02-29", "2024-03-01"), "1min/2024-02-29"),
    ],
)
def test_blocks_are_laid_out_from_their_first_step_whatever_the_window(
    minutes: int, block: tuple[str, str], label: str
) -> None:
    axis = TimeAxis(date(2024, 2, 29), date(2024, 2, 29), minutes)
    (only,) = axis.blocks(axis.span)
    first, stop = (date.fromisoformat(each) for each in block)
    assert only.label == label
    assert only.span == axis.days(first, stop)


@examples(10)
@given(
    st.dates(date(1990, 1, 1), date(2035, 1, 1)),
    st.integers(0, 40),
    st.sampled_from([1440, 60, 30, 15, 5, 2, 1]),
)
def test_blocks_cover_a_window_without_gap_or_overlap(first: date, days: int, minutes: int) -> None:
    axis = TimeAxis(first, date.fromordinal(first.toordinal() + days), minutes)
    blocks = [block.span for block in axis.blocks(axis.span)]
    assert blocks[0].first <= axis.span.first < blocks[0].stop
    assert blocks[-1].first < axis.span.stop <= blocks[-1].stop
    assert all(left.stop == right.first for left, right in itertools.pairwise(blocks))
    assert max(span.size for span in blocks) <= MOST_STEPS_IN_A_BLOCK


@pytest.mark.parametrize(
    ("minutes", "timestamps", "last"),
    [(1440, 1461, datetime(2025, 12, 31)), (60, 35_064, datetime(2025, 12, 31, 23))],
)
def test_default_window(minutes: int, timestamps: int, last: datetime) -> None:
    axis = TimeAxis(date(2022, 1, 1), date(2025, 12, 31), minutes)
    assert axis.span.size == timestamps
    assert axis.timestamp(axis.span.first) == datetime(2022, 1, 1)
    assert axis.timestamp(axis.span.stop - 1) == last


def test_steps_before_1970() -> None:
    axis = TimeAxis(date(1950, 6, 1), date(1950, 6, 2), 60)
    assert axis.timestamp(axis.span.first) == datetime(1950, 6, 1)
    assert axis.span == Span(axis.span.first, axis.span.first + 48)
