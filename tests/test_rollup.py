"""Rollups hold P95, mean and maximum of a finer dataset, and appear whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import capgen
from capgen import CapgenError, RequestError
from capgen.cli.app import main
from capgen.dataset.manifest import read_manifest
from capgen.dataset.rollup.rollup import Step, rollup
from capgen.dataset.rollup_manifest import RollupManifest
from tests.conftest import BuildOnce, examples, make_config, needs_root
from tests.data_faults import read
from tests.everything import STICKY_REGIMES
from tests.faults import left_at

METRICS = ["cpu", "mem", "disk", "net_in", "net_out"]
MISSING = {"share": {"cpu": 0.3, "mem": 0.02}, "server_outages": {"per_year": 60, "mean_hours": 40}}
SMALL = {
    "num_servers": 9,
    "granularity": "hourly",
    "start_date": "2023-12-20",
    "end_date": "2024-01-10",
    "truth": True,
    "layers": {
        "missing": MISSING,
        "local_time": {"zones": {"EU": "Europe/Berlin", "Asia": "Asia/Tokyo"}},
    },
}
LABELS = ["business_unit", "criticality", "region", "app_name", "month", "quarter", "dayofweek"]
FLAGS = ["is_weekend", "is_eoq", "is_holiday"]


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(name="hourly", **SMALL)


@pytest.fixture(scope="module")
def daily(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Roll the dataset up, for tests that only read."""
    out = tmp_path_factory.mktemp("rollup") / "daily"
    rollup(dataset, "daily", out)
    return out


@pytest.fixture
def daily_copy(daily: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(daily, tmp_path / "daily"))


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dataset, tmp_path / "hourly"))


@pytest.fixture
def few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capgen.dataset.rollup.periods._ROWS_AT_ONCE", 500)


def by_hand(rows: pl.DataFrame, step: Step, full: int) -> pl.DataFrame:
    """Work the rollup out in Polars; the percentile from the sorted values, by its definition."""
    period = pl.col("timestamp").dt.truncate("1d" if step == "daily" else "1h")
    wanted: list[pl.Expr] = []
    for key in METRICS:
        values = pl.col(f"{key}_p95").drop_nulls().sort()
        place = (values.len().cast(pl.Float64) - 1) * 0.95
        low, high = (
            values.get(rank.cast(pl.Int64), null_on_oob=True)
            for rank in (place.floor(), place.ceil())
        )
        percentile = low + (high - low) * (place - place.floor())
        wanted += [
            percentile.alias(f"{key}_p95"),
            values.mean().alias(f"{key}_mean"),
            values.max().alias(f"{key}_max"),
        ]
    wanted += [
        pl.len().cast(pl.Int32).alias("samples"),
        (pl.len() < full).cast(pl.Int8).alias("is_partial"),
    ]
    wanted += [*(pl.col(name).first() for name in LABELS), *(pl.col(name).max() for name in FLAGS)]
    wanted += truth_by_hand(rows.columns)
    periods = (
        rows.with_columns(period)
        .group_by("year", "server_type", "timestamp", "server_id")
        .agg(wanted)
    )
    names = ["timestamp", "server_id", *periods.columns[4:], "year", "server_type"]
    return periods.select(names).sort("server_id", "timestamp")


def truth_by_hand(columns: Sequence[str]) -> list[pl.Expr]:
    """Work out the labels that are there."""
    flags = [pl.col(name).max() for name in ("is_spike", "is_outlier") if name in columns]
    ids = [
        pl.col(name)
        .drop_nulls()
        .str.split("+")
        .explode()
        .unique()
        .sort()
        .str.join("+")
        .replace("", None)
        for name in ("outlier_metrics", "event_id")
        if name in columns
    ]
    if "state" not in columns:
        return [*flags, *ids]
    state = pl.col("state").drop_nulls().sort().mode(maintain_order=True).first()
    share = (pl.col("state") == state).sum() / pl.col("state").count()
    return [*flags, *ids, state, share.fill_nan(None).alias("state_share")]


def assert_rolled_up(out: Path, source: Path, step: Step, full: int) -> None:
    got = read(out).sort("server_id", "timestamp")
    assert_frame_equal(got, by_hand(read(source), step, full), rel_tol=1e-12, check_dtypes=False)


