"""In which order threads write files, and how busy that keeps them."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import pytest

from capgen.dataset.plan import FilePlan, plan_files
from capgen.dataset.sizes import choose_sizes
from capgen.engines.threads import in_order
from capgen.panel.frame import panel_of
from tests.conftest import make_config


def busy(files: Sequence[FilePlan], threads: int) -> float:
    """Return how busy threads are until the last one ends, each taking the next file."""
    ends = [0] * threads
    for file in files:
        heapq.heapreplace(ends, ends[0] + file.rows)
    return sum(ends) / (threads * max(ends))


@pytest.mark.parametrize("threads", [1, 2, 4, 8])
def test_all_threads_end_at_about_the_same_time(threads: int) -> None:
    config = make_config(granularity="hourly", num_servers=120, end_date="2025-12-31")
    files = list(plan_files(config, choose_sizes(config, None, None, None)))
    ordered = in_order(panel_of(config), files, threads)
    assert sorted(ordered, key=files.index) == files
    assert busy(ordered, threads) > 0.95


def test_threads_share_the_dates_of_a_year_where_each_year_has_its_own() -> None:
    config = make_config(granularity="5min", num_servers=20, end_date="2023-12-31")
    files = list(plan_files(config, choose_sizes(config, None, None, None)))
    years = [file.year for file in in_order(panel_of(config), files, threads=8)]
    assert years == sorted(years)
