"""What loading repairs: clocks, counters, devices, resampled means, labels, the step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow.parquet as pq
import pytest

import capgen
from capgen import RequestError
from tests.conftest import deep
from tests.test_load import lines_of, loaded, write_mapping

HOUR = timedelta(hours=1)


def write_csv(folder: Path, columns: dict[str, list[Any]]) -> Path:
    file = folder / "x.csv"
    pl.DataFrame(columns, strict=False).write_csv(file)
    return file


def local_texts(zone: str, first: datetime, count: int, minutes: int = 30) -> list[str]:
    """Return what a clock shows from a time in UTC on."""
    times = (first + timedelta(minutes=minutes * number) for number in range(count))
    local = (time.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for time in times)
    return [f"{time:%Y-%m-%d %H:%M:%S}" for time in local]


@pytest.mark.parametrize(
    ("zone", "reverse"),
    [("Europe/Berlin", True), pytest.param("America/New_York", False, marks=deep)],
)
def test_the_hour_that_a_clock_shows_twice_is_told_by_the_order_of_rows(
    zone: str, reverse: bool, tmp_path: Path
) -> None:
    first = datetime(2024, 10, 26, 22) if zone == "Europe/Berlin" else datetime(2024, 11, 3, 3)
    texts = local_texts(zone, first, 12)
    values = list(range(12))
    if reverse:
        texts, values = texts[::-1], values[::-1]
    file = write_csv(tmp_path, {"time": texts, "host": ["a"] * 12, "cpu": values})
    mapping = write_mapping(tmp_path, time={"column": "time", "zone": zone})
    rows, manifest = loaded(tmp_path, [file], mapping=mapping)
    assert rows["timestamp"].to_list() == [first + HOUR / 2 * number for number in range(12)]
    assert rows["cpu"].to_list() == list(range(12))
    assert lines_of(manifest, "repeated_hours")["cpu"].count == 4


def test_grafanas_wide_table_has_that_hour_twice_too(tmp_path: Path) -> None:
    first = datetime(2024, 10, 26, 22)
    texts = local_texts("Europe/Berlin", first, 12)
    names = ['cpu {instance="a"}', 'cpu {instance="b"}']
    columns: dict[str, list[Any]] = {
        "Time": texts,
        names[0]: list(range(12)),
        names[1]: list(range(12, 24)),
    }
    file = write_csv(tmp_path, columns)
    settings = ["time.zone=Europe/Berlin"]
    rows, manifest = loaded(tmp_path, [file], mapping="grafana", settings=settings)
    assert rows["timestamp"].to_list() == [first + HOUR / 2 * number for number in range(12)] * 2
    assert rows["cpu"].to_list() == list(range(24))
    assert lines_of(manifest, "repeated_hours")["cpu"].count == 8


def test_an_hour_that_no_clock_showed_is_counted(tmp_path: Path) -> None:
    texts = ["2024-03-31 01:00", "2024-03-31 02:00", "2024-03-31 04:00"]
    file = write_csv(tmp_path, {"time": texts, "host": ["a"] * 3, "cpu": [1, 2, 3]})
    mapping = write_mapping(tmp_path, time={"column": "time", "zone": "Europe/Berlin"}, step="1h")
    result = capgen.load(file, None, mapping=mapping)
    assert lines_of(result, "skipped_hours")["cpu"].count == 1


def test_a_counter_becomes_the_growth_a_second_from_each_sample_on(tmp_path: Path) -> None:
    minutes = [0, 1, 2, 3, 4, 7, 8]  # two are not there
    values = [0, 600, 1200, 60, 660, 9000, 9060]  # falls once
    file = write_csv(
        tmp_path,
        {
            "time": [f"2024-01-01 00:0{minute}" for minute in minutes],
            "host": ["a"] * 7,
            "rx": values,
        },
    )
    net = {"column": "rx", "kind": "counter", "unit": "byte/s", "to": "bit/s"}
    mapping = write_mapping(tmp_path, metrics={"net": net})
    rows, manifest = loaded(tmp_path, [file], mapping=mapping)
    assert rows["net"].to_list() == [80, 80, None, 80, None, None, None, 8]
    assert lines_of(manifest, "resets")["net"].count == 1
    assert lines_of(manifest, "after_gaps")["net"].count == 1


def test_devices_are_joined(tmp_path: Path) -> None:
    file = write_csv(
        tmp_path,
        {
            "time": ["2024-01-01 00:00"] * 2 + ["2024-01-01 00:01"] * 2,
            "host": ["a"] * 4,
            "mount": ["/", "/var", "/", "/var"],
            "used": [9, 1, 8, None],
        },
    )
    joined = {"most": "max", "all": "sum", "usual": "mean"}
    metrics = {key: {"column": "used", "over": {"mount": how}} for key, how in joined.items()}
    rows, _ = loaded(tmp_path, [file], mapping=write_mapping(tmp_path, metrics=metrics))
    assert rows["most"].to_list() == [9, 8]
    assert rows["all"].to_list() == [10, None]
    assert rows["usual"].to_list() == [5, 8]


def test_means_are_weighed_by_their_samples_and_files_say_unit_and_statistic(
    tmp_path: Path,
) -> None:
    file = write_csv(
        tmp_path,
        {
            "time": ["2024-01-01 00:00", "2024-01-01 00:30"],
            "host": ["a", "a"],
            "avg": [10, 40],
            "top": [50, 60],
            "n": [2, 1],
        },
    )
    metrics = {
        "cpu": {"column": "avg", "statistic": "mean", "samples": "n", "unit": "%"},
        "cpu_max": {"column": "top", "statistic": "max"},
    }
    mapping = write_mapping(tmp_path, metrics=metrics)
    rows, _ = loaded(tmp_path, [file], mapping=mapping, to="hourly")
    (row,) = rows.iter_rows(named=True)
    assert (row["cpu_mean"], row["cpu_mean_samples"], row["cpu_max"]) == (20, 3, 60)
    (data,) = tmp_path.rglob("*.parquet")
    field = pq.read_schema(data).field("cpu_mean")
    assert field.metadata == {b"unit": b"percent", b"statistic": b"mean"}


def test_percent_or_fraction_is_told_by_the_largest_value(tmp_path: Path) -> None:
    file = write_csv(
        tmp_path,
        {
            "time": ["2024-01-01 00:00", "2024-01-01 01:00"],
            "host": ["a", "a"],
            "cpu": [0.25, 0.97],
        },
    )
    cpu = {"column": "cpu", "unit": "auto", "to": "percent"}
    mapping = write_mapping(tmp_path, metrics={"cpu": cpu})
    rows, manifest = loaded(tmp_path, [file], mapping=mapping)
    assert rows["cpu"].to_list() == [25, 97]
    assert lines_of(manifest, "unit")["cpu"].says == "largest of 2 values 0.97: a fraction"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("keep", [103, None, -2]), ("clip", [100, None, 0]), ("drop", [None, None, None])],
)
def test_values_outside_of_their_unit_are_kept_unless_asked(
    kind: str, expected: list[float | None], tmp_path: Path
) -> None:
    times = [f"2024-01-01 0{hour}:00" for hour in range(3)]
    file = write_csv(tmp_path, {"time": times, "host": ["a"] * 3, "cpu": [103, None, -2]})
    cpu = {"column": "cpu", "unit": "percent"}
    mapping = write_mapping(tmp_path, metrics={"cpu": cpu}, out_of_range=kind)
    rows, manifest = loaded(tmp_path, [file], mapping=mapping)
    assert rows["cpu"].to_list() == expected
    assert lines_of(manifest, "outside")["cpu"].count == 2


def test_names_and_labels_of_strangers_are_data(tmp_path: Path) -> None:
    hosts = ["../DB-1:9100", "Web; drop table x:9100", "ü'\":1"]
    file = write_csv(
        tmp_path,
        {
            "time": [f"2024-01-01 0{hour}:00" for hour in range(3) for _ in hosts],
            "host": hosts * 3,
            "role": ["Data/Base", "web", "../../x"] * 3,
            "cpu": list(range(9)),
        },
    )
    mapping = write_mapping(
        tmp_path,
        server={"column": "host", "strip": r":\d+$", "lower": True},
        metrics={"cpu": {"column": "cpu"}},
        labels={"server_type": {"column": "role"}, "site": {"value": "A/B"}},
    )
    rows, _ = loaded(tmp_path, [file], mapping=mapping)
    assert set(rows["server_id"]) == {"../db-1", "web; drop table x", "ü'\""}
    assert set(rows["server_type"]) == {"data_base", "web", "x"}
    assert set(rows["site"]) == {"A/B"}


def test_samples_finer_than_a_minute_need_a_step(tmp_path: Path) -> None:
    times = [f"2024-01-01 00:00:{second}" for second in (10, 25, 40, 55)]
    file = write_csv(tmp_path, {"time": times, "host": ["a"] * 4, "cpu": [1, 2, 3, 4]})
    with pytest.raises(RequestError, match="--to: expected a step, because one of 15 s"):
        capgen.load(file, None, mapping="table")
    rows, _ = loaded(tmp_path, [file], mapping="table", to="1min")
    assert rows["cpu_p95"].to_list() == [pytest.approx(3.85)]


def test_a_file_name_is_a_name_and_no_pattern(tmp_path: Path) -> None:
    for name, value in (("x[1]*.csv", 1), ("x1.csv", 2)):
        text = f"time,host,cpu\n2024-01-01 00:00,a,{value}\n2024-01-01 01:00,a,{value}\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows, _ = loaded(tmp_path, [tmp_path / "x[1]*.csv"], mapping="table")
    assert rows["cpu"].to_list() == [1, 1]


def test_a_statement_may_stand_in_place_of_files(tmp_path: Path) -> None:
    statement = (
        "select timestamp '2024-01-01' + to_hours(i::int) as time, 'a' as host, i as cpu "
        "from range(3) as t (i)"
    )
    rows, _ = loaded(tmp_path, [], mapping=write_mapping(tmp_path, sql=statement))
    assert rows["cpu"].to_list() == [0, 1, 2]
    with pytest.raises(RequestError, match="reads"):
        capgen.load([], None, mapping=write_mapping(tmp_path, sql="create table x (i int)"))
