"""`compare`: panels that are the same, or nearly, or wrong in one way, and what it says of them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from threadpoolctl import threadpool_limits

from capgen import RequestError, build, compare
from capgen.cli.app import main
from capgen.dataset.metric_column import MetricColumn
from capgen.twins.compare import classifier
from capgen.twins.compare.cells import Cells
from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.measures import MEASURES
from capgen.twins.compare.outcome import Outcome
from capgen.twins.compare.weeks import weeks_of
from capgen.twins.compare.window import Window
from tests.compare_panels import (
    DAY,
    DEFECTS,
    METRICS,
    START,
    panel,
    tell_weeks_apart_in_no_time,
    write_panel,
)
from tests.conftest import Run, deep, make_config
from tests.telemetry_datasets import write_telemetry

GOLDEN = Path(__file__).with_name("golden_comparison.json")
SELF = "reference"


@pytest.fixture(autouse=True)
def without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell weeks apart by what every installation has."""
    monkeypatch.setattr(classifier, "has_boosting", lambda: False)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("compare")
    write_panel(room / SELF, panel())
    write_panel(room / "seed", panel(seed=8))
    for defect in DEFECTS:
        write_panel(room / defect.__name__, defect(panel()))
    return room


@pytest.fixture(scope="module")
def found(room: Path) -> Comparison:
    names = [SELF, "seed", *(defect.__name__ for defect in DEFECTS)]
    with pytest.MonkeyPatch.context() as patch:
        tell_weeks_apart_in_no_time(patch)
        return compare(room / SELF, *(room / name for name in names), rivals=True)


def outcome_of(found: Comparison, name: str) -> Outcome:
    (outcome,) = (each for each in found.outcomes if Path(each.name).name == name)
    return outcome


def test_a_panel_is_no_distance_from_itself(found: Comparison) -> None:
    itself = outcome_of(found, SELF)
    for row in itself.rows:
        if row.measure.group != "copies":
            assert row.value == row.measure.best, row.measure.name
    assert itself.ratio < 0.2
    assert not itself.worst
    assert {row.measure.name for row in itself.copies} == {"near copies", "exact runs", "own path"}


def test_another_seed_is_about_as_alike_as_other_servers_and_copies_nothing(
    found: Comparison,
) -> None:
    other = outcome_of(found, "seed")
    assert 0.7 < other.ratio < 1.6
    assert other.ratio < 1.2 * found.other_servers
    assert not other.copies


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_a_defect_is_named(found: Comparison, defect: object) -> None:
    own = DEFECTS[defect]  # type: ignore[index]
    outcome = outcome_of(found, defect.__name__)  # type: ignore[attr-defined]
    if set(own) & {"near copies", "exact runs", "own path"}:
        assert {row.measure.name for row in outcome.copies} == set(own)
    else:
        assert outcome.worst[0].fact.measure in own
        assert outcome.worst[0].measure.says


def test_blocks_of_the_reference_score_well_and_are_told_as_copies(found: Comparison) -> None:
    for name in ("day blocks", "week blocks"):
        rival = outcome_of(found, name)
        assert rival.is_rival
        assert rival.ratio < 1.5
        assert "exact runs" in [row.measure.name for row in rival.copies]


def test_weeks_begin_on_mondays_whatever_day_a_panel_begins_on() -> None:
    """A week that is copied to another place is found there."""
    values = dict(zip(METRICS, panel(2, 28), strict=True))
    cells = Cells.of(["a", "b"], values, Window(START, 60, 28))
    from_monday = weeks_of(cells.part(7, 21), [0, 1])
    from_thursday = weeks_of(cells.part(3, 25), [0, 1])
    assert from_monday is not None
    assert from_thursday is not None
    assert len(from_monday.shapes) == 6
    assert np.abs(from_monday.shapes - from_thursday.shapes).max() <= 8  # of 256 in a deviation


def test_a_server_that_has_nothing_in_common_with_another_copies_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_weeks_apart_in_no_time(monkeypatch)
    folders = [tmp_path / f"{seed}" for seed in range(10)]
    for seed, folder in enumerate(folders):
        write_panel(folder, panel(1, 28, seed))
    found = compare(folders[3], *folders)  # whose weeks are far from each other, as it happens
    assert [each.name for each in found.outcomes if each.copies] == [str(folders[3])]


def test_a_larger_fleet_is_looked_at_whole_whatever_its_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_weeks_apart_in_no_time(monkeypatch)
    real = panel(8, 28)
    reference = write_panel(tmp_path / "reference", real)
    copies = np.concatenate([panel(8, 28, seed=8), real], axis=1)
    larger = write_panel(tmp_path / "larger", copies, name="other")
    (outcome,) = compare(reference, larger).outcomes
    rows = {row.measure.name: row.value for row in outcome.rows}
    assert rows["near copies"] == pytest.approx(0.5, abs=0.05)
    assert "classifier" in rows


