"""OpenTelemetry: lines of OTLP JSON, as the collector's file exporter writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl

from capgen.handover.destination import File
from capgen.handover.handed import Handed
from capgen.handover.lines import SERVER, TEXT, server_texts, text_frames, with_texts, write_words
from capgen.handover.measures import PREFIX, Measure, measure_of
from capgen.handover.monitoring import Monitoring
from capgen.storage.counted import Counted
from capgen.version import __version__

_POINTS = 8_000  # of a line; the collector's file receiver takes lines of up to 1 MiB by default
_POINT = ('{"timeUnixNano":"', '","asDouble":', "}")


class OpenTelemetry(Monitoring):
    """Lines of OTLP JSON: a line has a server's points of some time, of all metrics."""

    name = "otlp"
    summary = "OpenTelemetry: lines of OTLP JSON in base units: ratios 0–1, By/s; resources"
    loading = """\
# in the collector's configuration, beside an exporter:
#   receivers: {otlpjsonfile: {include: [DATA], start_at: beginning}}
otelcol-contrib --config collector.yaml"""
    endings = (".jsonl", ".json", ".ndjson")
    server = "host.name"

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the one file."""
        yield File("panel.jsonl", partial(_write, handed))

    def label_name(self, column: str) -> str:
        """Return an attribute's name, which may have any letters."""
        return column

    def metric_name(self, measure: Measure) -> str:
        """Return a metric's name; exporters to Prometheus make of it what ours has."""
        return f"{PREFIX}.{measure.metric.name}"


DESTINATION = OpenTelemetry()


def _write(handed: Handed, file: Counted) -> None:
    measures = [measure_of(metric) for metric in handed.metrics]
    texts = server_texts(handed, DESTINATION.label_names(handed), _resource)
    names = [metric.name for metric in handed.metrics]
    for frame in text_frames(handed, [SERVER, "timestamp", *names]):
        for piece in frame.iter_slices(_POINTS // len(names)):
            write_words(_lines(piece, texts, measures), file)


def _lines(piece: pl.DataFrame, texts: pl.DataFrame, measures: list[Measure]) -> pl.DataFrame:
    """Return a line for each server that has values."""
    names = [measure.metric.name for measure in measures]
    points = piece.select(SERVER, *map(_points, measures))
    joined = points.group_by(SERVER, maintain_order=True).agg(pl.col(names).str.join(","))
    present = joined.filter(pl.any_horizontal(pl.col(names) != ""))
    metrics = pl.concat_str(map(_metric, measures), separator=",", ignore_nulls=True)
    return with_texts(present, texts).select(
        pl.concat_str(TEXT, metrics, pl.lit("]}]}]}")),
    )


def _points(measure: Measure) -> pl.Expr:
    start, middle, end = _POINT
    nanoseconds = pl.col("timestamp").dt.epoch("ns")
    point = pl.concat_str(pl.lit(start), nanoseconds, pl.lit(middle), measure.values, pl.lit(end))
    return point.alias(measure.metric.name)


def _metric(measure: Measure) -> pl.Expr:
    """Return what makes a metric of its points; null where it has none."""
    column = pl.col(measure.metric.name)
    facts = {
        "name": DESTINATION.metric_name(measure),
        "description": measure.metric.says,
        "unit": measure.ucum,
    }
    head = f'{_compact(facts)[:-1]},"gauge":{{"dataPoints":['
    whole = pl.concat_str(pl.lit(head), column, pl.lit("]}}"))
    return pl.when(column != "").then(whole)


def _resource(labels: dict[str, str]) -> str:
    """Return the start of a server's lines, up to the first metric."""
    attributes = [{"key": name, "value": {"stringValue": text}} for name, text in labels.items()]
    scope = _compact({"name": PREFIX, "version": __version__})
    resource = _compact({"attributes": attributes})
    return (
        f'{{"resourceMetrics":[{{"resource":{resource},"scopeMetrics":'
        f'[{{"scope":{scope},"metrics":['
    )


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
