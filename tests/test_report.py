"""The dashboard: its numbers are the data's, its page needs nothing else, a browser draws it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen.cli.app import main
from capgen.dataset.manifest import read_manifest
from capgen.quality.check import check
from capgen.quality.outcome import Report, report_of
from capgen.quality.source import open_source
from capgen.report.captions import captions
from capgen.report.page import page_text
from capgen.report.picture import Block
from capgen.report.rows import chart_rows
from capgen.report.tables import Tables, read_tables
from tests import browser
from tests.conftest import BuildOnce, made_once
from tests.everything import WITH_DYNAMICS

PANELS = ["utilisation", "distribution", "correlation", "rhythm", "effects", "growth", "quality"]
WINDOW = {"width": 1300, "height": 900}
LABELS = (
    "id => [...document.querySelectorAll(id + ' svg text')]"
    ".map(each => each.textContent).sort().join()"
)
NAME = 'a <b> & "c"'
HALF_A_YEAR = {
    "num_servers": 10,
    "seed": 2,
    "start_date": "2023-07-01",
    "end_date": "2023-12-31",
    "layers": {"missing": {"share": {"cpu": 0.05}}},
}
ONLY_WEB = {
    "archetypes": {"application": None, "database": None, "batch": None, "web": {"share": 1.0}}
}
SEASON = {
    "num_servers": 4,
    "granularity": "hourly",
    "start_date": "2023-12-27",
    "end_date": "2024-01-08",
}
OTHERS: dict[str, dict[str, Any]] = {
    "one server, one day": {"num_servers": 1, "granularity": "hourly", "end_date": "2022-01-01"},
    "every layer": {**WITH_DYNAMICS, **SEASON},
    "many years": {
        **ONLY_WEB,
        "num_servers": 1,
        "start_date": "2017-01-01",
        "end_date": "2021-12-31",
    },
}


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(name=NAME, **HALF_A_YEAR)


@pytest.fixture(scope="module")
def files(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")

    from capgen.report import drawing

    side_by_side = drawing._side_by_side

    def two_side_by_side(name: str, height: int, shown: Sequence[Any], chart: Any) -> Block:
        return side_by_side(name, height, shown[:2], chart)

    def draw(folder: Path) -> None:
        out = folder / "out"
        with redirect_stdout(StringIO()) as printed, pytest.MonkeyPatch.context() as patch:
            # More pixels, and more charts that differ in their metric alone, take seconds.
            patch.setattr(drawing, "PIXELS", 0.1)
            patch.setattr(drawing, "_side_by_side", two_side_by_side)
            assert main(["report", str(dataset), "--out", str(out), "--json"]) == 0
        paths = {"page": str(out / "dashboard.html"), "picture": str(out / "dashboard.png")}
        assert json.loads(printed.getvalue()) == paths

    out = made_once(tmp_path_factory, "dashboard", draw) / "out"
    assert sorted(each.name for each in out.iterdir()) == ["dashboard.html", "dashboard.png"]
    return out / "dashboard.html", out / "dashboard.png"


@pytest.fixture(scope="module")
def specs(files: tuple[Path, Path]) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="specs">(.*?)</script>', files[0].read_text("utf-8")
    )
    assert found
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


@pytest.fixture(scope="module")
def panel(dataset: Path) -> pl.DataFrame:
    return pl.read_parquet(dataset / "**/*.parquet", hive_partitioning=True)


def without_library(page: str) -> str:
    """Return a page without the one long script, whose text is not ours."""
    return re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)


def values_of(panel: pl.DataFrame) -> list[str]:
    return [each for each in panel.columns if each.endswith("_p95")]


def known(values: list[float | None]) -> dict[int, float]:
    """Return the values that are there by position: a day may have none."""
    return {position: value for position, value in enumerate(values) if value is not None}


def test_the_page_is_whole_and_small(files: tuple[Path, Path]) -> None:
    page = files[0].read_text("utf-8")
    assert len(page.encode()) < 3_000_000
    assert files[1].read_bytes().startswith(b"\x89PNG")
    assert page.count("window.vegaEmbed") == 1
    assert not re.search(
        r"<script[^>]*\ssrc|<link|<img|<iframe|@import", without_library(page), re.IGNORECASE
    )
    assert not re.search(r"(src|href)=[\"']?https?:|url\([\"']?https?:", without_library(page))
    assert "default-src 'none'" in page  # so that a browser would refuse any of these


def test_each_panel_has_a_chart_with_data_and_words(
    files: tuple[Path, Path], specs: dict[str, Any]
) -> None:
    assert list(specs) == PANELS
    page = files[0].read_text("utf-8")
    for name, spec in specs.items():
        assert all(spec["datasets"].values()), name
        assert re.search(rf'<figcaption id="caption-{name}"[^>]*>[A-Za-z][^<]{{30,}}', page)
        assert re.search(
            rf'<div class="chart" id="chart-{name}" role="img" aria-label="[^"]{{30,}}"', page
        )


def test_utilisation_is_the_mean_of_each_day(specs: dict[str, Any], panel: pl.DataFrame) -> None:
    columns = values_of(panel)
    expected = {
        (kind, moment.isoformat(timespec="minutes")): means
        for kind, moment, *means in panel.group_by("server_type", "timestamp")
        .agg(pl.col(columns).mean())
        .iter_rows()
    }
    rows = specs["utilisation"]["datasets"]["utilisation"]
    assert len(rows) == len(expected) == 4 * 184
    for row in rows:
        assert known(row["values"]) == pytest.approx(
            known(expected[row["archetype"], row["moment"]]), rel=1e-3
        )


def test_the_heat_map_is_the_mean_of_weekday_and_month(
    specs: dict[str, Any], panel: pl.DataFrame
) -> None:
    columns = values_of(panel)
    keys = ["dayofweek", "month"]
    fleet = panel.group_by(keys).agg(pl.col(columns).mean())
    expected = {("", day, month): means for day, month, *means in fleet.iter_rows()}
    kinds = panel.group_by("server_type", *keys).agg(pl.col(columns).mean())
    expected |= {(kind, day, month): means for kind, day, month, *means in kinds.iter_rows()}
    rows = specs["rhythm"]["datasets"]["heat_map"]
    assert len(rows) == len(expected) == 5 * 7 * 6
    for row in rows:
        assert row["values"] == pytest.approx(
            expected[row["archetype"], row["weekday"], row["part"]], rel=1e-3
        )


def test_the_shares_are_those_of_the_data(specs: dict[str, Any], panel: pl.DataFrame) -> None:
    cpu = [
        row
        for row in specs["quality"]["datasets"]["quality"]
        if row["metric"] == "cpu_p95 (percent)"
    ]
    assert len(cpu) == 3 * 4
    shares = {
        "missing": pl.col("cpu_p95").is_null(),
        "at the upper clip": (pl.col("cpu_p95") >= 100).drop_nulls(),
    }
    for row in cpu:
        if row["what"] in shares:
            found = (
                panel.filter(pl.col("server_type") == row["archetype"])
                .select(shares[row["what"]].mean())
                .item()
            )
            assert row["share"] == pytest.approx(found, rel=1e-3)
    bars = specs["distribution"]["datasets"]["distribution"]
    for archetype in panel["server_type"].unique():
        drawn = [row["values"] for row in bars if row["archetype"] == archetype and row["bin"] < 60]
        assert [sum(each) for each in zip(*drawn, strict=True)] == pytest.approx(
            [1.0] * 5, rel=1e-2
        )


def test_effects_stand_beside_the_configured_ones(specs: dict[str, Any]) -> None:
    configured = {row["where"]: row["values"] for row in specs["effects"]["datasets"]["configured"]}
    places = [row["where"] for row in specs["effects"]["datasets"]["effects"]]
    assert list(configured) == list(dict.fromkeys(places))  # in the same order in each run
    assert configured["0"] == pytest.approx([1.3, 1.3, 1.0, 1.3, 1.3])  # disk does not respond
    assert configured["×0.7"] == pytest.approx([0.7, 0.7, 1.0, 0.7, 0.7])
    measured = [row for row in specs["effects"]["datasets"]["effects"] if row["where"] == "0"]
    assert all(row["values"][1] == pytest.approx(1.3, abs=0.25) for row in measured)


def test_text_of_the_user_is_escaped(dataset: Path, files: tuple[Path, Path]) -> None:
    page = files[0].read_text("utf-8")
    assert f"<h1>capgen: {NAME}</h1>" in unescape(page)
    assert NAME not in page
    hostile = "</script><script>alert(1)</script>"
    with open_source(dataset, None) as source:
        tables = read_tables(source)
    charts = {"quality": {"x": hostile}}
    numbers = {"": {"quality": [hostile]}}
    manifest = read_manifest(dataset)
    drawn = page_text(hostile, manifest, tables, report_of("", [], None), charts, numbers, "")
    assert hostile not in drawn
    assert "alert(1)" in drawn


def test_charts_are_valid_vega_lite(dataset: Path) -> None:
    pytest.importorskip("altair")
    from capgen.report.charts import CHARTS

    with open_source(dataset, None) as source:
        tables = read_tables(source)
    for chart in CHARTS.values():
        assert chart(tables).to_dict(validate=True)


@pytest.fixture(scope="module", params=OTHERS)
def other(request: pytest.FixtureRequest, build_once: BuildOnce) -> tuple[Tables, Report]:
    folder = build_once(**OTHERS[request.param])
    with open_source(folder, None) as source:
        return read_tables(source), check(folder)


def test_other_datasets_have_their_charts(other: tuple[Tables, Report]) -> None:
    pytest.importorskip("altair")
    from capgen.report.charts import CHARTS, Charts

    tables, report = other
    rows = chart_rows(tables, report)
    assert all(
        rows[chart]
        for chart in ("utilisation", "distribution", "correlation", "heat_map", "growth", "quality")
    )
    moments = {row["moment"] for row in rows["utilisation"]}
    assert 1 <= len(moments) <= 1600
    words = captions(tables, report, rows)
    assert list(words) == ["", *tables.archetypes]
    texts = [text for panels in words.values() for texts in panels.values() for text in texts]
    assert all(text.endswith(".") for text in texts)
    charts = Charts(tables, rows)
    for chart in CHARTS:
        spec = charts.spec(chart, ink="black", font="sans-serif")
        assert json.dumps(spec["datasets"], allow_nan=False)


@pytest.mark.parametrize("other", ["every layer"], indirect=True)
def test_correlations_of_dynamics_stand_beside_what_the_check_compares_with(
    other: tuple[Tables, Report],
) -> None:
    tables, report = other
    rows = chart_rows(tables, report)["correlation"]
    (rule,) = (rule for rule in report.rules if rule.name == "correlation")
    compared = [
        finding.expected if isinstance(finding.expected, float) else None
        for finding in rule.findings
    ]
    targets = [row["target"] for row in rows]
    assert targets == [expected and pytest.approx(expected, rel=1e-3) for expected in compared]
    assert any(target is not None for target in targets)
    words = captions(tables, report, {"correlation": rows})
    assert "States and shapes add to the noise's correlation" in words[""]["correlation"][0]


@pytest.mark.parametrize("library", ["altair", "jinja2", "vl_convert"])
def test_missing_libraries_are_one_line(
    library: str,
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert main(["report", str(dataset), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "error: report: expected the libraries altair, jinja2 and vl-convert-python; "
        'type: pip install "capgen[report]"\n'
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("altair")
    assert main(["report", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "nowhere" in error
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    pytest.importorskip("playwright", reason="playwright is not installed")
    path = browser.executable()
    if path is None:
        pytest.skip(
            f"no browser found: {', '.join(browser.NAMES)}; "
            ".ci/run installs Debian's chromium where it can"
        )
    with browser.started(path) as context:
        yield context


@pytest.fixture(scope="module")
def opened(chromium: Any, files: tuple[Path, Path]) -> Iterator[Any]:
    """The dashboard in a browser; an error if it complains, or asks for more than itself."""
    complaints: list[str] = []
    requests: list[str] = []

    def told(message: Any) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page = chromium.new_page()
    page.set_viewport_size(WINDOW)
    page.on("console", told)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(files[0].as_uri())
    drawn(page, "0/")
    yield page
    page.close()
    assert complaints == []
    assert set(requests) == {files[0].as_uri()}


@pytest.fixture
def page(opened: Any) -> Any:
    """The dashboard as a reader finds it: drawn anew, in a second, only where one has chosen."""
    if opened.get_attribute("html", "data-drawn") != "0/" or opened.viewport_size != WINDOW:
        opened.set_viewport_size(WINDOW)
        opened.reload()
        drawn(opened, "0/")
    return opened


def drawn(page: Any, choice: str) -> None:
    page.wait_for_selector(f'html[data-drawn="{choice}"]', state="attached")


def seen(page: Any) -> list[tuple[str, str]]:
    """Return each panel's chart and caption."""
    charts = [page.locator(f"#chart-{each} svg").inner_html() for each in PANELS]
    return list(
        zip(charts, [page.locator(f"#caption-{each}").inner_text() for each in PANELS], strict=True)
    )


