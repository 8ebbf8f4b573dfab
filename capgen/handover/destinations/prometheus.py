"""Prometheus: OpenMetrics text, of which promtool makes the blocks of its store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from capgen.handover.destination import File
from capgen.handover.handed import Handed
from capgen.handover.lines import SERVER, TEXT, server_texts, text_frames, with_texts, write_words
from capgen.handover.measures import Measure, measure_of
from capgen.handover.monitoring import Monitoring
from capgen.storage.counted import Counted


class Prometheus(Monitoring):
    """OpenMetrics text: a metric after the other, its series in order, times in seconds."""

    name = "prometheus"
    summary = "Prometheus: OpenMetrics text in base units: ratios 0–1, bytes; labels are labels"
    loading = """\
promtool tsdb create-blocks-from --max-block-duration=8760h openmetrics DATA store/
prometheus --storage.tsdb.path=store/ --storage.tsdb.retention.time=100y --config.file=/dev/null
curl "http://localhost:9090/api/v1/series?match[]=capgen_cpu_p95_ratio\""""
    endings = (".om", ".openmetrics", ".txt")

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the one file."""
        yield File("panel.om", partial(_write, handed))


DESTINATION = Prometheus()


def _write(handed: Handed, file: Counted) -> None:
    texts = server_texts(handed, DESTINATION.label_names(handed), _labels)
    for metric in handed.metrics:
        measure = measure_of(metric)
        file.write(_described(measure).encode())
        series = texts.with_columns((pl.lit(measure.name) + pl.col(TEXT)).alias(TEXT))
        for frame in text_frames(handed, [SERVER, "timestamp", metric.name]):
            present = with_texts(frame.drop_nulls(metric.name), series)
            stamp = pl.col("timestamp").dt.epoch("s")
            write_words(present.select(TEXT, measure.values, stamp), file)
    file.write(b"# EOF\n")


def _described(measure: Measure) -> str:
    """Return the lines above a metric."""
    name = measure.name
    metric = measure.metric
    about = f"Column {metric.name} of a capgen panel ({metric.says})"
    lines = [f"# HELP {name} {_escaped(about)}", f"# TYPE {name} gauge"]
    if measure.unit:
        lines.append(f"# UNIT {name} {measure.unit}")
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: dict[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