def test_the_outcome_has_the_same_bits_for_any_order_of_files_and_rows_and_any_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = write_panel(tmp_path / "reference", panel(4, 28))
    other = write_panel(tmp_path / "other", panel(4, 28, seed=8))
    again = write_panel(tmp_path / "again", panel(4, 28, seed=8))
    for file in again.rglob("*.parquet"):
        rows = pl.read_parquet(file).sample(fraction=1, shuffle=True, seed=3)
        rows.write_parquet(file, row_group_size=1_000)
    with threadpool_limits(2):
        first = compare(reference, other)
    monkeypatch.setattr("capgen.twins.compare.panel._FEW_ROWS", 0)  # a DuckDB of two threads
    second = compare(reference, again)
    text = json.dumps(first.as_json()).replace(str(other), str(again))
    assert text == json.dumps(second.as_json())


def written(folder: Path, column: MetricColumn, granularity: str = "hourly") -> Path:
    """Write two days of one metric of two servers."""
    minutes = {"hourly": 60, "30min": 30}[granularity]
    steps = 2 * DAY * 60 // minutes
    moments = [START + timedelta(minutes=minutes * step) for step in range(steps)]
    rows = pl.DataFrame(
        {
            "timestamp": moments * 2,
            "server_id": ["a"] * steps + ["b"] * steps,
            "server_type": "web",
            column.name: np.arange(2.0 * steps),
        }
    )
    return write_telemetry(folder, rows, [column], granularity)


CPU = MetricColumn(name="cpu_p95", key="cpu", unit="percent", statistic="p95")
MEM = MetricColumn(name="mem_p95", key="mem", unit="percent", statistic="p95")
MEAN = MetricColumn(name="cpu_mean", key="cpu", unit="percent", statistic="mean")
SHARE = MetricColumn(name="cpu_p95", key="cpu", unit="share", statistic="p95")
RAW = MetricColumn(name="cpu", key="cpu", unit="percent", statistic="raw")


@pytest.mark.parametrize(
    ("column", "granularity", "said"),
    [
        (MEAN, "hourly", "statistics of cpu: expected the same, got p95 in "),
        (SHARE, "hourly", "units of cpu: expected the same, got percent in "),
        (CPU, "30min", "steps: expected the same, got hourly in "),
        (MEM, "hourly", "metrics: expected one that all have, got cpu in "),
    ],
)
def test_what_does_not_agree_is_refused_in_one_line(
    column: MetricColumn, granularity: str, said: str, tmp_path: Path
) -> None:
    reference = written(tmp_path / "reference", CPU)
    other = written(tmp_path / "other", column, granularity)
    with pytest.raises(RequestError, match=said):
        compare(reference, other)


def test_raw_samples_are_rolled_up_to_what_the_reference_has(tmp_path: Path) -> None:
    reference = written(tmp_path / "reference", CPU)
    raw = written(tmp_path / "raw", RAW, "30min")
    found = compare(reference, raw, to="hourly")
    assert found.granularity == "hourly"
    assert found.outcomes[0].rows[0].measure.name == "level"
    # Hour h has samples 2 h and 2 h + 1, whose 95th percentile is 2 h + 0.95.
    lines = {line.fact.measure: line for line in found.outcomes[0].lines}
    assert lines["autocorrelation 1 h"].values == [0.0, 0.0]
    with pytest.raises(RequestError, match="--to: expected a step that hourly"):
        compare(reference, raw, to="30min")


def test_builds_and_rollups_are_compared_over_the_days_that_are_asked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_weeks_apart_in_no_time(monkeypatch)
    days = ["--start-date", "2024-01-01", "--end-date", "2024-01-20"]
    for name, seed in (("one", "1"), ("two", "2")):
        options = ["--servers", "2", "--seed", seed, "--granularity", "hourly", "--out", name]
        assert run("build", *days, *options).returncode == 0
        assert run("rollup", name, "--to", "daily", "--out", f"{name}-days").returncode == 0
    result = run("compare", "one-days", "two-days", "--json", "--from", "2024-01-03")
    found = json.loads(result.stdout)
    assert (found["days"], found["granularity"], found["passed"]) == (9, "daily", True)
    assert {line["measure"] for line in found["not_borne"]} >= {"autocorrelation 168 h", "weekend"}
    assert "cpu_mean" in {line["subject"] for line in found["facts"]}
    text = run("compare", "one", "two", "--until", "2024-01-08", "--limit", "0.01")
    assert text.returncode == 1
    assert "NOT within 0.01" in text.stdout
    assert "not measured: autocorrelation 168 h (needs 21 days" in text.stdout
    assert "4 days a side, hourly; servers: 2 in one, 2 in two" in text.stdout