def manifest_of(folder: Path) -> RollupManifest:
    return RollupManifest.model_validate_json((folder / "_capgen/manifest.json").read_text())


@pytest.mark.usefixtures("few_rows_at_once")
def test_days_of_hours_equal_what_is_worked_out_by_hand(dataset: Path, tmp_path: Path) -> None:
    result = rollup(dataset, "daily", tmp_path / "daily")
    assert_rolled_up(tmp_path / "daily", dataset, "daily", 24)
    assert (result.rows, result.partial_rows, result.damaged_files) == (9 * 22, 0, ())
    frame = read(tmp_path / "daily")
    assert frame["cpu_p95"].null_count() > 0  # a day without any value
    assert set(frame["is_partial"]) == {0}


def test_hours_of_minutes(tmp_path: Path) -> None:
    changed = {
        "num_servers": 3,
        "granularity": "15min",
        "end_date": "2023-12-23",
        "layers": {"missing": MISSING},
    }
    capgen.build(make_config(**{**SMALL, **changed}), tmp_path / "fine")
    for step, full in (("hourly", 4), ("daily", 96)):
        assert (
            main(["rollup", str(tmp_path / "fine"), "--to", step, "--out", str(tmp_path / step)])
            == 0
        )
        assert_rolled_up(tmp_path / step, tmp_path / "fine", step, full)  # type: ignore[arg-type]


@examples(0.6)
@given(
    start=st.dates(date(2021, 1, 1), date(2026, 1, 1)),
    days=st.integers(1, 5),
    seed=st.integers(0, 2**32),
    share=st.floats(0.01, 0.95),
    steps=st.sampled_from(
        [("hourly", "daily", 24), ("30min", "hourly", 2), ("180min", "daily", 8)]
    ),
)
def test_any_window_with_gaps(
    start: date, days: int, seed: int, share: float, steps: tuple[str, Step, int]
) -> None:
    granularity, step, full = steps
    config = make_config(
        num_servers=4,
        start_date=str(start),
        end_date=str(start + timedelta(days=days - 1)),
        seed=seed,
        granularity=granularity,
        layers={"missing": {"share": {"cpu": share, "net_in": share / 2}}},
    )
    with tempfile.TemporaryDirectory() as folder:
        fine = Path(folder, "fine")
        coarse = Path(folder, "coarse")
        capgen.build(config, fine)
        assert rollup(fine, step, coarse).partial_rows == 0
        assert_rolled_up(coarse, fine, step, full)


def test_labels(tmp_path: Path) -> None:
    web = {"regimes": STICKY_REGIMES, "spike": {"probability": 0.2, "magnitude": 2}}
    outliers = {"cpu": {"probability": 0.1, "magnitude": 1.6}, "mem": {"probability": 0.1}}
    rush = {
        "type": "surge",
        "scope": "region",
        "per_year": 99,
        "mean_hours": 9,
        "magnitude": 2,
        "metrics": ["cpu"],
    }
    down = {"type": "outage", "scope": "server", "per_year": 99, "mean_hours": 5}
    layers = {"outliers": outliers, "events": {"random": {"rush": rush, "down": down}}}
    config = make_config(**{**SMALL, "layers": layers, "archetypes": {"web": web}})
    capgen.build(config, tmp_path / "hourly")
    rollup(tmp_path / "hourly", "daily", tmp_path / "daily")
    assert_rolled_up(tmp_path / "daily", tmp_path / "hourly", "daily", 24)
    days = read(tmp_path / "daily")
    assert set(days["is_outlier"]) == set(days["is_spike"]) == {0, 1}
    assert "cpu_p95+mem_p95" in days["outlier_metrics"]
    assert days["event_id"].str.contains("+", literal=True).any()
    assert days.filter(server_type="web")["state_share"].is_between(1 / 2, 1).all()
    assert days.filter(server_type="database")["state"].null_count() > 0


