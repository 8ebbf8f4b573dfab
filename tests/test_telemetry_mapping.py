"""The mapping and what readers share: sections, keys, units."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from capgen.errors import RequestError
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.mapping_types import step_seconds
from capgen.telemetry.readers.reader import ReadMetric, described, keys_of
from capgen.telemetry.readers.units import conversion
from tests.texts import any_text


def mapping(**keys: Any) -> Mapping:
    return Mapping.model_validate_json(json.dumps(keys))


def test_the_form_of_the_contract_is_a_mapping() -> None:
    found = mapping(
        **{"from": ["exports/*.csv"]},
        shape="wide",
        server={"column": "instance", "strip": r":\d+$", "lower": True},
        time={"column": "time", "unit": "auto", "zone": "UTC", "repeated_hour": "by_order"},
        metrics={
            "cpu": {"column": "usage_idle", "expression": "100 - value", "unit": "percent"},
            "net_in": {"name": "rx", "kind": "counter", "unit": "byte/s", "over": {"dev": "sum"}},
        },
        labels={"server_type": {"column": "role"}, "region": {"value": "EU"}},
        missing=[-1, 101, "", "NaN"],
        duplicates="mean",
        step="auto",
    )
    assert found.from_ == ("exports/*.csv",)
    assert found.metrics["net_in"].over == {"dev": "sum"}


@pytest.mark.parametrize(
    "keys",
    [
        {"servers": {}},
        {"server": {"column": "a", "file": "(.+)"}},
        {"server": {"file": "no group"}},
        {"server": {"column": "a", "strip": "("}},
        {"time": {"zone": "Europe/Nowhere"}},
        {"metrics": {"CPU": {"column": "a"}}},
        {"metrics": {"cpu": {"over": {"a": "sum", "b": "sum"}}}},
        {"labels": {"year": {"value": "x"}}},
        {"labels": {"region": {}}},
        {"step": "0min"},
    ],
)
def test_what_is_no_mapping_is_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        mapping(**keys)


@pytest.mark.parametrize(
    ("unit", "to", "factor"),
    [
        ("fraction", "percent", 100),
        ("percent", "percent", 1),
        ("byte/s", "Mbit/s", Fraction(8, 10**6)),
        ("KiB/s", "bit/s", 8192),
        ("Bps", "bps", 8),
        ("byte/step", "bit/s", Fraction(8, 300)),
        ("MHz", "GHz", Fraction(1, 1000)),
        ("byte/min", "byte/s", Fraction(1, 60)),
        ("requests", "requests", 1),
    ],
)
def test_a_conversion_is_exact(unit: str, to: str, factor: Fraction) -> None:
    assert conversion(unit, to, 300) == factor


@pytest.mark.parametrize(
    ("unit", "to"), [("requests", "percent"), ("byte", "bit/s"), ("byte/s", "percent")]
)
def test_units_that_do_not_fit_are_refused(unit: str, to: str) -> None:
    with pytest.raises(RequestError, match="expected"):
        conversion(unit, to, 300)


@pytest.mark.parametrize(
    ("text", "seconds"), [("15s", 15), ("5min", 300), ("hourly", 3600), ("1d", 86400)]
)
def test_a_step_of_exports_may_be_seconds(text: str, seconds: int) -> None:
    assert step_seconds(text) == seconds


def test_what_the_mapping_says_wins_over_what_the_reader_knows() -> None:
    place = mapping(metrics={"cpu": {"unit": "percent", "over": {"cpu": "mean"}}}).metrics["cpu"]
    known = ReadMetric(key="x", unit="fraction", statistic="mean", kind="counter")
    expected = ReadMetric(key="cpu", unit="percent", statistic="mean", kind="counter", over="mean")
    assert described(place, "cpu", known) == expected


def test_own_names_become_keys() -> None:
    found = keys_of(["CPU (%)", "cpu %", "1st", "Ümlaut", "x" * 90])
    assert found == {
        "CPU (%)": "cpu",
        "cpu %": "cpu_2",
        "1st": "m_1st",
        "Ümlaut": "mlaut",
        "x" * 90: "x" * 40,
    }


@given(st.lists(any_text(max_size=50), unique=True, max_size=6))
def test_keys_are_names_each_of_its_own(series: list[str]) -> None:
    keys = keys_of(series)
    assert len(set(keys.values())) == len(series)
    Mapping.model_validate({"metrics": {key: {} for key in keys.values()}})