@pytest.mark.filterwarnings("default")  # those of the browser's driver are not ours
def test_the_keyboard_reaches_numbers_and_zoom(page: Any, panel: pl.DataFrame) -> None:
    page.focus("#numbers-growth summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#numbers-growth td")
    rows = [
        row.split("\t")
        for row in page.locator("#numbers-growth table").first.inner_text().splitlines()
    ]
    months = panel.group_by("server_type", "month").agg(pl.col("cpu_p95").mean())
    assert rows[0] == ["month", "archetype", "mean"]
    assert len(rows) == 1 + months.height
    (july,) = (
        float(mean) for month, kind, mean in rows[1:] if (month, kind) == ("July 2023", "web")
    )
    assert july == pytest.approx(
        months.filter(month=7, server_type="web")["cpu_p95"].item(), rel=1e-3
    )
    for name in PANELS:
        page.locator(f"#numbers-{name}").evaluate("numbers => { numbers.open = true; }")
        page.wait_for_selector(f"#numbers-{name} td")

    for name in ("utilisation", "distribution", "growth"):
        whole = page.evaluate(LABELS, f"#chart-{name}")
        page.locator(f"#chart-{name}").locator("..").focus()
        for key, relation in (("+", "!=="), ("0", "===")):
            page.keyboard.press(key)
            page.wait_for_function(
                f"([id, whole]) => ({LABELS})(id) {relation} whole", arg=[f"#chart-{name}", whole]
            )


