"""`score --anomalies`: counts equal an independent one, in any form of a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from capgen import RequestError, score_anomalies
from capgen.scores.anomalies.detections import Detections
from capgen.storage.layout import EVENTS
from tests.conftest import BuildOnce, Run
from tests.telemetry_datasets import write_telemetry

HOUR = timedelta(hours=1)
PANEL: dict[str, Any] = {
    "num_servers": 6,
    "start_date": "2024-01-01",
    "end_date": "2024-02-02",
    "granularity": "hourly",
    "layers": {
        "missing": {"share": {"cpu": 0.02}, "server_outages": {"per_year": 30, "mean_hours": 5}},
        "outliers": {"cpu": {"probability": 0.01, "magnitude": 1.6}},
        "events": {
            "random": {
                "rush": {
                    "type": "surge",
                    "scope": "server",
                    "per_year": 40,
                    "mean_hours": 6,
                    "magnitude": 1.7,
                    "metrics": ["cpu"],
                },
                "leak": {
                    "type": "memory_leak",
                    "scope": "region",
                    "per_year": 20,
                    "mean_hours": 30,
                    "magnitude": 1.5,
                    "metrics": ["mem"],
                },
            }
        },
    },
}
# An independent count: of the dataset's own truth, and of its list of events.
COUNTS = """
with rows as (
    select server_id, timestamp, is_spike, is_outlier, event_id, flags.server_id is not null as hit,
        event_id is not null or is_spike = 1 or is_outlier = 1 as bad,
    from read_parquet($files, hive_partitioning = true) left join flags using (server_id, timestamp)
    where coalesce(cpu_p95, mem_p95, disk_p95, net_in_p95, net_out_p95) is not null
), alarms as (
    select server_id, bad, timestamp - row_number() over (
        partition by server_id order by timestamp
    ) * interval 1 hour as run from rows where hit
), struck as (
    select server_id, timestamp, hit, unnest(string_split(event_id, '+')) as event from rows
    union all by name
    select server_id, timestamp, hit, 'spike' || timestamp - row_number() over (
        partition by server_id order by timestamp
    ) * interval 1 hour as event from rows where is_spike = 1
    union all by name
    select server_id, timestamp, hit, 'outlier' || timestamp - row_number() over (
        partition by server_id order by timestamp
    ) * interval 1 hour as event from rows where is_outlier = 1
), named as (
    select struck.*, coalesce(ledger.type, regexp_extract(event, '^[a-z]+')) as kind
    from struck left join read_json($ledger) as ledger on struck.event = ledger.id
), events as (
    select kind, min(timestamp) filter (hit) - min(timestamp) as delay
    from named group by kind, server_id, event
)
select
    (select count(*) from rows) as steps,
    (select count(*) from rows where hit) as flagged,
    (select count(*) from rows where hit and bad) as flagged_rightly,
    (select count(*) from rows where bad) as bad,
    (select count(distinct (server_id, run)) from alarms) as alarms,
    (select count(distinct (server_id, run)) from alarms where bad) as right_alarms,
    (select map_from_entries(list((kind, found))) from (
        select kind, [count(distinct (server_id, timestamp)),
            count(distinct (server_id, timestamp)) filter (hit)] as found from named group by kind
    )) as steps_of,
    (select map_from_entries(list((kind, found))) from (
        select kind, [count(*), count(delay), median(epoch(delay) / 3600), avg(epoch(delay) / 3600)]
            as found from events group by kind
    )) as events_of
