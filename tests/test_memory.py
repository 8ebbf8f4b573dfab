"""Peak memory does not grow with the panel."""

from __future__ import annotations

from tests.bench.build_cost import CASES, measure

MOST_MEGABYTES = 450
MOST_GROWTH = 1.15


def test_peak_of_a_panel_is_low_and_hardly_above_that_of_a_tenth_of_the_servers() -> None:
    """Both are large enough to fill their row groups: what is smaller takes less."""
    tenth = measure(*CASES["hourly, 120 servers, 4 years"])["peak_megabytes"]
    whole = measure(*CASES["hourly, 1,200 servers, 1 year"])["peak_megabytes"]
    assert whole < MOST_MEGABYTES
    assert whole < MOST_GROWTH * tenth