@pytest.mark.filterwarnings("default")
def test_a_zoom_of_one_metric_does_not_hide_the_distribution_of_another(page: Any) -> None:
    chart = "#chart-distribution"
    page.locator("#metric").press("ArrowDown")
    drawn(page, "1/")
    whole = page.evaluate(LABELS, chart)
    page.locator("#metric").press("ArrowUp")
    drawn(page, "0/")
    before = page.evaluate(LABELS, chart)
    page.locator(chart).locator("..").focus()
    page.keyboard.press("+")
    page.wait_for_function(f"([id, before]) => ({LABELS})(id) !== before", arg=[chart, before])
    page.locator("#metric").press("ArrowDown")
    drawn(page, "1/")
    assert page.evaluate(LABELS, chart) == whole


@pytest.mark.filterwarnings("default")
def test_a_browser_draws_the_page_and_the_choosers_change_it(page: Any) -> None:
    for panel in PANELS:
        assert page.locator(f"#chart-{panel} svg [class*='mark-'] path").count() >= 4, panel
    light = background(page)
    shown = seen(page)
    for key, focus, choice in (("ArrowDown", "#metric", "1/"), ("w", "#archetype", "1/web")):
        page.focus(focus)
        page.keyboard.press(key)
        drawn(page, choice)
        before = shown
        shown = seen(page)
        changed = {
            name for name, old, new in zip(PANELS, before, shown, strict=True) if old[0] != new[0]
        }
        told = {
            name for name, old, new in zip(PANELS, before, shown, strict=True) if old[1] != new[1]
        }
        both = {"correlation", "quality"}  # their charts show all metrics
        assert changed >= set(PANELS) - both if focus == "#metric" else changed == set(PANELS)
        assert told >= set(PANELS) - {"correlation"}
    assert all("web" in caption for _, caption in shown[:-1])
    page.focus("#theme")
    page.keyboard.press("Enter")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert background(page) != light


