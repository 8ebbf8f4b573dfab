"""Labels of the truth: set exactly where a layer changed a value; and no zero is negative."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from capgen import Config, scan
from capgen.panel.ledger import ledger
from tests.conftest import examples, make_config
from tests.panels import sorted_scan

METRICS = {key: f"{key}_p95" for key in ("cpu", "mem", "disk", "net_in", "net_out")}
DRAWN = ["cpu", "mem", "disk", "net_in"]
ARCHETYPES = ["web", "application", "database", "batch"]
WINDOW = {"start_date": "2023-12-28", "end_date": "2024-01-04"}
FACTORS = st.sampled_from([0.0, 0.4, 1.0, 1.001, 1.6, 30.0])
CHANCES = st.sampled_from([0.0, 0.1, 0.4])

Flags = NDArray[np.bool_]


@st.composite
def spikes(draw: st.DrawFn) -> dict[str, Any]:
    scheduled = {"hours": [0, 5], "steps": 3, "probability": 0.5, "magnitude": draw(FACTORS)}
    spike = {"probability": draw(CHANCES), "magnitude": draw(FACTORS)}
    return {"spike": spike, "scheduled_spikes": draw(st.sampled_from([[], [scheduled]]))}


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    def event() -> dict[str, Any]:
        scope = draw(st.sampled_from(["server", "app", "region"]))
        often = {"scope": scope, "per_year": 200, "mean_hours": draw(st.sampled_from([0.5, 9.0]))}
        kind = draw(st.sampled_from(["surge", "memory_leak", "outage"]))
        if kind == "outage":
            return {"type": kind, **often}
        metrics = draw(st.lists(st.sampled_from(DRAWN), min_size=1, max_size=2, unique=True))
        return {"type": kind, **often, "metrics": metrics, "magnitude": draw(FACTORS)}

    where = {"where": {"region": ["EU", "Asia"], "criticality": "High"}}
    listed = {"type": "outage", "start": "2024-01-02 05:00", "metrics": ["cpu"], **where}
    return {
        "random": {name: event() for name in ("one", "two", "three")},
        "listed": {"four": listed},
    }


@st.composite
def outliers(draw: st.DrawFn) -> dict[str, Any]:
    def of_metric() -> dict[str, Any]:
        high = {"probability": draw(CHANCES), "magnitude": draw(FACTORS)}
        return {**high, "dip_probability": draw(CHANCES), "dip_magnitude": draw(FACTORS)}

    keys = draw(st.lists(st.sampled_from(sorted(METRICS)), min_size=1, unique=True))
    return {key: of_metric() for key in keys}


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Draw a panel in which layers meet each other, clips, and values that are missing."""
    lowest, highest = draw(st.sampled_from([(0, 100), (-5, 5), (0, 40), (-100, 0)]))
    gaps = {"per_year": 150, "mean_hours": 3}
    share = draw(st.sampled_from([0.0, 0.2]))
    missing = {"share": dict.fromkeys(METRICS, share), "server_outages": gaps, "fleet_gaps": gaps}
    days = {"first_day": "2023-12-28", "last_day": "2024-01-04"}
    life = {**days, "born_share": 0.3, "retired_share": 0.3}
    factor = draw(st.sampled_from([0.6, -0.6, 0.0]))
    metrics = {
        **{key: {"clip": [lowest, highest]} for key in ("cpu", "mem", "disk")},
        "net_out": {"clip": [-90, 90], "derived": {"source": "net_in", "factor": factor}},
    }
    base = dict.fromkeys(("cpu", "mem", "disk"), lowest + 0.6 * (highest - lowest))
    of_archetypes = draw(spikes()) | {
        "base": base,
        "weekend_factor": draw(st.sampled_from([0.0, 0.7])),
    }
    layers = {"events": draw(events()), "outliers": draw(outliers()), "missing": missing}
    return make_config(
        **WINDOW,
        num_servers=5,
        granularity=draw(st.sampled_from(["hourly", "240min", "daily"])),
        seed=draw(st.integers(0, 1000)),
        decimals=draw(st.integers(0, 2)),
        truth=True,
        metrics=metrics,
        archetypes=dict.fromkeys(ARCHETYPES, of_archetypes),
        layers={**layers, "server_life": life},
    )


def without(config: Config, *names: str) -> Config:
    layers = config.layers.model_copy(update=dict.fromkeys(names))
    return config.model_copy(update={"layers": layers})


def without_spikes(config: Config) -> Config:
    archetypes = {
        name: kind.model_copy(
            update={
                "spike": kind.spike.model_copy(update={"probability": 0.0}),
                "scheduled_spikes": (),
            }
        )
        for name, kind in config.archetypes.items()
    }
    return config.model_copy(update={"archetypes": archetypes})


def differing(first: pl.DataFrame, second: pl.DataFrame) -> dict[str, Flags]:
    """Return where two panels differ, by metric."""
    return {
        key: first[column].ne_missing(second[column]).to_numpy() for key, column in METRICS.items()
    }


