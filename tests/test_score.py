"""`score` of forecasts: definitions as elsewhere, in any form of a file, and what is refused."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import capgen
from capgen import RequestError
from capgen.foresight.oracle import oracle
from capgen.scores.losses import SCORES
from capgen.scores.scorecard import Scorecard
from tests.conftest import BuildOnce, Run
from tests.forecast_files import METRICS, PANEL, START, actuals, forecasts
from tests.telemetry_datasets import write_telemetry

SEASON = 168
QUANTILES = {0.1: "Near-lo-80", 0.5: "Near-q0.5", 0.9: "Near-hi-80"}
SERIES = ["metric", "server_id"]
MODELS = ["Rough", "Near", *QUANTILES.values()]


@pytest.fixture(scope="module")
def data(build_once: BuildOnce) -> Path:
    return build_once(**PANEL)


@pytest.fixture(scope="module")
def rows(data: Path) -> pl.DataFrame:
    return forecasts(data)


@pytest.fixture(scope="module")
def found(data: Path, rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    return scored(data, rows, tmp_path_factory.mktemp("forecasts"))


def scored(data: Path, rows: pl.DataFrame, folder: Path, **options: Any) -> Scorecard:
    file = folder / "forecasts.parquet"
    rows.write_parquet(file)
    return capgen.score(file, data, draws=0, **options)


def line(found: Scorecard, score: str, model: str, **group: str) -> dict[str, Any]:
    wanted = {"metric": "all", "archetype": "all", "horizon": "all", **group}
    return found.table.filter(score=score, model=model, **wanted).row(0, named=True)


def reference(data: Path, rows: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """Return the values of each series by score and model, as utilsforecast has them."""
    losses = pytest.importorskip("utilsforecast.losses")
    past = actuals(data)
    named = {"server_id": "unique_id", "timestamp": "ds", "value": "y"}
    whole = past.join(rows, on=["server_id", "timestamp", "metric"]).with_columns(
        pl.concat_str(SERIES, separator="/").alias("server_id")
    )
    train = past.filter(pl.col("timestamp") < START).with_columns(
        pl.concat_str(SERIES, separator="/").alias("server_id")
    )
    frame = whole.rename(named)
    scale = {"seasonality": SEASON, "train_df": train.rename(named)}
    both = ["Rough", "Near"]
    values: dict[tuple[str, str], pl.DataFrame] = {}
    for name, of_both in {
        "MAE": losses.mae(frame, both),
        "RMSE": losses.rmse(frame, both),
        "MASE": losses.mase(frame, both, **scale),
        "RMSSE": losses.rmsse(frame, both, **scale),
    }.items():
        values |= {(name, model): of_both.select("unique_id", value=model) for model in both}
    columns = {"Near": list(QUANTILES.values())}
    levels = np.array(list(QUANTILES))
    for level, column in QUANTILES.items():
        values[f"pinball {level:g}", "Near"] = losses.quantile_loss(frame, {"Near": column}, level)
    mean_pinball = losses.mqloss(frame, columns, levels)
    values["CRPS", "Near"] = mean_pinball.with_columns(pl.col("Near") * 2)
    values["scaled CRPS", "Near"] = losses.scaled_crps(frame, columns, levels)
    values["coverage of 80 %", "Near"] = losses.coverage(frame, ["Near"], 80)
    return {
        key: found.rename({"Near": "value"}, strict=False).sort("unique_id")
        for key, found in values.items()
    }


def test_scores_are_those_of_utilsforecast(
    data: Path, rows: pl.DataFrame, found: Scorecard
) -> None:
    expected = reference(data, rows)
    for (score, model), values in expected.items():
        for metric in METRICS:
            of_metric = values.filter(pl.col("unique_id").str.starts_with(f"{metric}/"))
            value = line(found, score, model, metric=metric)
            assert value["value"] == pytest.approx(of_metric["value"].mean(), rel=1e-9, abs=1e-9)
            assert value["series"] == PANEL["num_servers"]
    names = {name for name, _ in expected}
    assert {label for label in found.table["score"] if label not in names} == {"width of 80 %"}


def test_scores_of_an_archetype_and_a_stretch_are_those_of_their_cells(
    data: Path, rows: pl.DataFrame, found: Scorecard
) -> None:
    cells = actuals(data).join(rows, on=["server_id", "timestamp", "metric"])
    first_day = cells.filter(
        pl.col("timestamp").is_between(START + timedelta(hours=6), START + timedelta(hours=23)),
        server_type="web",
        metric="cpu",
    )
    value = line(found, "MAE", "Near", metric="cpu", archetype="web", horizon="6-24 hours")
    assert value["value"] == pytest.approx((first_day["value"] - first_day["Near"]).abs().mean())
    width = (cells["Near-hi-80"] - cells["Near-lo-80"]).mean()
    assert line(found, "width of 80 %", "Near", metric="cpu")["value"] == pytest.approx(width)


def test_seasonal_naive_repeats_the_last_week_and_widens(data: Path, found: Scorecard) -> None:
    past = actuals(data)
    errors: dict[tuple[str, str], list[float]] = {}
    losses: dict[tuple[str, str], list[float]] = {}
    for key, series in past.group_by(SERIES):
        known = series.filter(pl.col("timestamp") < START)["value"].to_numpy()
        later = series.filter(pl.col("timestamp") >= START)["value"].to_numpy()
        ahead = np.arange(later.size)
        naive = known[-SEASON:][ahead % SEASON]
        sd = np.sqrt(np.mean((known[SEASON:] - known[:-SEASON]) ** 2))
        low = naive - 1.2815515655446004 * sd * np.sqrt(1 + ahead // SEASON)
        missed = later - low
        errors[str(key[0]), str(key[1])] = list(np.abs(later - naive))
        losses[str(key[0]), str(key[1])] = list(np.maximum(0.1 * missed, -0.9 * missed))
    for metric in METRICS:
        of_metric = [np.mean(each) for (name, _), each in errors.items() if name == metric]
        assert line(found, "MAE", "Near", metric=metric)["naive"] == pytest.approx(
            np.mean(of_metric)
        )
        of_metric = [np.mean(each) for (name, _), each in losses.items() if name == metric]
        assert line(found, "pinball 0.1", "Near", metric=metric)["naive"] == pytest.approx(
            np.mean(of_metric)
        )
    value = line(found, "MASE", "Near")
    assert value["times_naive"] == pytest.approx(value["value"] / value["naive"])


def test_the_oracle_scores_as_the_best_possible_does(
    data: Path, rows: pl.DataFrame, found: Scorecard, tmp_path: Path
) -> None:
    own = oracle(data, START, (0.1, 0.9), draws=50, metrics=["cpu"])
    both = own.collect().join(rows, on=["server_id", "timestamp", "metric"])
    both.write_parquet(tmp_path / "both.parquet")
    beside = capgen.score(tmp_path / "both.parquet", data, draws=50)
    for score in ("RMSE", "CRPS", "pinball 0.1", "pinball 0.9"):
        row = line(beside, score, "oracle", metric="cpu", horizon="1-7 days")
        assert row["times_best"] == pytest.approx(1)
    # Absolute errors are laid beside the median, which lies near the mean here.
    mean = line(beside, "MAE", "oracle", metric="cpu")["times_best"]
    assert mean == pytest.approx(1, abs=0.02)
    assert mean != 1
    near = line(beside, "MAE", "Near", metric="cpu")
    assert near["best"] == line(beside, "MAE", "oracle", metric="cpu")["best"]
    assert near["times_best"] == near["value"] / near["best"]
    assert near["value"] == line(found, "MAE", "Near", metric="cpu")["value"]
    assert beside.passes(100)
    assert not beside.passes(0.99)  # the oracle's mean is the best possible forecast


def test_telemetry_has_no_best_possible_forecast(tmp_path: Path) -> None:
    moments = pl.datetime_range(datetime(2024, 1, 1), datetime(2024, 1, 20, 23), "1h", eager=True)
    values = np.random.Generator(np.random.SFC64(1)).random(len(moments))
    rows = pl.DataFrame({"timestamp": moments, "server_id": "a", "server_type": "web"})
    folder = write_telemetry(tmp_path / "telemetry", rows.with_columns(cpu_p95=pl.Series(values)))
    last = rows.tail(48).select("server_id", "timestamp", Half=0.5)
    last.write_parquet(tmp_path / "half.parquet")
    found = capgen.score(tmp_path / "half.parquet", folder)
    assert found.notes == ["the best possible forecast is not known: no model made these rows"]
    (headline,) = found.headlines
    assert headline.ratio == headline.times_naive
    assert headline.times_best is None


def as_nixtla(rows: pl.DataFrame) -> pl.DataFrame:
    cutoff = START - timedelta(hours=1)
    named = rows.rename({"server_id": "unique_id", "timestamp": "ds"})
    return named.with_columns(cutoff=pl.lit(cutoff), y=pl.lit(1.0))


def in_berlin(rows: pl.DataFrame) -> pl.DataFrame:
    moment = pl.col("timestamp").dt.replace_time_zone("UTC")
    return rows.with_columns(moment.dt.convert_time_zone("Europe/Berlin"))


def by_columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("metric") + "_p95", cpu_p95=pl.lit(1.0))


def stacked(rows: pl.DataFrame) -> pl.DataFrame:
    series = pl.concat_str("server_id", pl.col("metric") + "_p95", separator="/")
    return rows.with_columns(unique_id=series).drop("server_id", "metric")


def in_any_order(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sample(fraction=1, shuffle=True, seed=1)


@pytest.mark.parametrize("form", [as_nixtla, in_berlin, by_columns, stacked, in_any_order])
def test_forms_of_the_same_forecasts_have_the_same_scores(
    form: Callable[[pl.DataFrame], pl.DataFrame],
    data: Path,
    rows: pl.DataFrame,
    found: Scorecard,
    tmp_path: Path,
) -> None:
    other = scored(data, form(rows), tmp_path)
    assert_frame_equal(other.table, found.table)
    said = ["timestamp has the zone Europe/Berlin: read as the same moments in UTC"]
    assert other.notes == (said if form is in_berlin else [])


@pytest.mark.parametrize("zone", ["", "Z", "+02:00"])
def test_text_is_read_as_parquet_is(
    zone: str, data: Path, rows: pl.DataFrame, found: Scorecard, tmp_path: Path
) -> None:
    ahead = timedelta(hours=2 if zone == "+02:00" else 0)
    text = (pl.col("timestamp") + ahead).dt.to_string("%Y-%m-%d %H:%M:%S") + zone
    file = tmp_path / "forecasts.csv"
    rows.with_columns(text).write_csv(file, separator=";")
    other = capgen.score(file, data, draws=0)
    assert_frame_equal(other.table, found.table)


def test_few_servers_at_a_time_have_the_same_scores(
    data: Path,
    rows: pl.DataFrame,
    found: Scorecard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("capgen.scores.score._MOST_VALUES", 1)
    done: list[tuple[int, int]] = []
    other = scored(data, rows, tmp_path, on_servers=lambda *each: done.append(each))
    assert_frame_equal(other.table, found.table)
    assert done == [(server + 1, 5) for server in range(5)]


def test_what_is_left_out_is_counted_and_named(
    data: Path, rows: pl.DataFrame, tmp_path: Path
) -> None:
    beyond = rows.filter(pl.col("timestamp") == START + timedelta(hours=1)).with_columns(
        pl.col("timestamp") + timedelta(days=60)
    )
    unknown = rows.head(2).with_columns(server_id=pl.lit("other"))
    odd = pl.concat([rows.filter(pl.col("server_id") != "server_001"), beyond, unknown])
    of_cpu = (pl.col("metric") == "cpu") & (pl.col("server_id") == "server_000")
    odd = odd.with_columns(
        pl.when(of_cpu & (pl.col("timestamp").dt.hour() == 3))
        .then(float("nan"))
        .otherwise("Rough")
        .alias("Rough"),
        pl.when(pl.col("metric") == "cpu").then("Near-q0.5").alias("Near-q0.5"),
    )
    odd = odd.filter(~(of_cpu & (pl.col("timestamp").dt.hour() == 5)))
    found = scored(data, odd, tmp_path, metrics=["cpu_p95"])
    assert found.notes == [
        "left out: 2 rows of servers that the panel does not have: other",
        "not scored: 1 server of 5 without forecasts: server_001",
        f"left out: 5 rows after {datetime(2024, 2, 2, 23)}, the end of the panel",
        "not scored: 12 cells of the panel without a row of forecasts",
        "not scored: 12 cells where Rough has no value",
    ]
    assert found.cells == {"cpu": 4 * 12 * 24 - 24}


def test_rows_that_forecast_nothing_do_not_say_where_forecasts_begin(
    data: Path, rows: pl.DataFrame, found: Scorecard, tmp_path: Path
) -> None:
    earlier = rows.filter(pl.col("timestamp") < START + timedelta(days=2)).with_columns(
        pl.col("timestamp") - timedelta(days=2)
    )
    strangers = earlier.with_columns(server_id="other_" + pl.col("server_id"))
    no_values = earlier.with_columns(pl.lit(None, pl.Float64).alias(name) for name in MODELS)
    for more in (strangers, no_values):
        odd = scored(data, pl.concat([rows, more]), tmp_path)
        assert odd.start == START
        assert_frame_equal(odd.table, found.table)


def test_forecasts_that_are_no_numbers_are_named(
    data: Path, rows: pl.DataFrame, tmp_path: Path
) -> None:
    of_region = rows.with_columns(region=pl.lit("EU"), Tidy=pl.lit("12,5"))
    assert scored(data, of_region, tmp_path).notes == ["left out: columns without numbers: Tidy"]


def test_a_model_whose_first_values_are_missing_is_scored(
    data: Path, rows: pl.DataFrame, tmp_path: Path
) -> None:
    late = rows.select(*SERIES, "timestamp", "Near").with_row_index("index")
    late = late.with_columns(pl.when(pl.col("index") >= 1500).then(pl.col("Near")).alias("Near"))
    file = tmp_path / "forecasts.csv"
    late.write_csv(file)
    found = capgen.score(file, data, draws=0)
    assert found.models == ["Near"]
    assert sum(found.cells.values()) == rows.height - 1500


def test_quantiles_that_cross_are_counted(data: Path, rows: pl.DataFrame, tmp_path: Path) -> None:
    at_night = pl.col("timestamp").dt.hour() < 3
    low = pl.when(at_night).then(pl.col("Near") + 2).otherwise(pl.col("Near") - 1)
    cpu = rows.filter(metric="cpu").select(*SERIES, "timestamp", "Near")
    crossing = cpu.with_columns((pl.col("Near") + 1).alias("Near-hi-90"), low.alias("Near-lo-90"))
    (note,) = scored(data, crossing, tmp_path).notes
    number = crossing.filter(at_night).height
    assert note == f"Near: a lower quantile lies above a higher one in {number} cells"


def test_gaps_of_the_panel_are_not_scored(build_once: BuildOnce, tmp_path: Path) -> None:
    gappy = build_once(**PANEL, layers={"missing": {"share": {"cpu": 0.2, "net_in": 0.2}}})
    rows = forecasts(gappy)
    whole = rows.with_columns(pl.col("Near", "Rough").fill_nan(50.0))
    found = scored(gappy, whole.select(*SERIES, "timestamp", "Near", "Rough"), tmp_path)
    missing = int(rows["Near"].is_nan().sum())
    # Three weeks are known: now and then a value is missing in each of them.
    without_past = rows.height - missing - sum(found.cells.values())
    assert found.notes == [
        f"not scored: {missing:,} cells where the panel has no value",
        f"not scored: {without_past} cells where seasonal naive has no value",
    ]
    assert 0 < without_past < 0.02 * rows.height


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: pl.concat([rows, rows.head(2)]), "expected one row for each server"),
        (
            lambda rows: rows.with_columns(pl.col("timestamp") + timedelta(minutes=30)),
            "rows between them; timestamps are in UTC",
        ),
        (
            lambda rows: rows.filter(pl.col("timestamp").dt.hour() == 0),
            "step: expected hourly, as the panel has, got 1 day",
        ),
        (
            lambda rows: rows.with_columns(server_id=pl.lit("host-1")).head(3),
            "server_id: expected servers such as server_000, got host-1",
        ),
        (
            lambda rows: rows.with_columns(pl.col("timestamp") + timedelta(days=90)),
            "capgen extend makes a longer panel",
        ),
        (
            lambda rows: rows.with_columns(pl.col("timestamp") - timedelta(days=20)),
            "expected more than a season of 168 hours before the first forecast",
        ),
        (
            lambda rows: rows.with_columns(pl.col("timestamp").dt.epoch("s")),
            "timestamp: expected timestamps such as 2024-01-31 13:00, got numbers",
        ),
        (lambda rows: rows.drop("metric"), "expected a column metric, or one --metric"),
        (
            lambda rows: rows.with_columns(metric=pl.lit("gpu")),
            "metric: expected one of cpu, mem, disk, net_in, net_out, got 'gpu'",
        ),
        (lambda rows: rows.select(*SERIES, "timestamp"), "expected a numeric column of a model"),
        (
            lambda rows: rows.with_columns(pl.lit(1.0).alias("Near-q0.1")),
            "expected each quantile once, got Near-",
        ),
        (lambda rows: rows.with_columns(horizon=1.0), "horizon: expected another name of a model"),
        (lambda rows: rows.with_columns(pl.lit(1.0).alias("A-hi-100")), "between 0 and 1, got 1"),
        (lambda rows: rows.head(0), "expected forecasts, got no row"),
        (
            lambda rows: rows.with_columns(pl.lit(None, pl.Float64).alias("Rough")),
            "Rough: expected a value in some row, got none",
        ),
        (
            lambda rows: rows.with_columns(
                cutoff=pl.col("timestamp").dt.truncate("1d") - timedelta(hours=1)
            ),
            "cutoff: expected one moment, got 12",
        ),
        (lambda rows: rows.drop("server_id"), "expected a column server_id or unique_id"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    spoil: Callable[[pl.DataFrame], pl.DataFrame],
    said: str,
    data: Path,
    rows: pl.DataFrame,
    tmp_path: Path,
) -> None:
    with pytest.raises(RequestError, match=re.escape(said)) as refused:
        scored(data, spoil(rows), tmp_path)
    assert "\n" not in str(refused.value)


def test_the_table_the_ratios_and_the_exit_code(
    data: Path, rows: pl.DataFrame, tmp_path: Path, run: Run
) -> None:
    rows.filter(metric="cpu").drop("metric").write_parquet(tmp_path / "cpu.parquet")
    options = ("score", "cpu.parquet", "--data", str(data), "--metric", "cpu", "--draws", "0")
    text = run(*options, "--from", "2024-01-23")
    assert text.returncode == 0, text.stderr
    assert "left out: 120 rows before 2024-01-23 00:00:00, which are known" in text.stdout
    assert "seasonal naive repeats the last 168 hours" in text.stdout
    assert "MASE by horizon" in text.stdout
    near, rough = text.stdout.splitlines()[-1], text.stdout.splitlines()[-2]
    assert near.startswith("Near: 0.")
    assert rough.startswith("Rough: ")
    within = run(*options, "--limit", "100", "--json")
    found = json.loads(within.stdout)
    assert within.returncode == 0
    assert found["passed"]
    assert {row["score"] for row in found["table"]} >= {"MAE", "coverage of 80 %"}
    above = run(*options, "--limit", "0.2")
    assert above.returncode == 1
    assert "NOT within 0.2" in above.stdout
    assert run(*options, "--limit", "nan").returncode == 2


def test_days_begin_with_the_first_one(build_once: BuildOnce, tmp_path: Path) -> None:
    daily = build_once(num_servers=2, start_date="2024-01-01", end_date="2024-03-31")
    rows = capgen.scan(daily).filter(pl.col("timestamp") >= datetime(2024, 3, 1))
    said = rows.select("server_id", "timestamp", metric=pl.lit("cpu"), Flat=45.0).collect()
    found = scored(daily, said, tmp_path)
    horizons = found.table["horizon"].unique(maintain_order=True).to_list()
    assert horizons == ["all", "first day", "1-7 days", "7-30 days", "30-91 days"]
    assert found.season == "7 days"


def test_a_pipe_is_refused_at_once(data: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "forecasts"
    os.mkfifo(pipe)
    with pytest.raises(capgen.CapgenError, match="forecasts: expected a file, got something else"):
        capgen.score(pipe, data)


def test_a_file_that_is_no_table_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and more")
    with pytest.raises(capgen.CapgenError, match="expected a readable table"):
        capgen.score(tmp_path / "broken.parquet", data)
    with pytest.raises(RequestError, match="expected a file of Parquet or CSV, found none"):
        capgen.score(tmp_path / "nothing.csv", data)
    (tmp_path / "text.csv").write_text("hello\n")
    with pytest.raises(RequestError, match="expected a first line with the names of columns"):
        capgen.score(tmp_path / "text.csv", data)


def test_every_score_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len({score.name for score in SCORES}) == len(SCORES)
    assert all(score.says for score in SCORES)