def test_partial_days(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows and files that are missing from the source show, in the rows and in the manifest."""
    thinned, removed, *_ = sorted(copy.rglob("*.parquet"))
    rows = pl.read_parquet(thinned, hive_partitioning=False)
    rows.filter(pl.col("timestamp").dt.hour() >= pl.col("timestamp").dt.day() % 3).write_parquet(
        thinned
    )
    removed.unlink()
    out = tmp_path / "daily"
    assert main(["rollup", str(copy), "--to=daily", f"--out={out}"]) == 0
    said = capsys.readouterr()
    assert "partial periods" in said.out
    assert "2 files" in said.err
    assert_rolled_up(out, copy, "daily", 24)
    frame = read(out)
    assert set(frame.filter(is_partial=1)["samples"]) == {22, 23}
    assert set(frame.filter(is_partial=0)["samples"]) == {24}
    manifest = manifest_of(out)
    assert manifest.partial_rows == frame["is_partial"].sum() > 0
    assert set(manifest.source.damaged_files) == {
        str(file.relative_to(copy)) for file in (thinned, removed)
    }


def test_the_folder_is_laid_out_like_a_dataset(dataset: Path, daily: Path) -> None:
    manifest = manifest_of(daily)
    files = sorted(str(file.relative_to(daily)) for file in daily.rglob("*.parquet"))
    assert [each.path for each in manifest.files] == files
    assert {path.rsplit("/", 1)[0] for path in files} == {
        f"year={year}/server_type={kind}"
        for year in (2023, 2024)
        for kind in ("web", "application", "database")
    }
    for file in manifest.files:
        content = (daily / file.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)
        rows = pl.read_parquet(daily / file.path, hive_partitioning=False)
        keys = rows.select("server_id", "timestamp").rows()
        assert keys == sorted(set(keys))
        assert len(keys) == file.rows
        assert rows.columns[:6] == [
            "timestamp",
            "server_id",
            "cpu_p95",
            "cpu_mean",
            "cpu_max",
            "mem_p95",
        ]
    source = json.loads((dataset / "_capgen/manifest.json").read_text())
    document = json.loads((daily / "_capgen/manifest.json").read_text())
    assert document["kind"] == "rollup"
    assert document["source"]["manifest_digest"] == source["manifest_digest"]
    assert set(document) == set(
        json.loads((daily / "_capgen/manifest.schema.json").read_text())["properties"]
    )
    assert sorted(each.name for each in daily.parent.iterdir()) == ["daily"]


@pytest.mark.parametrize("command", ["check", "repair", "build", "rollup"])
def test_other_commands_say_that_it_is_a_rollup(
    command: str, daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = manifest_of(daily)
    arguments: dict[str, list[str]] = {
        "build": ["--out", str(daily), "--overwrite"],
        "rollup": [str(daily), "--to=daily", f"--out={tmp_path / 'other'}"],
    }
    assert main([command, *arguments.get(command, [str(daily)])]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "rollup" in line
    assert manifest_of(daily) == before


def test_verify_names_each_wrong_file(
    dataset: Path, daily_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = daily_copy
    assert main(["verify", str(out)]) == 0
    source = read_manifest(dataset).citation
    said, *metrics = capsys.readouterr().out.splitlines()
    assert said == f"{out}: 6 files, all as rolled up; cite: daily rollup of {source}"
    assert len(metrics) == 3 * len(METRICS)
    missing, altered, *_ = manifest_of(out).paths
    (out / missing).unlink()
    (out / altered).write_bytes((out / altered).read_bytes()[::-1])
    (out / "extra.txt").write_text("mine")
    assert main(["verify", str(out), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["problems"]
    assert [(each["path"], each["kind"]) for each in found] == [
        (missing, "missing"),
        (altered, "altered"),
        ("extra.txt", "extra"),
    ]
    assert main(["verify", str(out)]) == 1
    assert "3 problems; roll its dataset up again" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new"), [('"rows": 198', '"rows": 199'), ('"source": {', '"source": 3, "x": {')]
)
def test_verify_finds_an_altered_manifest(
    old: str, new: str, daily_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = daily_copy / "_capgen/manifest.json"
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new, 1))
    assert main(["verify", str(daily_copy)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "expected an unaltered manifest of a rollup" in line


def test_an_empty_folder_is_taken_for_the_same_bytes_and_a_full_one_refused(
    dataset: Path, daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "daily"
    out.mkdir()
    assert main(["rollup", str(dataset), "--to=daily", f"--out={out}", "--json"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["out"], outcome["rows"]) == (str(out), 9 * 22)
    assert manifest_of(out) == manifest_of(daily)
    (out / "_capgen/notes.txt").write_text("mine")
    assert main(["rollup", str(dataset), "--to=daily", f"--out={out}"]) == 2
    assert "holds something" in capsys.readouterr().err
    assert (out / "_capgen/notes.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{data}", "--to=hourly", "--out={new}"], ["--to", "coarser", "hourly"]),
        (["{data}", "--to=weekly", "--out={new}"], ["'--to': 'weekly' is not one of 'daily'"]),
        (["{data}", "--to=daily"], ["--out"]),
        (["{data}", "--out={new}"], ["--to"]),
        (["{empty}", "--to=daily", "--out={new}"], ["expected a dataset"]),
        (["{data}", "--to=daily", "--out={data}"], ["holds something"]),
        (["{data}", "--to=daily", "--out={data}/daily"], ["outside of the dataset"]),
        (["{data}", "--to=daily", "--out={data}/year=2023/x"], ["outside of the dataset"]),
        (["{data}", "--to=daily", "--out={data}/_capgen/manifest.json"], ["out"]),
    ],
)
def test_wrong_requests_are_one_line(
    arguments: list[str],
    words: list[str],
    dataset: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"data": dataset, "new": tmp_path / "new", "empty": tmp_path / "empty"}
    before = sorted(dataset.rglob("*"))
    assert main(["rollup", *(each.format(**places) for each in arguments)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(word in error for word in words)
    assert sorted(dataset.rglob("*")) == before
    assert [each.name for each in tmp_path.iterdir()] == ["empty"]


def test_a_step_that_no_rollup_has(dataset: Path, tmp_path: Path) -> None:
    step: Any = "weekly"
    with pytest.raises(RequestError, match="--to: expected daily or hourly, got 'weekly'"):
        capgen.rollup(dataset, step, tmp_path / "new")


def test_steps_that_do_not_fit_and_names_that_collide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capgen.build(
        make_config(num_servers=4, granularity="45min", end_date="2022-01-02"), tmp_path / "fine"
    )
    assert main(["rollup", str(tmp_path / "fine"), "--to=hourly", f"--out={tmp_path / 'out'}"]) == 2
    assert "45min, divides" in capsys.readouterr().err
    changed: Any = {"metrics": {"cpu": {"column": "mem_mean"}}}
    hourly = {"granularity": "hourly", "end_date": "2022-01-02"}
    capgen.build(make_config(num_servers=4, **hourly, **changed), tmp_path / "named")
    assert main(["rollup", str(tmp_path / "named"), "--to=daily", f"--out={tmp_path / 'out'}"]) == 2
    assert "two columns called 'mem_mean'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_any_file(copy: Path, tmp_path: Path) -> None:
    for file in copy.rglob("*.parquet"):
        file.unlink()
    with pytest.raises(CapgenError, match="expected data files"):
        rollup(copy, "daily", tmp_path / "daily")
    assert [each.name for each in tmp_path.iterdir()] == ["hourly"]


def test_a_file_cut_short(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = sorted(copy.rglob("*.parquet"))[-1]
    file.write_bytes(file.read_bytes()[:1000])
    assert main(["rollup", str(copy), "--to=daily", f"--out={tmp_path / 'daily'}"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert file.name in line
    assert [each.name for each in tmp_path.iterdir()] == ["hourly"]


def test_killed_at_any_moment(build_once: BuildOnce, tmp_path: Path) -> None:
    """A killed process leaves what lies there at the moment."""
    dataset = build_once(num_servers=3, granularity="hourly", end_date="2022-01-01")
    out = tmp_path / "there" / "daily"
    out.parent.mkdir()
    states = left_at(
        out.parent,
        tmp_path,
        lambda: rollup(dataset, "daily", out),
        of=lambda _, number: number % 6 == 0,
    )
    whole = manifest_of(out)
    finished = [state / "daily" for state in states if (state / "daily").exists()]
    assert len(states) > len(finished) > 0
    for folder in finished:
        assert manifest_of(folder) == whole
        shutil.rmtree(folder)
    for state in states:
        rollup(dataset, "daily", state / "daily")
        assert manifest_of(state / "daily") == whole
        assert [each.name for each in state.iterdir()] == ["daily"]


@pytest.fixture
def small_disk(mount: Callable[[str], Path]) -> Path:
    return mount("size=60k")


@needs_root
def test_a_full_disk(dataset: Path, small_disk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["rollup", str(dataset), "--to=daily", f"--out={small_disk / 'daily'}"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert "No space left" in line
    assert list(small_disk.iterdir()) == []
