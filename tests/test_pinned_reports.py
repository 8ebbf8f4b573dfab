"""Pinned reports: what `check` and `plan` say of small panels of all kinds, one of them bad.

`python -m tests.test_pinned_reports` writes the file anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

from capgen import build, plan
from capgen.cli.app import main
from tests.conftest import deep
from tests.pinned_panels import pinned_config
from tests.test_pinned import text_digest

PINNED = Path(__file__).with_name("pinned_reports.json")
_BAD = "default, one server too high"
CHECKED = {
    "default": "daily",
    _BAD: "daily",
    "telemetry": "hourly",
    "realistic": "daily",
    "profiled": "hourly",
    "moving": "daily",
    "spread out": "hourly",
}
# Of all others together, every rule tests something; one fails some.
_LEFT_TO_DEEP = {"default", "spread out"}
PLANNED = [
    ("default", "daily"),
    ("default", "hourly"),
    ("realistic", "hourly"),
    ("moving", "daily"),
]
_NEAR = 1e-8  # sums of floats differ in their last digits with the number of threads
_INFINITE = 1e300
_GOLDEN = (math.sqrt(5) - 1) / 2
_OF_THE_MACHINE = {"bytes", "seconds", "processor_seconds", "workers"}


def check_says(data: Path) -> Any:
    """Return what `capgen check --json` prints."""
    printed = StringIO()
    with redirect_stdout(printed):
        main(["check", str(data), "--json"])
    return json.loads(printed.getvalue())


def numbers_of(findings: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield the finite numbers of findings, with the names of their fields."""
    for finding in findings:
        for name, value in {**finding, **finding["details"]}.items():
            if isinstance(value, float | int) and abs(value) < _INFINITE:
                yield name, float(value)


def weighted_sums(numbers: Iterable[tuple[str, float]]) -> dict[str, list[float]]:
    """Return for each name a sum in which each number has its own weight, and its largest value."""
    by_name: dict[str, list[float]] = {}
    for name, number in numbers:
        by_name.setdefault(name, []).append(number)
    sums = {}
    for name, every in by_name.items():
        weighed = ((1 + place * _GOLDEN % 1) * number for place, number in enumerate(every))
        most = 2 * math.fsum(map(abs, every))
        sums[name] = [float(f"{math.fsum(weighed):.10g}"), float(f"{most:.3g}")]
    return sums


def rule_pins(rule: Mapping[str, Any]) -> dict[str, Any]:
    findings = rule["findings"]
    words = []
    for finding in findings:
        texts = {key: text for key, text in finding.items() if not isinstance(text, float | dict)}
        words.append(texts)
    numbers = weighted_sums(numbers_of(findings))
    return {
        "verdict": rule["verdict"],
        "words": f"{len(findings)} {text_digest(words)}",
        "numbers": numbers,
    }


def check_pins(panel: str) -> dict[str, Any]:
    """Return the pins of what `check` says of a panel, by rule."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        build(pinned_config(panel.partition(",")[0], CHECKED[panel]).config, data)
        if panel == _BAD:
            make_bad(data)
        said = check_says(data)
    assert said.pop("folder") == str(data)
    rules = {rule["rule"]: rule_pins(rule) for rule in said.pop("rules")}
    return {**rules, "rest": said}


def make_bad(data: Path) -> None:
    """Raise the values of one server in one file by a half."""
    file = min(data.glob("year=2024/server_type=web/*.parquet"))
    frame = pl.read_parquet(file, hive_partitioning=False)
    raised = pl.when(pl.col("server_id") == frame["server_id"][0]).then(pl.col("cpu_p95") * 1.5)
    frame.with_columns(raised.otherwise(pl.col("cpu_p95"))).write_parquet(file)


def plan_pins(panel: str, window: str) -> str:
    """Return a pin of what `plan` says, but for what depends on the machine."""
    said = asdict(plan(pinned_config(panel, window).config))
    parts = [without_machine(each) for each in said.pop("partitions")]
    return f"{said['rows']} {said['files']} {text_digest([*parts, without_machine(said)])}"


def without_machine(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in _OF_THE_MACHINE}


@cache
def pinned() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PINNED.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    "panel",
    [pytest.param(panel, marks=deep if panel in _LEFT_TO_DEEP else ()) for panel in CHECKED],
)
def test_check_says_the_same(panel: str) -> None:
    made = check_pins(panel)
    expected = pinned()["check"][panel]
    assert list(made) == list(expected)
    assert made.pop("rest") == expected["rest"]
    for name, rule in made.items():
        numbers = {each: list(sums) for each, sums in expected[name]["numbers"].items()}
        assert rule["numbers"].keys() == numbers.keys(), name
        for number, (total, most) in numbers.items():
            near = pytest.approx(total, abs=_NEAR * most)
            assert rule["numbers"][number][0] == near, f"{name}: {number}"
        assert rule == {**expected[name], "numbers": rule["numbers"]}, name


@pytest.mark.parametrize(("panel", "window"), PLANNED)
def test_plan_says_the_same(panel: str, window: str) -> None:
    assert plan_pins(panel, window) == pinned()["plan"][f"{panel}, {window}"]


if __name__ == "__main__":
    made = {
        "check": {panel: check_pins(panel) for panel in CHECKED},
        "plan": {f"{panel}, {window}": plan_pins(panel, window) for panel, window in PLANNED},
    }
    text = json.dumps(made, indent=1)
    PINNED.write_text(text + "\n", encoding="utf-8")