def test_a_holdout_makes_the_floor_and_copies_of_it_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_weeks_apart_in_no_time(monkeypatch)
    values = panel(12, 42)
    first = write_panel(tmp_path / "first", values[:, :, : 21 * DAY])
    second = write_panel(tmp_path / "second", values[:, :, 21 * DAY :], START + timedelta(days=21))
    twin = write_panel(
        tmp_path / "twin", values[:, :, 21 * DAY :], START + timedelta(days=21), name="other"
    )
    found = compare(first, second, twin, holdout=second)
    for outcome in found.outcomes:  # ids of its own change nothing
        assert outcome.ratio == pytest.approx(1)
        assert outcome.by_direction[1] < 0.2
        assert {row.measure.name for row in outcome.copies} == {
            "near copies",
            "exact runs",
            "own path",
        }


def test_the_json_of_a_small_case_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_panel(Path("reference"), panel(10, 28, seed=7))
    write_panel(Path("candidate"), panel(10, 28, seed=9))
    found = compare("reference", "candidate", since=date(2024, 1, 1)).as_json()
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_measure_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
    for measure in MEASURES:
        assert measure.says
        assert measure.lower
        assert measure.higher


@deep  # to import scikit-learn takes three seconds
def test_boosting_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.undo()
    learn = classifier.classifier()
    generator = np.random.Generator(np.random.SFC64(1))
    rows = generator.standard_normal((60, 3))
    is_candidate = rows[:, 0] > 0
    scores = learn(rows, is_candidate, rows)
    assert (scores == learn(rows, is_candidate, rows)).all()
    assert scores[is_candidate].mean() > scores[~is_candidate].mean() + 0.3
    assert classifier.classifier_name() == classifier.BOOSTING


def test_a_request_without_a_candidate_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(make_config(num_servers=2, end_date="2022-01-04"), tmp_path / "data")
    assert main(["compare", str(tmp_path / "data")]) == 2
    assert "expected a candidate beside the reference" in capsys.readouterr().err
    assert main(["compare", str(tmp_path / "data"), str(tmp_path)]) == 2
    assert "expected a dataset" in capsys.readouterr().err


def test_a_page_and_a_picture_show_both_panels(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_weeks_apart_in_no_time(monkeypatch)
    # The library and the PNG are made as for a report, whose tests look for them.
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda *_, **__: "")
    monkeypatch.setattr("vl_convert.svg_to_png", lambda svg, **_: svg.encode())
    for name, seed in (("reference", 7), ("<b>", 9)):
        write_panel(tmp_path / name, panel(4, 16, seed))
    result = run("compare", "reference", "<b>", "--out", "out")
    assert result.returncode == 0, result.stderr
    page = (tmp_path / "out/comparison.html").read_text(encoding="utf-8")
    assert "<b>" not in page
    assert "&lt;b&gt;: " in page
    specs = json.loads(page.split('id="specs">')[1].split("</script>")[0])
    assert list(specs) == ["values", "memory", "week", "pairs", "servers"]
    (rows,) = specs["values"]["datasets"].values()
    shown = {row["panel"] for row in rows}
    assert shown == {"reference", "<b>"}
    picture = ElementTree.parse(tmp_path / "out/comparison.png")  # noqa: S314 - it is ours
    words = " ".join(picture.getroot().itertext())
    assert "capgen compare: <b> beside reference" in words
    for title in ("Values: ", "Memory: ", "The week: ", "Metrics together: ", "A few servers"):
        assert title in words
    again = run("compare", "reference", "<b>", "--out", "out")
    assert again.returncode == 2


@pytest.mark.parametrize("limit", ["nan", "inf", "-1"])
def test_a_limit_that_no_ratio_can_be_held_to_is_refused(run: Run, limit: str) -> None:
    result = run("compare", "nothing", "other", "--limit", limit)
    assert result.returncode == 2
    assert "'--limit': expected a ratio such as 1.5" in result.stderr


def test_a_page_that_is_there_is_kept_before_any_work(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "out" / "comparison.html"
    page.parent.mkdir()
    page.write_text("ours")
    result = run("compare", "nothing", "other", "--out", str(page.parent))
    assert result.returncode == 2
    assert "exists already; add --overwrite" in result.stderr
    assert page.read_text() == "ours"
