"""Panels handed over to monitoring systems and databases come back value for value."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import capgen
from capgen.cli.app import main
from capgen.dataset.export import rows as export_rows
from capgen.dataset.metric_column import MetricColumn
from capgen.errors import RequestError
from capgen.handover.destinations import influx, otlp, prometheus
from capgen.handover.measures import measure_of
from tests.conftest import BuildOnce
from tests.programs import Samples, clickhouse, influxdb, panel_samples, postgresql, victoriametrics
from tests.programs import prometheus as prometheus_program
from tests.telemetry_datasets import CPU, write_telemetry
from tests.texts import any_text

HOURS = 60
START = datetime(2024, 3, 9, 20)  # over a change of clocks in New York
SPAN = (1710014400, 1710014400 + 3600 * (HOURS - 1))
NET = MetricColumn(name="net_in", key="net_in", unit="Mbit/s", statistic="raw")
LOAD = MetricColumn(name="load.1", key="load.1", unit="", statistic="mean")
REGIONS = {"a": 'EU "west"\\x, y=z|é', "b": "plain", "c": None, "d": ""}
COLUMNS = {
    "capgen_cpu_p95_ratio": "cpu_p95",
    "capgen_net_in_bytes_per_second": "net_in",
    "capgen_load_1": "load.1",
}
FACTORS = {"cpu_p95": Decimal("0.01"), "net_in": Decimal(125_000), "load.1": Decimal(1)}
AS_IT_IS = dict.fromkeys(FACTORS, Decimal(1))
ENDINGS = {"prometheus": ".om", "influx": ".lp", "otlp": ".jsonl"}


@pytest.fixture(scope="module")
def telemetry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Telemetry with gaps, null cells, three kinds of units, and labels that need escapes."""
    rows = [
        (
            START + timedelta(hours=hour),
            server,
            None if hour % 7 == 3 else (hour * 137 % 10_000) / 100,
            None if hour % 11 == 3 else hour * 1501 / 100,
            None if hour % 7 == 3 else hour / 7 * 1e-7,
            region,
        )
        for server, region in REGIONS.items()
        for hour in range(HOURS)
        if server != "b" or hour not in {5, 6, 30}
    ]
    floats = dict.fromkeys(["cpu_p95", "net_in", "load.1"], pl.Float64)
    schema: Any = {
        "timestamp": pl.Datetime("us"),
        "server_id": pl.String,
        **floats,
        "region": pl.String,
    }
    frame = pl.DataFrame(rows, schema, orient="row").with_columns(server_type=pl.lit("web"))
    folder = tmp_path_factory.mktemp("telemetry") / "telemetry"
    metrics = (CPU, NET, LOAD)
    return write_telemetry(folder, frame, metrics, labels=("server_type", "region"))


