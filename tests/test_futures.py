"""Futures: they share the past to the bit, and each cell ahead is a pure function of its draw."""

from __future__ import annotations

import functools
import math
from datetime import datetime
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen import Config, RequestError, build, futures, load_config, oracle, scan
from capgen.foresight.asked import HAPPENINGS
from capgen.layers import LAYERS
from tests.conftest import Run, make_config
from tests.everything import WITH_DYNAMICS
from tests.panels import METRICS, merged, of_all, web_config
from tests.telemetry_datasets import write_telemetry

KEYS = ["draw", "server_id", "timestamp"]
# Each window has a New Year or the edge of a month or a day in it, before or after the moment.
WINDOWS = {
    "hourly": ("2023-12-30", "2024-01-02", datetime(2023, 12, 30, 5)),
    "1min": ("2023-12-31", "2024-01-01", datetime(2023, 12, 31, 12, 1)),
    "daily": ("2023-11-01", "2024-05-31", datetime(2023, 12, 30)),
}
DRAWS = 2
granularities = pytest.mark.parametrize("granularity", WINDOWS)


@functools.cache
def everything(granularity: str) -> Config:
    """Return a server of each archetype, with every layer on."""
    first, last, _ = WINDOWS[granularity]
    window = {"num_servers": 4, "start_date": first, "end_date": last, "granularity": granularity}
    return make_config(**merged(merged(WITH_DYNAMICS, window), {"archetypes": of_all(share=0.25)}))


@functools.cache
def whole(granularity: str) -> pl.DataFrame:
    frame = futures(everything(granularity), WINDOWS[granularity][2], DRAWS).collect()
    return frame.sort(KEYS)


def part(granularity: str, *conditions: Any, **values: Any) -> pl.DataFrame:
    return whole(granularity).filter(*conditions, **values)


@granularities
def test_futures_share_the_past_to_the_bit_and_number_0_is_the_panel(granularity: str) -> None:
    moment = WINDOWS[granularity][2]
    panel = scan(everything(granularity)).select(*KEYS[1:], *METRICS).sort(KEYS[1:]).collect()
    assert part(granularity, draw=0).drop("draw").equals(panel)
    past = panel.filter(pl.col("timestamp") < moment)
    for draw in (1, 2):
        known = part(granularity, pl.col("timestamp") < moment, draw=draw)
        assert known.drop("draw").equals(past)
        ahead = part(granularity, pl.col("timestamp") >= moment, draw=draw)
        differs = ahead["cpu_p95"].ne_missing(panel[past.height :]["cpu_p95"][: ahead.height])
        assert differs.sum() > 0.5 * differs.len()