def named(panel: pl.DataFrame, label: str) -> list[list[str]]:
    return [each.split("+") if each else [] for each in panel[label]]


@examples(0.6)
@given(config=configs())
def test_labels_say_what_changed_values(config: Config) -> None:
    panel = sorted_scan(config)
    each_label_is_set_where_its_layer_changed_a_value_and_nowhere_else(config, panel)
    every_difference_from_the_clean_twin_has_a_label(config, panel)
    no_zero_is_negative(panel)


def each_label_is_set_where_its_layer_changed_a_value_and_nowhere_else(
    config: Config, panel: pl.DataFrame
) -> None:
    no_outliers, no_events, no_spikes = (
        sorted_scan(variant)
        for variant in (
            without(config, "outliers"),
            without(config, "outliers", "events"),
            without_spikes(without(config, "outliers", "events")),
        )
    )
    by_outliers = differing(panel, no_outliers)
    by_events = differing(no_outliers, no_events)
    by_spikes = differing(no_events, no_spikes)
    assert (any_of(by_outliers) == (panel["is_outlier"] == 1).to_numpy()).all()
    assert (any_of(by_events) == panel["event_id"].is_not_null().to_numpy()).all()
    assert (any_of(by_spikes) == (panel["is_spike"] == 1).to_numpy()).all()
    names = named(panel, "outlier_metrics")
    for key, column in METRICS.items():
        assert by_outliers[key].tolist() == [column in each for each in names]


def any_of(flags: dict[str, Flags]) -> Flags:
    found: Flags = np.logical_or.reduce(list(flags.values()))
    return found


def every_difference_from_the_clean_twin_has_a_label(config: Config, panel: pl.DataFrame) -> None:
    columns = {each["id"]: each["metrics"] for each in ledger(config)}
    outlying = named(panel, "outlier_metrics")
    happening = named(panel, "event_id")
    for key, differs in differing(panel, sorted_scan(config.clean_twin())).items():
        column = METRICS[key]
        missing = panel[column].is_null().to_numpy()
        for row in np.flatnonzero(differs):
            is_event = any(column in columns[each] for each in happening[row])
            assert missing[row] or is_event or column in outlying[row], row


def no_zero_is_negative(panel: pl.DataFrame) -> None:
    for column in [*METRICS.values(), *(f"{each}_expected" for each in METRICS.values())]:
        values = panel[column].drop_nulls().to_numpy()
        assert not np.signbit(values[values == 0]).any(), column


def test_labels_do_not_depend_on_the_columns_asked_for() -> None:
    config = make_config(**WINDOW, num_servers=5, truth=True, layers=SOME_LAYERS)
    whole = scan(config).collect()
    for label in ("is_spike", "is_outlier", "outlier_metrics", "event_id"):
        assert scan(config).select(label).collect().equals(whole.select(label)), label


SOME_LAYERS: dict[str, Any] = {
    "outliers": {"cpu": {"probability": 0.5}, "net_out": {"probability": 0.5}},
    "events": {
        "random": {
            "rush": {
                "type": "surge",
                "scope": "app",
                "per_year": 100,
                "mean_hours": 20,
                "magnitude": 3,
                "metrics": ["cpu", "net_in"],
            }
        }
    },
}


def test_a_csv_holds_no_negative_zero() -> None:
    clip = {"clip": [-5, 5]}
    metrics = {"cpu": clip, "net_out": {**clip, "derived": {"source": "net_in", "factor": -0.6}}}
    base = {"base": {"cpu": 0, "net_in": 0}, "sd": {"cpu": 0.01, "net_in": 0.01}}
    config = make_config(
        **WINDOW, num_servers=9, metrics=metrics, archetypes=dict.fromkeys(ARCHETYPES, base)
    )
    text = scan(config).collect().write_csv()
    assert "-0.0," not in text
    assert ",0.0," in text


def test_an_outlier_beyond_the_clip_is_none() -> None:
    layers = {"outliers": {"cpu": {"probability": 1, "magnitude": 2}}}
    level = {"base": {"cpu": 100}, "sd": {"cpu": 0}, "spike": {"probability": 0}}
    steady = dict.fromkeys(["business_hours", "weekend", "eoq", "holiday", "growth"], 0)
    of_all = {
        "archetypes": dict.fromkeys(ARCHETYPES, level),
        "metrics": {"cpu": {"response": steady}},
    }
    panel = sorted_scan(make_config(**WINDOW, num_servers=4, truth=True, layers=layers, **of_all))
    assert set(panel["cpu_p95"]) == {100.0}
    assert panel["is_outlier"].sum() == 0
    assert panel["outlier_metrics"].null_count() == panel.height


def test_an_outlier_of_net_in_does_not_reach_net_out() -> None:
    layers = {"outliers": {"net_in": {"probability": 0.5}}}
    panel = sorted_scan(make_config(**WINDOW, num_servers=4, truth=True, layers=layers))
    assert set(panel["outlier_metrics"]) == {None, "net_in_p95"}