@pytest.fixture(scope="module")
def handed(telemetry: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return what a destination is handed, made once."""
    folder = tmp_path_factory.mktemp("handed")

    def make(name: str) -> Path:
        path = folder / f"{name}{ENDINGS.get(name, '')}"
        if not path.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(export_rows, "ROWS_AT_ONCE", 31)
                capgen.hand_over(telemetry, name, path)
        return path

    return make


@pytest.mark.parametrize("name", ENDINGS)
def test_a_metric_called_text_is_no_text_of_the_lines(
    name: str, build_once: BuildOnce, tmp_path: Path
) -> None:
    day = {"num_servers": 2, "start_date": "2024-03-09", "end_date": "2024-03-09"}
    told = []
    for column in ("cpu_p95", "text"):
        data = build_once(metrics={"cpu": {"column": column}}, **day)
        path = tmp_path / f"{column}{ENDINGS[name]}"
        capgen.hand_over(data, name, path)
        told.append(path.read_text().replace(column, "NAME"))
    assert told[0] == told[1]


@pytest.fixture(scope="module")
def expected(telemetry: Path) -> Samples:
    return panel_samples(telemetry, FACTORS)


def openmetrics(text: str) -> list[Any]:
    """Return the families of a text, as Prometheus' own library parses them."""
    parser: Any = pytest.importorskip("prometheus_client.openmetrics.parser")
    return list(parser.text_string_to_metric_families(text))


def otlp_resource(line: str) -> Any:
    """Return the one resource of a line; the protocol's own library cannot stand beside Ray."""
    (resource,) = json.loads(line)["resourceMetrics"]
    return resource


def test_openmetrics_as_its_own_parser_reads_it(handed: Any, expected: Samples) -> None:
    text = handed("prometheus").read_text()
    families = openmetrics(text)
    assert [(family.name, family.type, family.unit) for family in families] == [
        ("capgen_cpu_p95_ratio", "gauge", "ratio"),
        ("capgen_net_in_bytes_per_second", "gauge", "bytes_per_second"),
        ("capgen_load_1", "gauge", ""),
    ]
    assert "percent, P95 of each step" in families[0].documentation
    found: Samples = {}
    for family in families:
        for sample in family.samples:
            key = (COLUMNS[sample.name], sample.labels["instance"])
            found.setdefault(key, []).append((int(float(sample.timestamp)), sample.value))
            assert sample.labels.get("region") == (REGIONS[key[1]] or None)
    assert found == expected
    assert list(found) == sorted(found, key=lambda key: (list(FACTORS).index(key[0]), key[1]))
    assert text.endswith("# EOF\n")


def test_openmetrics_is_loaded_back(handed: Any, telemetry: Path, tmp_path: Path) -> None:
    capgen.load(handed("prometheus"), tmp_path / "back", mapping="prometheus")
    back = panel_samples(tmp_path / "back", dict.fromkeys(COLUMNS, Decimal(1)))
    samples = {(COLUMNS[name], server): rows for (name, server), rows in back.items()}
    assert samples == panel_samples(telemetry, FACTORS)


@pytest.mark.skipif(not prometheus_program.IS_HERE, reason="prometheus is not installed")
def test_prometheus_answers_what_it_was_handed(
    handed: Any, expected: Samples, tmp_path: Path
) -> None:
    found, labels = prometheus_program.loaded(
        handed("prometheus"), tmp_path, COLUMNS, SPAN, step=3600
    )
    assert found == expected
    regions = {each["instance"]: each.get("region") for each in labels}
    assert regions == {server: region or None for server, region in REGIONS.items()}


@pytest.mark.skipif(not victoriametrics.IS_HERE, reason="victoria-metrics is not installed")
def test_victoriametrics_answers_what_it_was_handed(
    handed: Any, expected: Samples, tmp_path: Path
) -> None:
    found = victoriametrics.loaded(handed("victoriametrics"), tmp_path, COLUMNS)
    assert found.keys() == expected.keys()
    for key, samples in expected.items():
        assert [at for at, _ in found[key]] == [at for at, _ in samples]
        values = [value for _, value in samples]
        # Its store keeps decimals: whole those of the panel, and 12 digits of others.
        near = pytest.approx(values, rel=1e-11) if key[0] == "load.1" else values
        assert [value for _, value in found[key]] == near


@pytest.mark.skipif(not influxdb.IS_HERE, reason="influxdb is not installed")
def test_influxdb_answers_what_it_was_handed(handed: Any, telemetry: Path, tmp_path: Path) -> None:
    found, tags = influxdb.loaded(handed("influx"), tmp_path, list(FACTORS))
    assert found == panel_samples(telemetry, AS_IT_IS)
    assert {each["host"]: each["region"] or None for each in tags} == {
        server: region or None for server, region in REGIONS.items()
    }


def test_line_protocol_as_it_is_specified(handed: Any, telemetry: Path) -> None:
    found: Samples = {}
    lines = [line for line in handed("influx").read_text().splitlines() if line[0] != "#"]
    for tags, fields, nanoseconds in map(parsed_point, lines):
        assert tags.get("region") == (REGIONS[tags["host"]] or None)
        for name, value in fields.items():
            key = (name, tags["host"])
            found.setdefault(key, []).append((int(nanoseconds) // 10**9, float(value)))
    assert found == panel_samples(telemetry, AS_IT_IS)


def parsed_point(line: str) -> tuple[dict[str, str], dict[str, str], str]:
    """Return tags, fields and time of a line; a backslash before `,`, `=` or a space escapes it."""
    head, fields, stamp = re.split(r"(?<!\\) ", line)
    measurement, *tags = re.split(r"(?<!\\),", head)
    assert measurement == "capgen"
    return pairs(tags), pairs(re.split(r"(?<!\\),", fields)), stamp


def pairs(texts: list[str]) -> dict[str, str]:
    split = [re.split(r"(?<!\\)=", text) for text in texts]
    return {plain(name): plain(value) for name, value in split}


def plain(text: str) -> str:
    return re.sub(r"\\([,= ])", r"\1", text)


def test_otlp_as_its_protocol_says(handed: Any, expected: Samples) -> None:
    found: Samples = {}
    for line in handed("otlp").read_text().splitlines():
        assert len(line) < 2**20
        resource = otlp_resource(line)
        attributes = {
            each["key"]: each["value"]["stringValue"] for each in resource["resource"]["attributes"]
        }
        server = attributes["host.name"]
        assert attributes.get("region") == (REGIONS[server] or None)
        (scope,) = resource["scopeMetrics"]
        for metric in scope["metrics"]:
            points = [
                (int(point["timeUnixNano"]) // 10**9, point["asDouble"])
                for point in metric["gauge"]["dataPoints"]
            ]
            key = (metric["name"].removeprefix("capgen."), server)
            found.setdefault(key, []).extend(points)
            unit = {"cpu_p95": "1", "net_in": "By/s", "load.1": ""}[key[0]]
            assert metric.get("unit", "") == unit
    assert found == expected


letters = any_text(20).filter(lambda text: text and "\0" not in text)


@settings(max_examples=50)
@given(letters)
def test_any_text_may_be_a_label(text: str) -> None:
    labels = prometheus._labels({"instance": text})
    (family,) = openmetrics(f"# TYPE a gauge\na{labels} 1.0\n# EOF\n")
    assert family.samples[0].labels == {"instance": text}
    line = f"{otlp._resource({'host.name': text})}]}}]}}]}}"
    resource = otlp_resource(line)
    (attribute,) = resource["resource"]["attributes"]
    assert attribute["value"]["stringValue"] == text


@settings(max_examples=50)
@given(letters.filter(lambda text: not re.search(r"[\r\n]|\\$", text)))
def test_line_protocol_holds_what_it_can_hold(text: str) -> None:
    point = f"{influx._tags({'host': text})} {influx._escaped('a,b =c')}=1.0 1"
    assert parsed_point(point) == ({"host": text}, {"a,b =c": "1.0"}, "1")


@pytest.mark.parametrize(
    ("unit", "column", "name", "factor"),
    [
        ("percent", "cpu_p95", "capgen_cpu_p95_ratio", "1/100"),
        ("fraction", "busy_ratio", "capgen_busy_ratio", "1"),
        ("Mbps", "net_in_p95", "capgen_net_in_p95_bytes_per_second", "125000"),
        ("GiB", "used", "capgen_used_bytes", "1073741824"),
        ("byte/min", "sent", "capgen_sent_bytes_per_second", "1/60"),
        ("ms", "wait", "capgen_wait_seconds", "1/1000"),
        ("MHz", "9 clock", "capgen__9_clock_hertz", "1000000"),
        ("kilogram", "weight", "capgen_weight", "1"),
        ("byte/step", "sum", "capgen_sum", "1"),
    ],
)
def test_names_and_base_units_by_convention(unit: str, column: str, name: str, factor: str) -> None:
    metric = MetricColumn(name=column, key=column, unit=unit, statistic="raw")
    measure = measure_of(metric)
    assert (measure.name, str(measure.factor)) == (name, factor)


@settings(max_examples=50)
@given(letters)
def test_any_text_may_name_a_metric(text: str) -> None:
    metric = MetricColumn(name=text, key=text, unit="percent", statistic="raw")
    assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*_ratio", measure_of(metric).name)
    assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", prometheus.DESTINATION.label_name(text))
    assert not prometheus.DESTINATION.label_name(text).startswith("__")


@settings(max_examples=20)
@given(st.lists(st.decimals(0, 10**6, places=4), min_size=1))
def test_values_in_base_units_are_those_of_the_decimals(values: list[Decimal]) -> None:
    for metric, factor in ((CPU, Decimal("0.01")), (NET, Decimal(125_000))):
        frame = pl.DataFrame({metric.name: [float(value) for value in values]})
        found = frame.select(measure_of(metric).values).to_series().to_list()
        assert found == [float(value * factor) for value in values]


@pytest.fixture(scope="module")
def cluster() -> Iterator[dict[str, str]]:
    with postgresql.cluster() as environment:
        yield environment


@pytest.mark.skipif(not postgresql.IS_HERE, reason="postgresql is not installed")
def test_postgresql_has_the_panel_by_the_statements_that_are_printed(
    handed: Any, telemetry: Path, cluster: dict[str, str]
) -> None:
    table = postgresql.loaded(handed("postgres"), cluster)
    panel = capgen.scan(telemetry).sort("server_id", "timestamp").collect()
    stamps = pl.col("timestamp").dt.strftime("%Y-%m-%d %H:%M:%S+00")
    text = panel.with_columns(stamps).write_csv()
    assert_frame_equal(
        table.with_columns(pl.col("cpu_p95", "net_in", "load.1").cast(pl.Float64)),
        pl.read_csv(io.StringIO(text), infer_schema=False).with_columns(
            pl.col("cpu_p95", "net_in", "load.1").cast(pl.Float64)
        ),
        check_exact=True,
    )
    assert "Mbit/s, raw samples" in postgresql.comments(cluster)


@pytest.mark.skipif(not clickhouse.IS_HERE, reason="chdb is not installed")
def test_clickhouse_has_the_panel_by_the_statements_that_are_printed(
    handed: Any, telemetry: Path, tmp_path: Path
) -> None:
    table, comments = clickhouse.loaded(handed("clickhouse"), tmp_path)
    panel = capgen.scan(telemetry).sort("server_id", "timestamp").collect()
    stamps = pl.col("timestamp").dt.replace_time_zone(None).cast(pl.Datetime("us"))
    assert_frame_equal(table.with_columns(stamps), panel, check_exact=True)
    assert "percent, P95 of each step" in comments


def test_a_hypertable_is_made_before_the_rows_come(handed: Any) -> None:
    script = (handed("timescale") / "load.sql").read_text()
    made, _, rows = script.partition("select create_hypertable('panel', by_range('timestamp'));")
    assert "create table panel" in made
    assert r"\copy panel from 'panel.csv'" in rows
    assert script.replace("select create_hypertable('panel', by_range('timestamp'));\n", "") == (
        (handed("postgres") / "load.sql").read_text()
    )


def test_statements_are_printed_and_one_file_goes_to_standard_output(
    telemetry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], handed: Any
) -> None:
    assert main(["export", str(telemetry), "--for=clickhouse", f"--out={tmp_path / 'c'}"]) == 0
    assert (tmp_path / "c/load.sql").read_text() in capsys.readouterr().out
    assert main(["export", str(telemetry), "--for=victoriametrics", f"--out={tmp_path / 'v'}"]) == 0
    formats = re.findall(r"format=(\S+)", capsys.readouterr().out)
    assert formats[1].split(",")[-2:] == [
        "4:metric:capgen_net_in_bytes_per_second",
        "5:time:unix_s",
    ]
    assert all(each in (tmp_path / "v/import.sh").read_text() for each in formats)
    assert main(["export", str(telemetry), "-", "--for=influx"]) == 0
    assert capsys.readouterr().out == handed("influx").read_text()


@pytest.mark.parametrize("name", ["prometheus", "otlp", "victoriametrics", "postgres"])
def test_no_rows_are_nothing_to_hand_over(name: str, telemetry: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="found none that meet the condition"):
        capgen.hand_over(telemetry, name, tmp_path / f"out{ENDINGS.get(name, '')}", where="false")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("columns", "renamed", "arguments", "words"),
    [
        (None, None, ["--for=prometheus", "--columns=region"], ["at least one metric"]),
        (None, None, ["--for=postgres", "--columns=cpu_p95,timestamp"], ["no server_id"]),
        (None, None, ["--for=influx", "a.csv"], ["influx", ".lp"]),
        (None, None, ["--for=postgres", "-"], ["postgres", "'-'"]),
        (None, None, ["--for=clickhouse", "--format=csv"], ["--format", "parquet"]),
        (["load.1", "load_1"], None, ["--for=prometheus"], ["'load.1' and 'load_1'", "--columns"]),
        (None, "host", ["--for=influx"], ["'server_id' and 'host'"]),
        (None, "instance", ["--for=victoriametrics"], ["'server_id' and 'instance'"]),
    ],
)
def test_wrong_requests_are_one_line(
    columns: list[str] | None,
    renamed: str | None,
    arguments: list[str],
    words: list[str],
    telemetry: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = telemetry
    if columns or renamed:
        data = other_names(tmp_path / "data", columns or ["cpu_p95"], renamed or "region")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main(["export", str(data), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(word in error for word in words)
    assert list((tmp_path / "here").iterdir()) == []


def other_names(folder: Path, metrics: list[str], label: str, text: str = "x") -> Path:
    """Write a row of telemetry with these columns."""
    row = {"timestamp": [START], "server_id": ["a"], "server_type": ["web"], label: [text]}
    frame = pl.DataFrame({**row, **{name: [1.0] for name in metrics}})
    kinds = [MetricColumn(name=each, key=each, unit="", statistic="raw") for each in metrics]
    return write_telemetry(folder, frame, kinds, labels=("server_type", label))


@pytest.mark.parametrize(
    ("destination", "text", "words"),
    [
        ("influx", "ends\\", "no backslash at the end"),
        ("influx", "two\nlines", "no line break"),
        ("victoriametrics", "two\nlines", "no line break"),
    ],
)
def test_labels_that_a_format_cannot_hold_are_refused_before_any_work(
    destination: str, text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = other_names(tmp_path / "data", ["cpu"], "region", text)
    out = tmp_path / f"out{ENDINGS.get(destination, '')}"
    assert main(["export", str(data), f"--for={destination}", f"--out={out}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"region: expected {words}" in line or words in line
    assert json.dumps(text)[1:-1] in line
    assert not out.exists()
