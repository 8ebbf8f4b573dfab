"""Loading takes work in proportion to what there is to load."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from capgen import ConfigError
from tests.conftest import deep, make_config

ARCHETYPE = make_config().archetypes["web"].model_dump(mode="json", exclude_none=True)
DEFAULTS = dict.fromkeys(make_config().archetypes)


def fleet_of(count: int, **change: Any) -> dict[str, Any]:
    kinds = {
        f"kind_{number}": {**ARCHETYPE, "share": 1 / count, **change} for number in range(count)
    }
    return {**DEFAULTS, **kinds}


def steps_of(deed: Callable[[], object]) -> int:
    """Return how many bytecodes of ours a deed takes."""
    steps = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        if "/capgen/" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True
        steps += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        deed()
    finally:
        sys.settrace(before)
    return steps


def refused(archetypes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        make_config(archetypes=archetypes)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="good"),
        pytest.param({"weekend_factor": "low"}, id="wrong", marks=deep),
        pytest.param({"wekend_factor": 1}, id="unknown"),
    ],
)
def test_twice_the_archetypes_take_twice_the_work(change: dict[str, Any]) -> None:
    def load(count: int) -> int:
        archetypes = fleet_of(count, **change)
        return steps_of(
            lambda: refused(archetypes) if change else make_config(archetypes=archetypes)
        )

    none = load(1)
    some = load(6)
    twice = load(11)
    assert twice - none < 2.2 * (some - none)
