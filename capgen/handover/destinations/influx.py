"""InfluxDB: line protocol, a point for each row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import polars as pl

from capgen.handover.destination import File
from capgen.handover.handed import Handed
from capgen.handover.lines import (
    SERVER,
    TEXT,
    server_texts,
    text_frames,
    unfit_labels,
    with_texts,
    write_words,
)
from capgen.handover.measures import Measure
from capgen.handover.monitoring import Monitoring
from capgen.storage.counted import Counted

MEASUREMENT = "capgen"
_HEAD = f"# DML\n# CONTEXT-DATABASE: {MEASUREMENT}\n"  # for `influx -import`; else a comment
_SPECIAL = re.compile(r"([,= ])")
_UNFIT = r"[\r\n]|\\$"
_NOTHING = ""  # a row without values has no point


class Influx(Monitoring):
    """Line protocol: labels are tags, metrics are fields, times are nanoseconds."""

    name = "influx"
    summary = "InfluxDB: line protocol in the panel's units: labels are tags, metrics are fields"
    loading = """\
influx -execute "create database capgen"; influx -import -path=DATA    # 1.x
influx write --bucket capgen --file DATA                                # 2.x
influx -database capgen -execute "select mean(cpu_p95) from capgen group by host\""""
    endings = (".lp", ".txt")
    server = "host"

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield that there are no metrics, or labels that line protocol cannot hold."""
        yield from super().problems(handed)
        yield from unfit_labels(handed, _UNFIT, "no line break, and no backslash at the end")

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the one file."""
        yield File("panel.lp", partial(_write, handed))

    def label_name(self, column: str) -> str:
        """Return a tag's name, which may have any letters."""
        return column

    def metric_name(self, measure: Measure) -> str:
        """Return a field's name, which may have any letters."""
        return measure.metric.name


DESTINATION = Influx()


def _write(handed: Handed, file: Counted) -> None:
    texts = server_texts(handed, DESTINATION.label_names(handed), _tags)
    names = [metric.name for metric in handed.metrics]
    fields = [pl.lit(f"{_escaped(name)}=") + pl.col(name).cast(pl.String) for name in names]
    file.write(_HEAD.encode())
    for frame in text_frames(handed, [SERVER, "timestamp", *names]):
        lines = with_texts(frame, texts).select(
            TEXT,
            pl.concat_str(fields, separator=",", ignore_nulls=True).alias("fields"),
            pl.col("timestamp").dt.epoch("ns"),
        )
        write_words(lines.filter(pl.col("fields") != _NOTHING), file)


def _tags(labels: dict[str, str]) -> str:
    """Return the measurement and the tags, sorted by name, as its store wants them."""
    tags = (f"{_escaped(name)}={_escaped(value)}" for name, value in sorted(labels.items()))
    return ",".join([MEASUREMENT, *tags])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
