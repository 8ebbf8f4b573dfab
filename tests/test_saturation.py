"""`saturation`: the days on which servers reach a limit, and how early or late others say it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import capgen
from capgen import CapgenError, Config, RequestError, saturation, score_saturation
from capgen.layers.library.writing import library_bytes
from capgen.scores.saturation.outlook import Saturation
from capgen.scores.saturation.rule import rule_of
from tests.conftest import BuildOnce, Run, make_config
from tests.libraries import make_library
from tests.panels import sorted_scan
from tests.telemetry_datasets import write_telemetry

DAY = timedelta(days=1)
FLEET: dict[str, Any] = {
    "num_servers": 12,
    "start_date": "2025-01-01",
    "end_date": "2025-06-30",
    "growth": {"trend": "monthly"},
    "layers": {
        "server_growth": {"sd_percent_per_month": 3},
        "server_offset": {"sd": {"cpu": 0.25}},
        "missing": {"share": {"cpu": 0.05}},
    },
}
WEEK = "p90 of 7 days"
UNTIL = date(2025, 9, 30)
START = date(2025, 7, 1)
DRAWS = 10
LIMIT = 84


def config(**changes: Any) -> Config:
    return make_config(**{**FLEET, **changes})


@pytest.fixture(scope="module")
def found() -> Saturation:
    return saturation(config(), "cpu", LIMIT, rule=WEEK, until=UNTIL, draws=DRAWS)


def first_day(values: np.ndarray[Any, Any], days: list[date], size: int) -> date | None:
    """Return the first day of the last ones whose window reaches the limit, counted by hand."""
    windows = np.lib.stride_tricks.sliding_window_view(values, size)
    present = np.isfinite(windows).sum(axis=1)
    place = np.where(present, 0.9 * (present - 1), 0)
    below, above = (round_to(place).astype(int)[:, None] for round_to in (np.floor, np.ceil))
    in_order = np.sort(windows, axis=1)  # what is missing comes last
    low, high = (np.take_along_axis(in_order, at, axis=1)[:, 0] for at in (below, above))
    quantile = low + (high - low) * (place - below[:, 0])
    reaches = (2 * present >= size) & (quantile >= LIMIT)
    ends = zip(days[size - 1 :], reaches, strict=True)
    return next((day for day, is_reached in ends if is_reached and day >= START), None)


def by_hand(rows: pl.DataFrame, column: str) -> dict[str, date | None]:
    return {
        str(server): first_day(
            of_server[column].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
            of_server["timestamp"].dt.date().to_list(),
            7,
        )
        for (server,), of_server in rows.sort("timestamp").group_by("server_id")
    }


def test_days_of_the_panel_and_of_what_to_expect_are_those_counted_by_hand(
    found: Saturation,
) -> None:
    rows = sorted_scan(config(end_date="2025-09-30", truth=True))
    table = {row["server_id"]: row for row in found.table.iter_rows(named=True)}
    drawn = by_hand(rows, "cpu_p95")
    assert {server: row["drawn"] for server, row in table.items()} == drawn
    expected = by_hand(rows, "cpu_p95_expected")
    assert {server: row["expected"] for server, row in table.items()} == expected
    assert 2 < found.drawn < 12
    assert (found.start, found.until) == (START, UNTIL)
    first = min((day, server) for server, day in drawn.items() if day)
    crossing = f"{found.drawn} of 12 servers cross {LIMIT} % by 2025-09-30"
    assert found.line == f"{crossing}; first: {first[1]} on {first[0]}"


def test_the_band_is_that_of_the_futures(found: Saturation) -> None:
    rows = capgen.futures(
        config(), datetime(2025, 7, 1), DRAWS, metrics=["cpu"], until=UNTIL
    ).collect()
    days: dict[str, list[date]] = {server: [] for server in found.table["server_id"]}
    counts = []
    for draw in range(1, DRAWS + 1):
        of_draw = by_hand(rows.filter(draw=draw), "cpu_p95")
        counts.append(sum(day is not None for day in of_draw.values()))
        for server, day in of_draw.items():
            days[server] += [] if day is None else [day]
    for row in found.table.iter_rows(named=True):
        in_order = [*sorted(days[row["server_id"]]), *[None] * DRAWS]
        assert row["share"] == pytest.approx(len(days[row["server_id"]]) / DRAWS)
        assert [row["early"], row["middle"], row["late"]] == [
            in_order[0],
            in_order[4],
            in_order[9],
        ]
    assert found.crossing == (min(counts), max(counts))


def test_few_servers_at_a_time_have_the_same_days(
    found: Saturation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capgen.scores.saturation.saturation._MOST_ROWS", 10_000)
    other = saturation(config(), "cpu_p95", LIMIT, rule=WEEK, until=UNTIL, draws=DRAWS)
    assert_frame_equal(other.table, found.table)
    assert other.crossing == found.crossing


def test_each_value_counts_where_there_is_no_rule() -> None:
    within = saturation(config(), "cpu", 80, until=date(2025, 3, 31), draws=0)
    rows = sorted_scan(config(end_date="2025-03-31")).filter(pl.col("cpu_p95") >= 80)
    days = rows.group_by("server_id").agg(pl.col("timestamp").min().dt.date())
    reached = within.table.drop_nulls("drawn").select("server_id", timestamp="drawn")
    assert_frame_equal(reached.sort("server_id"), days.sort("server_id"))
    assert within.start == date(2025, 1, 1)
    assert within.crossing is None


@pytest.mark.parametrize("text", ["mean of 24 hours", "max of 3 days", "P99.5  of 1 day"])
def test_rules_are_those_of_windows(text: str) -> None:
    rule = rule_of(text)
    values = np.random.Generator(np.random.SFC64(3)).random(200)
    rows = pl.DataFrame({"value": values, "series": "a"})
    hour = timedelta(hours=1)
    found = rows.select(rule.over("value", ["series"], hour)).to_series()
    size = rule.window // hour
    number: dict[str | None, Callable[[np.ndarray[Any, Any]], float]] = {
        "mean": np.mean,
        "max": np.max,
        "quantile": lambda each: float(np.quantile(each, 0.995)),
    }
    of_window = number[rule.statistic]
    expected = [of_window(values[end - size : end]) for end in range(size, 201)]
    assert found.null_count() == size - 1
    assert found.drop_nulls().to_list() == pytest.approx(expected)


def test_a_mean_of_what_is_the_limit_all_along_reaches_it() -> None:
    before = np.random.Generator(np.random.SFC64(1)).uniform(0, 80, (50, 200)).round(2)
    values = np.concatenate([before, np.full((50, 24), 80.1)], axis=1)
    rows = pl.DataFrame({"server": np.repeat(np.arange(50), 224), "value": values.ravel()})
    beside = rule_of("mean of 24 hours").over("value", ["server"], timedelta(hours=1))
    last = rows.select("server", beside).group_by("server").last()
    assert (last["value"] == 80.1).all()


@pytest.mark.parametrize(
    "text", ["p95", "median of 7 days", "p95 of 0 days", "mean of 9 weeks", "p100 of 2 days", ""]
)
def test_a_text_that_is_no_rule_is_refused_with_two_that_are(text: str) -> None:
    with pytest.raises(RequestError, match="such as 'p95 of 7 days' or 'mean of 24 hours'"):
        rule_of(text)


def test_a_twin_is_asked_as_any_other(tmp_path: Path) -> None:
    library = tmp_path / "fleet.library.parquet"
    library.write_bytes(library_bytes(make_library(3)))
    twin = make_config(
        num_servers=3,
        start_date="2024-01-01",
        end_date="2024-01-14",
        growth={"trend": "monthly"},
        layers={"library": {"file": str(library), "use": "twin"}},
    )
    until = date(2024, 1, 21)
    found = saturation(twin, "cpu", 1, rule="mean of 2 days", until=until, draws=2)
    assert found.start == date(2024, 1, 15)
    assert found.table["share"].to_list() == [1.0] * 3


CHANGE = {"where": {"server_type": "application"}, "start": "2025-08-01", "factor": {"cpu": 1.4}}


def test_a_key_that_is_changed_changes_nothing_else(found: Saturation) -> None:
    layers = {**FLEET["layers"], "changes": {"arrival": CHANGE}}
    other = config(layers=layers, end_date="2025-09-30")
    before = sorted_scan(config(end_date="2025-09-30"))
    after = sorted_scan(other)
    is_touched = (pl.col("server_type") == "application") & (
        pl.col("timestamp") >= datetime(2025, 8, 1)
    )
    assert_frame_equal(before.remove(is_touched), after.remove(is_touched))
    assert_frame_equal(
        before.filter(is_touched).drop("cpu_p95"), after.filter(is_touched).drop("cpu_p95")
    )
    busier = saturation(config(layers=layers), "cpu", LIMIT, rule=WEEK, until=UNTIL, draws=DRAWS)
    both = found.table.join(busier.table, on="server_id")
    elsewhere = both.filter(pl.col("server_type") != "application")
    for name in ("drawn", "expected", "early", "middle", "late", "share"):
        assert elsewhere[name].to_list() == elsewhere[f"{name}_right"].to_list()
    inside = both.filter(server_type="application")
    assert (inside["share_right"] >= inside["share"]).all()
    assert (inside["share_right"] > inside["share"]).any()


def test_foretold_days_are_early_or_late_by_the_days_between(
    found: Saturation, tmp_path: Path
) -> None:
    reach = found.table.drop_nulls("drawn")["server_id", "drawn"]
    others = found.table.filter(pl.col("drawn").is_null())["server_id"].to_list()
    late = [-3, 0, 5, *[7] * (reach.height - 4)]
    told = [day + each * DAY for day, each in zip(reach["drawn"][1:], late, strict=True)]
    days = pl.DataFrame(
        {
            "server_id": [*reach["server_id"][1:], others[0], others[1], "strange"],
            "day": [*told, UNTIL, UNTIL + DAY, None],
        }
    )
    days.write_csv(tmp_path / "days.csv")
    scored = score_saturation(
        tmp_path / "days.csv", config(), "cpu", LIMIT, rule=WEEK, until=UNTIL, draws=DRAWS
    )
    figures = scored.figures.row(0, named=True)
    within = [each for day, each in zip(told, late, strict=True) if day <= UNTIL]
    missed = 1 + len(late) - len(within)
    assert (figures["both"], figures["missed"], figures["false"]) == (len(within), missed, 1)
    assert (figures["early"], figures["exact"]) == (1, 1)
    assert figures["mean_late"] == pytest.approx(np.mean(within))
    assert figures["mean_off"] == pytest.approx(np.mean(np.abs(within)))
    assert scored.notes == ("left out: 1 server that the panel does not have: strange",)
    best = scored.figures.row(1, named=True)
    both = found.table.drop_nulls(["drawn", "middle"])
    assert best["both"] == both.height
    assert best["mean_late"] == pytest.approx(
        (both["middle"] - both["drawn"]).dt.total_days().mean()
    )


def test_a_quote_that_is_not_closed_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text('server_id,day\nserver_000,2025-08-01\nserver_001,"2025\n')
    with pytest.raises(CapgenError, match="expected a readable table"):
        score_saturation(tmp_path / "days.csv", config(), "cpu", LIMIT, draws=0)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"server_id": ["x"], "day": ["2025-08-01"]}, "expected servers such as server_0"),
        ({"server_id": ["server_000"] * 2, "day": ["2025-08-01"] * 2}, "each server once"),
        ({"server_id": ["server_000"], "day": ["soon"]}, "1 row with something else"),
        ({"server_id": ["server_000"], "when": ["2025-08-01"]}, "expected a column day"),
    ],
)
def test_days_that_cannot_be_scored_are_refused(
    days: dict[str, list[str]], said: str, tmp_path: Path
) -> None:
    pl.DataFrame(days).write_csv(tmp_path / "days.csv")
    with pytest.raises(RequestError, match=said):
        score_saturation(tmp_path / "days.csv", config(), "cpu", LIMIT, draws=0)


def test_the_commands(build_once: BuildOnce, tmp_path: Path, run: Run) -> None:
    data = str(build_once(**FLEET))
    asked = ("--metric", "cpu", "--rule", WEEK, "--until", "2025-09-30", "--draws", "2")
    text = run("saturation", data, *asked, "--limit", f"{LIMIT}", "--out", "days.csv")
    assert text.returncode == 0, text.stderr
    assert f" of 12 servers cross {LIMIT} % by 2025-09-30; first: " in text.stdout.splitlines()[-1]
    assert pl.read_csv(tmp_path / "days.csv").height == 12
    assert (
        run("saturation", data, *asked, "--limit", f"{LIMIT}", "--out", "days.csv").returncode == 2
    )
    found = json.loads(run("saturation", data, *asked, "--limit", f"{LIMIT}", "--json").stdout)
    told = pl.DataFrame(found["table"]).select("server_id", day="drawn")
    told.write_parquet(tmp_path / "told.parquet")
    scored = run(
        "score", "told.parquet", "--data", data, "--saturation", *asked, "--reaches", f"{LIMIT}"
    )
    assert scored.returncode == 0, scored.stderr
    (foretold,) = (line for line in scored.stdout.splitlines() if line.startswith("foretold"))
    assert foretold.split()[1:] == [
        str(found["drawn"]),
        "0",
        str(found["drawn"]),
        *"000",
        "0.0",
        "0.0",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--metric", "gpu", "--limit", "80"), "metric: expected one of cpu, mem"),
        (("--metric", "cpu", "--limit", "101"), "--limit: expected a value of cpu_p95 above 0"),
        (
            ("--metric", "cpu", "--limit", "80", "--rule", "mean of 5 hours"),
            "window of whole steps",
        ),
        (("--metric", "cpu", "--limit", "80", "--from", "2026-01-01"), "from: expected a moment"),
        (("--metric", "cpu", "--limit", "80", "--servers", "3"), "leave out --servers"),
        (("--metric", "cpu", "--limit", "80", "--out", "days.txt"), "ends in .parquet or .csv"),
    ],
)
def test_a_wrong_request_is_refused_in_one_line(
    options: tuple[str, ...], said: str, build_once: BuildOnce, run: Run
) -> None:
    result = run("saturation", str(build_once(**FLEET)), *options)
    assert result.returncode == 2
    assert said in result.stderr
    assert result.stderr.splitlines()[-1].startswith("error: ")


def test_telemetry_is_to_be_fitted_first(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {
            "timestamp": [datetime(2024, 1, 1), datetime(2024, 1, 1, 1)],
            "server_id": "a",
            "server_type": "web",
            "cpu_p95": [1.0, 2.0],
        }
    )
    with pytest.raises(RequestError, match="fit one with capgen fit"):
        saturation(write_telemetry(tmp_path / "telemetry", rows), "cpu", 80)