@granularities
def test_a_cell_is_the_same_in_any_part(granularity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capgen.panel.lazy.CHUNK_ROWS", 500)
    monkeypatch.setattr("capgen.panel.cell.values._SLICE_ROWS", 200)
    _, last, moment = WINDOWS[granularity]
    later = moment + (datetime.fromisoformat(last) - moment) / 3
    some = pl.col("server_id").is_in(["server_001", "server_002"]) & (pl.col("timestamp") >= later)
    asked = futures(everything(granularity), moment, DRAWS, metrics=["mem", "net_out"])
    expected = part(granularity, some, pl.col("draw") > 0)
    found = asked.filter(some, pl.col("draw") > 0).sort(KEYS).collect()
    assert found.equals(expected.select(*KEYS, "mem_p95", "net_out_p95"))


def test_a_cell_is_the_same_in_any_window() -> None:
    moment = WINDOWS["hourly"][2]
    earlier = everything("hourly").model_copy(update={"end_date": moment.date()})
    longer = futures(earlier, moment, DRAWS, until="2024-01-20", servers=["server_002"])
    expected = part("hourly", server_id="server_002")
    inside = longer.filter(pl.col("timestamp") <= expected["timestamp"].max())
    assert inside.sort(KEYS).collect().equals(expected)
    assert longer.select(pl.col("timestamp").max()).collect().item() == datetime(2024, 1, 20, 23)


def test_what_comes_of_independent_noise_has_its_closed_form() -> None:
    """A cell of the default panel: normal around its mean, apart from spikes, clip and rounding."""
    days = ("2024-01-01", "2024-01-03")
    spikes = {"archetypes": {"web": {"spike": {"probability": 0.3, "magnitude": 2}}}}
    config = web_config(2, days, "hourly", **spikes)
    draws = 1500
    moment = datetime(2024, 1, 3, 20)
    ahead = futures(config, moment, draws).filter(pl.col("timestamp") == moment, pl.col("draw") > 0)
    values = ahead.sort(KEYS).collect()["cpu_p95"].to_numpy().reshape(draws, 2)
    plain = NormalDist(45, 15)
    spiked = NormalDist(90, 30)
    for limit in (20, 45, 60, 90, 120):
        share = 0.7 * plain.cdf(limit) + 0.3 * spiked.cdf(limit)
        error = math.sqrt(share * (1 - share) / values.size)
        assert abs(np.mean(values < limit) - share) < 4 * error
    assert abs(np.corrcoef(values.T)[0, 1]) < 4 / math.sqrt(draws)
    assert abs(np.corrcoef(values[:-1, 0], values[1:, 0])[0, 1]) < 4 / math.sqrt(draws)


def test_the_oracle_is_what_the_futures_say() -> None:
    config = everything("hourly")
    moment = WINDOWS["hourly"][2]
    said = oracle(config, moment, [0.05], draws=DRAWS).filter(pl.col("metric") == "mem").collect()
    ahead = part("hourly", pl.col("timestamp") >= moment, pl.col("draw") > 0)
    expected = ahead.group_by(KEYS[1:]).agg(
        pl.col("mem_p95").mean().alias("mean"),
        pl.col("mem_p95").quantile(0.05, "linear").alias("low"),
        pl.col("mem_p95").median().alias("middle"),
    )
    both = said.join(expected, on=KEYS[1:], validate="1:1")
    assert both.height == said.height == expected.height
    for name, other in (("oracle", "mean"), ("oracle-q0.05", "low"), ("oracle-q0.5", "middle")):
        assert (both[name].is_null() == both[other].is_null()).all()
        assert np.allclose(both[name].drop_nulls(), both[other].drop_nulls(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("preset", ["default", "telemetry"])
def test_the_closed_form_is_what_many_futures_come_to(preset: str) -> None:
    window = {"num_servers": 3, "start_date": "2024-01-01", "end_date": "2024-01-20"}
    config = load_config(preset=preset, overrides=window, environment={})
    moment = datetime(2024, 1, 20)
    draws = 400
    said = oracle(config, moment, [0.1, 0.9]).collect()
    ahead = futures(config, moment, draws).filter(pl.col("timestamp") >= moment)
    values = ahead.filter(pl.col("draw") > 0).collect()
    for key, metric in config.metrics.items():
        of_metric = said.filter(metric=key)
        cells = values.select("server_id", "timestamp", pl.col(metric.column).alias("value"))
        both = cells.drop_nulls().join(of_metric, on=KEYS[1:]).partition_by("server_id")
        for of_server in both:
            value = of_server["value"].to_numpy()
            off = value.mean() - of_server["oracle"][0]
            assert abs(off) < 4 * value.std() / math.sqrt(value.size)
            for share in (0.1, 0.5, 0.9):
                limit = of_server[f"oracle-q{share}"][0]
                error = 4 * math.sqrt(share * (1 - share) / value.size)
                assert np.mean(value < limit) < share + error
                assert np.mean(value <= limit) > share - error


@pytest.mark.parametrize("kept", HAPPENINGS)
def test_what_is_kept_happens_as_in_the_panel(kept: str) -> None:
    """In a panel without any other chance, futures that keep what happens are the panel."""
    on = {
        "spikes": {"archetypes": {"web": {"spike": {"probability": 0.2, "magnitude": 2}}}},
        "events": {"layers": {"events": WITH_DYNAMICS["layers"]["events"]}},
        "outliers": {"layers": {"outliers": WITH_DYNAMICS["layers"]["outliers"]}},
        "gaps": {"layers": {"missing": WITH_DYNAMICS["layers"]["missing"]}},
    }
    flat = {"archetypes": {"web": {"sd": dict.fromkeys(["cpu", "mem", "disk", "net_in"], 0)}}}
    config = web_config(4, ("2024-01-01", "2024-02-29"), "hourly", **merged(flat, on[kept]))
    moment = datetime(2024, 1, 10)
    panel = scan(config).select(*KEYS[1:], *METRICS).sort(KEYS[1:]).collect()
    for keep, is_same in (([kept], True), ([], False)):
        future = futures(config, moment, 1, keep=keep).filter(pl.col("draw") == 1)
        assert future.drop("draw").sort(KEYS[1:]).collect().equals(panel) is is_same


def test_every_happening_is_a_layers() -> None:
    assert set(HAPPENINGS) == {layer.happens for layer in LAYERS if layer.happens}
    assert set(HAPPENINGS) == {"spikes", "events", "outliers", "gaps"}


@pytest.mark.parametrize(
    ("start", "options", "message"),
    [
        ("2024-01-02 05:30", {}, "expected the start of a step of hourly data"),
        ("2023-12-31", {}, "expected a moment from 2024-01-01 on"),
        ("2024-02-02", {}, "up to the step after 2024-01-31 23:00"),
        ("yesterday", {}, "expected a moment such as 2024-03-01"),
        ("2024-01-10", {"until": "2024-01-05"}, "up to the step after 2024-01-05 23:00"),
        ("2024-01-10", {"until": "2024-03-05"}, "growth.trend: window"),
        ("2024-01-10", {"draws": 0}, "draws: expected at least 1, got 0"),
        ("2024-01-10", {"servers": ["server_9"]}, "servers: expected one of server_000"),
        ("2024-01-10", {"metrics": ["cpus"]}, "did you mean 'cpu'"),
        ("2024-01-10", {"keep": ["noise"]}, "keep: expected one of"),
    ],
)
def test_what_cannot_be_asked_is_refused(start: str, options: dict[str, Any], message: str) -> None:
    window = {"start_date": "2024-01-01", "end_date": "2024-01-31", "granularity": "hourly"}
    with pytest.raises(RequestError, match=message):
        futures(make_config(num_servers=3, **window), start, **options)


def test_telemetry_is_sent_to_fit_first(tmp_path: Path) -> None:
    stamp = pl.datetime_range(datetime(2024, 1, 1), datetime(2024, 1, 2), "1h", eager=True)
    rows = pl.DataFrame({"timestamp": stamp}).with_columns(
        server_id=pl.lit("a"), cpu_p95=pl.lit(1.0), server_type=pl.lit("web")
    )
    write_telemetry(tmp_path / "real", rows)
    with pytest.raises(RequestError, match="no model to go on by; fit one with capgen fit"):
        futures(tmp_path / "real", "2024-01-02")


def test_the_command_writes_what_the_functions_return(run: Run, tmp_path: Path) -> None:
    config = make_config(num_servers=3, start_date="2024-01-01", end_date="2024-01-31")
    build(config, tmp_path / "data")
    moment = ("--from", "2024-01-20", "--draws", "5")
    assert run("futures", "data", *moment, "--out", "futures.parquet").returncode == 0
    written = pl.read_parquet(tmp_path / "futures.parquet")
    expected = futures(config, "2024-01-20", 5).filter(pl.col("timestamp") >= datetime(2024, 1, 20))
    assert written.sort(KEYS).equals(expected.collect().sort(KEYS))
    forecast = ("--quantiles", "0.1,90%", "--metric", "cpu")
    assert run("futures", "data", *moment, *forecast, "--out", "oracle.CSV").returncode == 0
    said = pl.read_csv(tmp_path / "oracle.CSV")
    known = oracle(config, "2024-01-20", [0.1, 0.9], draws=5, metrics=["cpu"]).collect()
    assert said.columns == known.columns
    assert np.allclose(said["oracle-q0.9"], known["oracle-q0.9"])
    shown = run("futures", "data", *moment)
    assert "server_000 in closed form" in shown.stdout
    again = run("futures", "data", *moment, "--out", "oracle.CSV")
    assert again.returncode == 2
    assert "exists already" in again.stderr


@pytest.mark.parametrize("rows", [3, 500, 2000])
def test_the_first_rows_are_those_of_all_rows(rows: int) -> None:
    config = make_config(num_servers=12, end_date="2022-01-20", granularity="hourly")
    asked = futures(config, datetime(2022, 1, 10), 5, metrics=["cpu"])
    assert asked.head(rows).collect().equals(asked.collect().head(rows))