def background(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.filterwarnings("default")
def test_on_a_telephone_no_word_is_cut_off_or_meets_another(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    drawn(page, "0/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    wrong = """() => [...document.querySelectorAll(".chart")].flatMap(chart => {
        const box = chart.getBoundingClientRect();
        const words = [...chart.querySelectorAll("svg text")]
            .map(each => [each, each.getBoundingClientRect()]);
        const shown = words
            .filter(([word, at]) => at.width && getComputedStyle(word).opacity !== "0");
        const outside = shown
            .filter(([word, at]) => at.left < box.left - 1 || at.right > box.right + 1);
        const meet = shown.filter(([word, at], i) => shown.slice(i + 1).some(([other, its]) =>
            Math.min(at.right, its.right) - Math.max(at.left, its.left) > 1
            && Math.min(at.bottom, its.bottom) - Math.max(at.top, its.top) > 4));
        return [...outside, ...meet].map(([word]) => chart.id + ": " + word.textContent);
    })"""
    assert page.evaluate(wrong) == []
    hidden = """() => [...document.querySelectorAll(".chart")].flatMap(chart => {
        const seen = chart.parentElement.getBoundingClientRect();
        const names = [...chart.querySelectorAll("svg .role-legend text")];
        return names.filter(each => each.getBoundingClientRect().right > seen.right + 1)
            .map(each => chart.id + ": " + each.textContent);
    })"""
    assert page.evaluate(hidden) == []
