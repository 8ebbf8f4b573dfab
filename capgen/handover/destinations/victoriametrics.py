"""VictoriaMetrics: CSV, a file for each metric, and the format that its import is told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl

from capgen.handover.destination import File
from capgen.handover.handed import Handed
from capgen.handover.lines import SERVER, text_frames, unfit_labels, write_rows
from capgen.handover.measures import Measure, measure_of
from capgen.handover.monitoring import Monitoring
from capgen.storage.counted import Counted

_IMPORT = "http://localhost:8428/api/v1/import/csv"


class VictoriaMetrics(Monitoring):
    """CSV without a header, a file for each metric: a line with an empty value is refused."""

    name = "victoriametrics"
    summary = "VictoriaMetrics: its CSV import in base units; prints the `format` of each file"
    loading = """\
victoria-metrics -retentionPeriod=100y &
sh DATA/import.sh
curl "http://localhost:8428/api/v1/export" -d 'match[]=capgen_cpu_p95_ratio'"""

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield what keeps the rows from being handed over."""
        yield from super().problems(handed)
        yield from unfit_labels(handed, r"[\r\n]", "no line break")

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield a file for each metric, and the commands that import them."""
        for metric in handed.metrics:
            measure = measure_of(metric)
            yield File(f"{measure.name}.csv", partial(_write, handed, measure))
        yield File("import.sh", lambda file: _write_script(handed, file))

    def statements(self, handed: Handed, path: Path) -> str:
        """Return the format of each file."""
        return "\n".join(
            f"{path.name}/{measure.name}.csv  format={_format(handed, measure)}"
            for measure in map(measure_of, handed.metrics)
        )


DESTINATION = VictoriaMetrics()


def _write(handed: Handed, measure: Measure, file: Counted) -> None:
    columns = [SERVER, *handed.labels]
    for frame in text_frames(handed, [*columns, measure.metric.name, "timestamp"]):
        present = frame.drop_nulls(measure.metric.name)
        stamp = pl.col("timestamp").dt.epoch("s")
        write_rows(present.select(*columns, measure.values, stamp), file)


def _format(handed: Handed, measure: Measure) -> str:
    """Return what says which column is what, in the words of the import."""
    labels = DESTINATION.label_names(handed).values()
    parts = [*(f"label:{name}" for name in labels), f"metric:{measure.name}", "time:unix_s"]
    return ",".join(f"{number}:{part}" for number, part in enumerate(parts, 1))


def _write_script(handed: Handed, file: Counted) -> None:
    commands = [
        f"curl --fail --upload-file {measure.name}.csv --request POST "
        f'"${{1:-{_IMPORT}}}?format={_format(handed, measure)}"'
        for measure in map(measure_of, handed.metrics)
    ]
    lines = ["#!/bin/sh", "set -e", 'cd "$(dirname "$0")"', *commands]
    file.write("".join(f"{line}\n" for line in lines).encode())
