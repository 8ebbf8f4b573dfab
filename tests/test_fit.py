"""Fitting telemetry: what is written, for which telemetry, and what is refused."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen import build, fit, load_config, rollup, scan
from capgen.dataset.metric_column import MetricColumn
from capgen.errors import CapgenError, RequestError
from capgen.layers.library.reading import read_library
from capgen.layers.library.table import Library
from capgen.twins.fit.fit import FitResult
from capgen.twins.fit.holidays import holidays_between, holidays_called
from capgen.twins.fit.options import FitOptions
from tests.conftest import Run, make_config
from tests.telemetry_datasets import write_telemetry

CPU = MetricColumn(name="cpu_p95", key="cpu", unit="percent", statistic="p95")
NET = MetricColumn(name="net_mean", key="net", unit="Mbit/s", statistic="mean")
FIRST = datetime(2024, 1, 1)
DAYS = 28
TWO: FitOptions = {"states": 2, "kinds": 2}


def make_rows(servers: int = 3, days: int = DAYS, step: str = "1h", **columns: Any) -> pl.DataFrame:
    """Return rows of servers that are busy by day."""
    stamps = pl.datetime_range(
        FIRST, pl.lit(FIRST).dt.offset_by(f"{days}d"), step, closed="left", time_unit="us"
    )
    random = np.random.default_rng(1)
    every = []
    for server in range(servers):
        rows = pl.select(timestamp=stamps)
        busy = rows["timestamp"].dt.hour().is_between(9, 17).to_numpy()
        noise = random.normal(0, 0.1, rows.height)
        cpu = np.exp(1 + server + busy + noise).round(2)
        kind = ("web", "batch")[server % 2]
        every.append(
            rows.with_columns(
                server_id=pl.lit(f"host-{server}"),
                server_type=pl.lit(kind),
                cpu_p95=pl.Series(cpu),
                net_mean=pl.Series(100 * cpu + random.normal(0, 1, rows.height)).abs(),
            )
        )
    return pl.concat(every).with_columns(**columns)


Fit = Callable[..., FitResult]


@pytest.fixture
def fitted(tmp_path: Path) -> Fit:
    """Return what writes rows as telemetry, and fits it."""

    def run(rows: pl.DataFrame, granularity: str = "hourly", **options: Any) -> FitResult:
        data = write_telemetry(tmp_path / "telemetry", rows, (CPU, NET), granularity)
        return fit(data, tmp_path / "fleet.yaml", **{**TWO, **options})

    return run


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> FitResult:
    """Return what was learnt of the usual rows."""
    room = tmp_path_factory.mktemp("usual")
    data = write_telemetry(room / "telemetry", make_rows(), (CPU, NET))
    return fit(data, room / "fleet.yaml", **TWO)


def library_in(result: FitResult) -> Library:
    return read_library(result.library.read_bytes())


def test_the_configuration_builds_a_twin_with_the_columns_of_the_telemetry(
    usual: FitResult,
) -> None:
    twin = scan(load_config(usual.config)).collect()
    assert usual.servers == 3
    assert twin.height == 3 * DAYS * 24
    assert {"cpu_p95", "net_mean"} <= set(twin.columns)
    assert "mem_p95" not in twin.columns
    config = load_config(usual.config)
    assert config.growth.trend == "monthly"  # a later end changes no value before it
    assert config.metrics["net"].statistic == "mean"
    assert config.metrics["net"].unit == "Mbit/s"
    assert config.metrics["cpu"].clip == (0, 100)


def test_a_twin_goes_on_with_a_trend_from_its_level_in_the_middle(usual: FitResult) -> None:
    growth = {"archetypes": {"server": {"growth_percent_per_month": 30}}}
    as_it_is, growing = (scan(load_config(usual.config, overrides=each)) for each in ({}, growth))
    both = as_it_is.join(growing, on=["server_id", "timestamp"]).sort("timestamp").collect()
    month = (both["timestamp"] - datetime(2024, 1, 14)).dt.total_minutes() / (1440 * 30.4375)
    expected = both["net_mean"] * (1 + 0.3 * month)
    assert both["net_mean_right"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.01)
    middle = both.filter(pl.col("timestamp").dt.day() == 14)
    assert middle["cpu_p95_right"].mean() == pytest.approx(middle["cpu_p95"].mean(), rel=0.02)


def test_metrics_in_another_order_than_the_preset_has_make_a_twin_too(tmp_path: Path) -> None:
    keys = ("net_in", "queue", "mem", "cpu")
    rows = make_rows()
    values = {f"{key}_p95": pl.col("cpu_p95") * 10**place for place, key in enumerate(keys)}
    metrics = [MetricColumn(name=f"{key}_p95", key=key, unit="", statistic="p95") for key in keys]
    data = write_telemetry(tmp_path / "t", rows.with_columns(**values), metrics, "hourly")
    result = fit(data, tmp_path / "fleet.yaml", **TWO)
    twin = scan(load_config(result.config, environment={})).select(*values).mean().collect()
    for place, key in enumerate(keys):
        wanted = twin["net_in_p95"].item() * 10**place
        assert twin[f"{key}_p95"].item() == pytest.approx(wanted, rel=0.2)


@pytest.mark.parametrize(("unit", "decimals"), [(1, 6), (1e-3, 6), (1e-7, 10)])
def test_small_values_keep_their_digits(fitted: Fit, unit: float, decimals: int) -> None:
    rows = make_rows()
    noise = np.random.default_rng(2).lognormal(0, 0.01, rows.height)
    result = fitted(rows.with_columns(cpu_p95=unit * pl.col("cpu_p95") * noise))
    assert load_config(result.config).decimals == decimals
    twin = scan(load_config(result.config)).collect()
    assert twin["cpu_p95"].n_unique() > 0.8 * twin.height


def test_a_percentage_that_reaches_100_stays_within_100(fitted: Fit) -> None:
    rows = make_rows(servers=6)
    share = pl.col("cpu_p95") / pl.col("cpu_p95").max().over("server_id")
    full = rows.with_columns(cpu_p95=(1.2 * share).clip(upper_bound=1) * 100)
    result = fitted(full)
    library = library_in(result)
    top = (library.quantiles(np.arange(library.rows)).max(axis=(2, 3)) * library.columns["levels"])[
        :, 0
    ]
    assert top.max() > 100  # as rounded
    assert load_config(result.config).metrics["cpu"].clip == (0, 100)


def test_the_twin_has_the_rhythm_and_the_levels_of_each_server(usual: FitResult) -> None:
    rows = make_rows()
    twin = scan(load_config(usual.config)).collect()
    busy = pl.col("timestamp").dt.hour().is_between(9, 17)
    means = [
        panel.group_by("server_id", busy.alias("busy"))
        .agg(pl.mean("cpu_p95", "net_mean"))
        .sort("server_id", "busy")
        for panel in (rows, twin)
    ]
    for name in ("cpu_p95", "net_mean"):
        assert means[1][name].to_numpy() == pytest.approx(means[0][name].to_numpy(), rel=0.06)


def test_a_twin_of_a_panel_does_not_repeat_its_noise(tmp_path: Path) -> None:
    config = make_config(
        num_servers=4, start_date="2024-01-01", end_date="2024-01-28", granularity="hourly"
    )
    build(config, tmp_path / "built")
    fitted = fit(tmp_path / "built", tmp_path / "fleet.yaml", **TWO)
    panels = [scan(each).collect() for each in (config, load_config(fitted.config))]
    order = ("server_id", "timestamp")
    disks = [panel.sort(order)["disk_p95"].to_numpy().reshape(4, -1) for panel in panels]
    for real, twin in zip(*disks, strict=True):
        assert abs(np.corrcoef(real, twin)[0, 1]) < 0.2


def test_a_twin_that_goes_on_for_years_is_the_same_twin(fitted: Fit) -> None:
    result = fitted(make_rows(2))
    span = {"start_date": "2025-01-01", "end_date": "2025-12-31"}
    one, longer = (
        scan(load_config(result.config, overrides={**span, "end_date": end}))
        .filter(pl.col("timestamp") < datetime(2026, 1, 1))
        .collect()
        for end in (span["end_date"], "2027-12-31")
    )
    assert one.height == 2 * 365 * 24
    assert one.equals(longer)


def test_the_library_depends_on_the_values_alone(tmp_path: Path) -> None:
    rows = make_rows(2)
    one_type = rows.with_columns(server_type=pl.lit("web"))
    years = [one_type, rows, rows.sample(fraction=1, shuffle=True, seed=3)]
    found = set()
    for number, each in enumerate(years):
        data = write_telemetry(tmp_path / f"data{number}", each, (CPU, NET))
        found.add(fit(data, tmp_path / f"fleet{number}.yaml", **TWO).library_sha256)
    assert len(found) == 1


def test_rows_of_a_server_do_not_depend_on_the_other_servers(tmp_path: Path) -> None:
    rows = make_rows(2)
    alone = rows.filter(pl.col("server_id") == "host-1")
    every = [
        library_in(
            fit(
                write_telemetry(tmp_path / name, each, (CPU, NET)), tmp_path / f"{name}.yaml", **TWO
            )
        )
        for name, each in (("all", rows), ("one", alone))
    ]
    for name, stored in every[1].columns.items():
        assert np.array_equal(every[0].columns[name][[1]], stored), name


def test_servers_with_too_few_values_are_named_and_left_out(fitted: Fit) -> None:
    short = pl.when((pl.col("server_id") == "host-1") & (pl.col("timestamp").dt.day() > 9))
    result = fitted(
        make_rows(
            cpu_p95=short.then(None).otherwise("cpu_p95"),
            net_mean=short.then(None).otherwise("net_mean"),
        )
    )
    assert result.servers == 2
    assert result.left_out == ("host-1 is left out: it has 9.0 days of values, too few",)


def test_servers_with_too_few_values_are_pooled_on_request(fitted: Fit) -> None:
    is_short = (pl.col("server_id") == "host-2") & (pl.col("timestamp").dt.day() > 9)
    rows = make_rows(4).filter(~is_short)
    result = fitted(rows, pool=True, keep_ids=True)
    library = library_in(result)
    assert library.labels["server_id"] == ["host-0", "host-1", "host-2", "host-3"]
    assert result.left_out == ()
    assert any(line.startswith("pooled: host-2 has 9.0 days of values") for line in result.learnt)
    mean = rows.filter(pl.col("server_id") == "host-2")["cpu_p95"].mean()
    assert library.columns["levels"][2, 0] == pytest.approx(mean, rel=1e-4)
    quantiles = library.columns["quantiles"].astype(int)
    alike = [row for row in (0, 1, 3) if np.abs(quantiles[row] - quantiles[2]).max() <= 1]
    assert alike in ([1], [3])  # beside it in levels


def test_a_window_that_is_too_short_is_refused(fitted: Fit) -> None:
    rows = make_rows().filter(pl.col("timestamp") != datetime(2024, 1, 2))
    said = r"14 days of values in 2024-01-01 to 2024-01-14, got at most 13\.9 days, as gaps"
    with pytest.raises(RequestError, match=said):
        fitted(rows, last=date(2024, 1, 14))


def test_days_outside_the_window_do_not_count(tmp_path: Path) -> None:
    rows = make_rows(1)
    inside = rows.filter(pl.col("timestamp") >= datetime(2024, 1, 8))
    data = write_telemetry(tmp_path / "all", rows, (CPU, NET))
    part = write_telemetry(tmp_path / "part", inside, (CPU, NET))
    windowed = fit(data, tmp_path / "one.yaml", first=date(2024, 1, 8), **TWO)
    assert windowed.library_sha256 == fit(part, tmp_path / "two.yaml", **TWO).library_sha256
    with pytest.raises(RequestError, match="expected days from 2024-01-01 to 2024-01-28"):
        fit(data, tmp_path / "three.yaml", first=date(2025, 1, 1))


def test_labels_and_ids_are_kept_on_request_only(usual: FitResult) -> None:
    assert library_in(usual).labels == {}


def test_servers_of_a_type_keep_their_rows_in_the_twin(fitted: Fit) -> None:
    rows = make_rows(4)
    result = fitted(rows, labels=["server_type"], keep_ids=True)
    library = library_in(result)
    assert library.labels["server_id"] == ["host-0", "host-2", "host-1", "host-3"]
    twin = scan(load_config(result.config)).collect()
    levels = twin.group_by("server_type").agg(pl.mean("net_mean")).sort("server_type")
    real = rows.group_by("server_type").agg(pl.mean("net_mean")).sort("server_type")
    assert levels["net_mean"].to_numpy() == pytest.approx(real["net_mean"].to_numpy(), rel=0.06)


def test_an_unknown_label_is_refused(fitted: Fit) -> None:
    with pytest.raises(RequestError, match=r"expected labels of .*server_type; got 'zone'"):
        fitted(make_rows(), labels=["zone"])


def test_a_metric_with_values_below_0_is_left_out(fitted: Fit) -> None:
    result = fitted(make_rows(net_mean=pl.col("net_mean") - 1000))
    assert library_in(result).facts.metrics == ("cpu",)
    assert result.left_out[0].startswith("net_mean is left out: it has values below 0")


@pytest.mark.parametrize("value", [None, float("nan"), 0.0, 7.5])
def test_a_metric_that_never_moves_comes_back_as_it_is(fitted: Fit, value: float | None) -> None:
    result = fitted(make_rows(1, net_mean=pl.lit(value, pl.Float64)))
    twin = scan(load_config(result.config)).collect()["net_mean"]
    known = value is not None and value == value
    assert twin.drop_nulls().unique().to_list() == ([value] if known else [])


@pytest.mark.parametrize("value", [7.0, 0.1, 12345.678])
def test_a_metric_that_never_moves_has_no_trend(fitted: Fit, value: float) -> None:
    learnt = fitted(make_rows(3, days=35, net_mean=pl.lit(value))).learnt
    assert not [line for line in learnt if line.startswith("trend") and "net" in line]


def test_a_metric_that_hardly_moves_is_as_fine_in_the_twin(fitted: Fit) -> None:
    random = np.random.default_rng(4)
    rows = make_rows(2)
    steady = pl.Series(1e6 * (1 + 0.003 * random.normal(size=rows.height)))
    twin = scan(load_config(fitted(rows.with_columns(net_mean=steady)).config)).collect()
    assert twin["net_mean"].n_unique() > 0.95 * rows.height
    assert twin["net_mean"].std() == pytest.approx(steady.std(), rel=0.1)


def test_missing_values_and_outages_come_back(fitted: Fit) -> None:
    random = np.random.default_rng(2)
    rows = make_rows(4, days=60)
    single = pl.Series(random.random(rows.height) < 0.05)
    day = pl.col("timestamp").dt.day()
    out = (
        (pl.col("server_id") == "host-2") & day.is_in([5, 15]) & (pl.col("timestamp").dt.hour() < 6)
    )
    of_all = (pl.col("timestamp").dt.ordinal_day() == 30) & (pl.col("timestamp").dt.hour() < 4)
    gone = out | of_all
    result = fitted(
        rows.with_columns(
            cpu_p95=pl.when(gone | single).then(None).otherwise("cpu_p95"),
            net_mean=pl.when(gone).then(None).otherwise("net_mean"),
        )
    )
    library = library_in(result)
    assert library.numbers("missing")[:, 0] == pytest.approx(0.05, abs=0.02)
    assert not library.numbers("missing")[:, 1].any()
    assert library.columns["outages"][2] == pytest.approx([4 * 366 / 60, 6], rel=0.02)
    assert not library.columns["outages"][[0, 1, 3], 0].any()
    gaps = library.facts.fleet_gaps
    assert gaps is not None
    assert gaps.per_year == pytest.approx(366 / 60, rel=0.01)
    assert gaps.mean_hours == pytest.approx(4, rel=0.01)


def test_a_finer_step_keeps_hours_and_its_own_noise(fitted: Fit) -> None:
    result = fitted(make_rows(2, days=14, step="15m"), "15min")
    library = library_in(result)
    assert library.facts.half_lives[1] < 1
    config = load_config(result.config)
    assert config.granularity == "15min"
    busy = scan(config).filter(pl.col("timestamp").dt.hour().is_between(9, 17)).collect()
    rest = scan(config).filter(~pl.col("timestamp").dt.hour().is_between(9, 17)).collect()
    assert busy["cpu_p95"].mean() > 2 * rest["cpu_p95"].mean()  # type: ignore[operator]


def test_daily_values_have_kinds_of_day_and_no_hours(fitted: Fit) -> None:
    weekend = pl.col("timestamp").dt.weekday() > 5
    rows = make_rows(2, days=84, step="1d", cpu_p95=pl.col("cpu_p95") * (1 + 4 * weekend))
    result = fitted(rows, "daily", states=2, kinds=4)
    library = library_in(result)
    assert library.facts.kinds == 2
    assert library.numbers("kinds")[:, 5:, 1].min() > 0.8
    assert library.numbers("kinds")[:, :5, 1].max() < 0.2
    twin = scan(load_config(result.config)).collect()
    means = twin.group_by("is_weekend").agg(pl.mean("cpu_p95")).sort("is_weekend")["cpu_p95"]
    assert means[1] > 3 * means[0]
    assert any("hours are not known" in line for line in result.learnt)


def quiet_holidays(days: int) -> pl.DataFrame:
    """Return rows of servers that are idle on German holidays."""
    named = holidays_between(holidays_called("DE"), date(2024, 1, 1), date(2024, 12, 31))
    idle = pl.col("timestamp").dt.date().is_in(named)
    return make_rows(2, days, "1d", cpu_p95=pl.col("cpu_p95") * (1 + 9 * ~idle))


def test_holidays_have_kinds_of_day_of_their_own(fitted: Fit) -> None:
    result = fitted(quiet_holidays(366), "daily", holidays="DE")
    library = library_in(result)
    assert library.facts.days == 8
    assert library.numbers("kinds")[:, 7, 0].min() > 0.7
    assert library.numbers("kinds")[:, :7, 0].max() < 0.1
    # Many servers: a quarter of the holidays are like Sundays, by chance, as few are known.
    many = {"num_servers": 60, "layers": {"library": {"use": "draw"}}}
    config = load_config(result.config, overrides=many)
    assert config.calendar.holidays.country == "DE"
    twin = scan(config).filter(pl.col("is_holiday") == 1).collect()
    usual = scan(config).filter(pl.col("is_holiday") == 0).collect()
    assert usual["cpu_p95"].mean() > 2.5 * twin["cpu_p95"].mean()  # type: ignore[operator]
    assert any(line.startswith("holidays: 9 of the days") for line in result.learnt)


def test_few_holidays_lean_on_sundays(fitted: Fit) -> None:
    result = fitted(quiet_holidays(56), "daily", holidays="DE")
    assert any("so few that they lean on Sundays" in line for line in result.learnt)


def test_without_holidays_they_are_taken_for_sundays(fitted: Fit) -> None:
    result = fitted(quiet_holidays(56), "daily", holidays="DE", first=date(2024, 1, 2))
    kinds = library_in(result).columns["kinds"]
    assert np.array_equal(kinds[:, 7], kinds[:, 6])
    assert any("taken for Sundays" in line for line in result.learnt)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Germany", "--holidays: expected a country as DE or DE-BY, got 'Germany'"),
        ("DE-XX", "--holidays: .*expected one of"),
    ],
)
def test_unknown_holidays_are_refused(fitted: Fit, name: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        fitted(make_rows(1), holidays=name)


def test_a_build_and_its_rollup_can_be_fitted_too(tmp_path: Path) -> None:
    config = make_config(
        num_servers=2, start_date="2024-01-01", end_date="2024-01-28", granularity="hourly"
    )
    build(config, tmp_path / "built")
    rollup(tmp_path / "built", "daily", tmp_path / "daily")
    result = fit(tmp_path / "built", tmp_path / "fleet.yaml", states=2, kinds=2, labels=["region"])
    assert library_in(result).facts.metrics == ("cpu", "mem", "disk", "net_in", "net_out")
    daily = library_in(fit(tmp_path / "daily", tmp_path / "daily.yaml", states=2))
    assert "cpu_max" in daily.facts.metrics


def test_what_is_there_is_kept(fitted: Fit, tmp_path: Path) -> None:
    (tmp_path / "fleet.library.parquet").write_bytes(b"mine")
    with pytest.raises(RequestError, match=r"fleet\.library\.parquet: exists already"):
        fitted(make_rows())
    assert not (tmp_path / "fleet.yaml").exists()
    assert (tmp_path / "fleet.library.parquet").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"states": 9}, "states: expected a number from 1 to 8, got 9"),
        ({"kinds": 0}, "kinds: expected a number from 1 to 8, got 0"),
    ],
)
def test_counts_out_of_reach_are_refused(
    fitted: Fit, options: dict[str, int], message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        fitted(make_rows(1), **options)


def test_a_step_that_no_hour_holds_is_refused(fitted: Fit) -> None:
    with pytest.raises(RequestError, match=r"expected a step that divides an hour.*got 45min"):
        fitted(make_rows(1, step="45m"), "45min")


def test_altered_files_are_one_line(tmp_path: Path) -> None:
    data = write_telemetry(tmp_path / "telemetry", make_rows(1), (CPU, NET))
    (file,) = data.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(CapgenError, match="capgen verify names altered files") as raised:
        fit(data, tmp_path / "fleet.yaml")
    assert "\n" not in str(raised.value)
    assert not list(tmp_path.glob("fleet*"))


def test_the_command_says_what_it_learnt(run: Run, tmp_path: Path) -> None:
    data = write_telemetry(tmp_path / "telemetry", make_rows(), (CPU, NET))
    told = run("fit", str(data), "--out", str(tmp_path / "fleet.yaml"), "--states", "2")
    assert told.returncode == 0
    assert "rhythm, in numbers of servers: 3 with more cpu by day, 0 by night" in told.stdout
    assert "not learnt: holidays" in told.stdout
    options = ("--overwrite", "--json", "--from", "2024-01-08", "--kinds", "1")
    told = run("fit", str(data), "--out", str(tmp_path / "fleet.yaml"), *options)
    answer = json.loads(told.stdout)
    assert answer["servers"] == 3
    assert answer["trends"]["cpu"] == {"percent_per_month": None, "standard_error": None}
    told = run("fit", str(data), "--from", "monday")
    assert told.returncode == 2
    assert "expected a day as YYYY-MM-DD" in told.stderr


@pytest.mark.parametrize("name", ["it's 1.yaml", "[a]* $(b).yaml"])
def test_the_command_that_fit_suggests_works(name: str, run: Run, tmp_path: Path) -> None:
    data = write_telemetry(tmp_path / "telemetry", make_rows(1), (CPU, NET))
    told = run("fit", str(data), "--out", str(tmp_path / name), "--states", "2", "--kinds", "1")
    program, *words = shlex.split(told.stdout.partition("\nTry: ")[2])
    assert program == "capgen"
    words[words.index("twin")] = str(tmp_path / "twin")
    assert run(*words, "--end-date", "2024-01-08").returncode == 0
