"""Good datasets at the ends of what is allowed pass `check`: some of what the bench draws."""

from __future__ import annotations

import pytest

from capgen.quality.sample import MOST_ROWS
from tests.bench.check_alarms import Kinds, outcome_of
from tests.conftest import deep


@pytest.mark.parametrize(
    "number", [158, pytest.param(6, marks=deep), pytest.param(547, marks=deep)]
)
def test_odd_good_datasets_pass(number: int) -> None:
    outcome = outcome_of(
        number, kinds=Kinds(layers=True, dynamics=False, odd=True), most_rows=MOST_ROWS
    )
    assert outcome.crash == ""
    assert outcome.failed == []


def test_odd_good_datasets_with_dynamics_pass() -> None:
    outcome = outcome_of(
        1000, kinds=Kinds(layers=True, dynamics=True, odd=True), most_rows=MOST_ROWS
    )
    assert outcome.crash == ""
    assert outcome.failed == []