"""


@pytest.fixture(scope="module")
def data(build_once: BuildOnce) -> Path:
    return build_once(**PANEL, truth=True)


@pytest.fixture(scope="module")
def flagged(data: Path) -> pl.DataFrame:
    """Return what a detector flags that sees something, late, and too much."""
    rows = pl.scan_parquet(data / "**/*.parquet").select("server_id", "timestamp", "cpu_p95")
    draws = np.random.Generator(np.random.SFC64(2)).random(rows.select(pl.len()).collect().item())
    scored = (
        rows.sort("server_id", "timestamp")
        .collect()
        .with_columns(score=pl.col("cpu_p95").fill_null(0) + 40 * pl.Series(draws))
    )
    return scored.select("server_id", "timestamp", "score")


def detected(data: Path, rows: pl.DataFrame, folder: Path, **options: Any) -> Detections:
    file = folder / "flags.parquet"
    rows.write_parquet(file)
    return score_anomalies(file, data, **options)


def expected(data: Path, flags: pl.DataFrame) -> dict[str, Any]:
    with duckdb.connect() as connection:
        connection.register("flags", flags.to_arrow())
        parameters = {"files": f"{data}/**/*.parquet", "ledger": str(data / EVENTS)}
        answer = connection.execute(COUNTS, parameters)
        names = [column[0] for column in answer.description]
        (row,) = answer.fetchall()
    return dict(zip(names, row, strict=True))


def test_counts_are_those_of_an_independent_count(
    data: Path, flagged: pl.DataFrame, tmp_path: Path
) -> None:
    found = detected(data, flagged, tmp_path, threshold=75.0)
    flags = flagged.filter(pl.col("score") > 75).select("server_id", "timestamp")
    counts = expected(data, flags)
    for name in ("steps", "flagged", "flagged_rightly", "alarms", "right_alarms"):
        assert getattr(found, name) == counts[name] > 0, name
    rows = {row["kind"]: row for row in found.table.iter_rows(named=True)}
    assert set(rows) == {"all", "surge", "memory_leak", "spike", "outlier"}
    assert rows["all"]["steps"] == counts["bad"]
    assert rows["all"]["steps_found"] == counts["flagged_rightly"]
    for kind, (steps, steps_found) in counts["steps_of"].items():
        row = rows[kind]
        assert (row["steps"], row["steps_found"]) == (steps, steps_found), kind
        assert row["recall"] == pytest.approx(steps_found / steps)
    for kind, (events, events_found, median, mean) in counts["events_of"].items():
        row = rows[kind]
        assert (row["events"], row["events_found"]) == (events, events_found), kind
        assert (row["delay_median"], row["delay_mean"]) == pytest.approx((median, mean)), kind
    assert rows["all"]["events"] == sum(each[0] for each in counts["events_of"].values())
    assert found.precision == pytest.approx(counts["flagged_rightly"] / counts["flagged"])
    assert found.f1 is not None


def test_a_panel_without_labels_has_the_same_truth(
    data: Path, flagged: pl.DataFrame, build_once: BuildOnce, tmp_path: Path
) -> None:
    plain = build_once(**PANEL)
    with_labels = detected(data, flagged, tmp_path, threshold=75.0)
    without = detected(plain, flagged, tmp_path, threshold=75.0)
    assert_frame_equal(with_labels.table, without.table)
    assert with_labels.alarms == without.alarms


def as_intervals(flags: pl.DataFrame) -> pl.DataFrame:
    return flags.select("server_id", start="timestamp", end=pl.col("timestamp") + HOUR)


def as_moments(flags: pl.DataFrame) -> pl.DataFrame:
    moment = pl.col("timestamp") + timedelta(minutes=20)
    return flags.select("server_id", start=moment, end=moment)


def as_labels(flags: pl.DataFrame) -> pl.DataFrame:
    quiet = flags.with_columns(pl.col("timestamp") + timedelta(days=300), is_anomaly=False)
    return pl.concat([flags.with_columns(is_anomaly=True), quiet])


def as_nixtla(flags: pl.DataFrame) -> pl.DataFrame:
    named = flags.rename({"server_id": "unique_id", "timestamp": "ds"})
    return pl.concat([named, named.head(3)]).with_columns(is_anomaly=pl.lit(1))


@pytest.mark.parametrize("form", [as_intervals, as_moments, as_labels, as_nixtla])
def test_forms_of_the_same_flags_have_the_same_counts(
    form: Callable[[pl.DataFrame], pl.DataFrame],
    data: Path,
    flagged: pl.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags = flagged.filter(pl.col("score") > 75).select("server_id", "timestamp")
    whole = detected(data, flagged, tmp_path, threshold=75.0)
    monkeypatch.setattr("capgen.scores.anomalies.score_anomalies._MOST_VALUES", 1)
    other = detected(data, form(flags), tmp_path)
    assert_frame_equal(other.table, whole.table)
    assert (other.flagged, other.alarms) == (whole.flagged, whole.alarms)


def test_an_interval_without_an_end_lasts(data: Path, tmp_path: Path) -> None:
    start = datetime(2024, 2, 1, 12)
    rows = pl.DataFrame({"server_id": "server_001", "start": start, "end": None})
    found = detected(data, rows, tmp_path, since=datetime(2024, 2, 1))
    assert found.flagged + sum(int(note.split()[2]) for note in found.notes) == 36
    assert found.alarms >= 1


def test_kinds_that_do_not_count_are_no_anomalies(
    data: Path, flagged: pl.DataFrame, tmp_path: Path
) -> None:
    whole = detected(data, flagged, tmp_path, threshold=75.0)
    some = detected(data, flagged, tmp_path, threshold=75.0, kinds=["surge"])
    assert some.table["kind"].to_list() == ["all", "surge"]
    assert some.flagged == whole.flagged
    assert some.flagged_rightly == whole.table.filter(kind="surge")["steps_found"].item()


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ({"server_id": "x", "timestamp": datetime(2024, 1, 5)}, {}, "is_anomaly or score"),
        (
            {"server_id": "server_001", "timestamp": datetime(2024, 1, 5), "score": 1.0},
            {},
            "expected a --threshold",
        ),
        (
            {
                "server_id": "server_001",
                "timestamp": datetime(2024, 1, 5),
                "is_anomaly": ["yes", "maybe"],
            },
            {},
            "is_anomaly: expected 0 or 1, or true or false, got 1 row with something else",
        ),
        (
            {
                "server_id": "server_001",
                "timestamp": datetime(2024, 1, 5),
                "is_anomaly": [-1, 1, 1],
            },
            {},
            "is_anomaly: expected 0 or 1, or true or false, got 1 row with something else",
        ),
        (
            {"server_id": "x", "timestamp": datetime(2024, 1, 5), "is_anomaly": 1},
            {},
            "server_id: expected servers such as server_000, got x",
        ),
        (
            {"server_id": "server_001", "timestamp": datetime(2024, 1, 5, 0, 7), "is_anomaly": 1},
            {},
            "got 1 row between them",
        ),
        (
            {"server_id": "s", "start": datetime(2024, 1, 5), "end": datetime(2024, 1, 4)},
            {},
            "1 row ending before",
        ),
        (
            {"server_id": "server_001", "timestamp": datetime(2034, 1, 5), "is_anomaly": 1},
            {},
            "which is scored, got 1 flag from 2034-01-05 00:00:00 to 2034-01-05 00:00:00",
        ),
        (
            {"server_id": "server_001", "timestamp": datetime(2024, 1, 5), "is_anomaly": 1},
            {"since": datetime(2024, 2, 1)},
            "expected flags from 2024-02-01 00:00:00 to",
        ),
        (
            {
                "server_id": "server_001",
                "start": [datetime(2023, 12, 5), datetime(2034, 1, 5)],
                "end": [datetime(2024, 1, 1), None],
            },
            {},
            "got 2 flags from 2023-12-05 00:00:00 to 2034-01-05 00:00:00",
        ),
        (
            {"server_id": "server_001", "timestamp": datetime(2024, 1, 5), "is_anomaly": 1},
            {"kinds": ["flood"]},
            "--kind: expected one of memory_leak, surge, spike, outlier, got 'flood'",
        ),
    ],
)
def test_what_cannot_be_scored_is_refused(
    rows: dict[str, Any], options: dict[str, Any], said: str, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(RequestError, match=said):
        detected(data, pl.DataFrame(rows), tmp_path, **options)


def test_telemetry_has_no_truth(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {
            "timestamp": [datetime(2024, 1, 1), datetime(2024, 1, 1, 1)],
            "server_id": "a",
            "server_type": "web",
            "cpu_p95": [1.0, 2.0],
        }
    )
    telemetry = write_telemetry(tmp_path / "telemetry", rows)
    flags = pl.DataFrame({"server_id": "a", "start": datetime(2024, 1, 1), "end": None})
    with pytest.raises(RequestError, match="make a twin, which has one, with capgen fit"):
        detected(telemetry, flags, tmp_path)


def test_the_command_prints_a_table_and_refuses_what_is_of_forecasts(
    data: Path, flagged: pl.DataFrame, tmp_path: Path, run: Run
) -> None:
    flagged.write_csv(tmp_path / "flags.csv")
    options = ("score", "flags.csv", "--data", str(data), "--anomalies", "--threshold", "75")
    text = run(*options)
    assert text.returncode == 0, text.stderr
    assert "memory_leak" in text.stdout
    steps, events = text.stdout.splitlines()[-2:]
    assert steps.startswith("steps: precision 0.")
    assert events.startswith("events: precision 0.")
    found = json.loads(run(*options, "--json", "--kind", "surge").stdout)
    assert [row["kind"] for row in found["table"]] == ["all", "surge"]
    assert run(*options, "--limit", "1").returncode == 2
    without = run("score", "flags.csv", "--data", str(data), "--threshold", "75")
    assert "--threshold: expected only with --anomalies" in without.stderr
