"""From exports to rows: read, staged, surveyed, then mended and written bucket by bucket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine, telemetry_schema
from capgen.errors import RequestError
from capgen.storage.entries import FileEntry
from capgen.storage.layout import part_path
from capgen.telemetry.account import Tally
from capgen.telemetry.choosing import Choice
from capgen.telemetry.continuity import Continuity
from capgen.telemetry.days import days_of
from capgen.telemetry.expressions import check_expressions
from capgen.telemetry.labels import Labels, make_labels
from capgen.telemetry.mending import PANEL_ROWS, Mending
from capgen.telemetry.readers.given_files import GivenFile, tell
from capgen.telemetry.readers.reader import Read, ReadMetric
from capgen.telemetry.repairs import join_lines, repair_lines
from capgen.telemetry.staging import Staged, buckets_for, stage
from capgen.telemetry.steps import steps_of
from capgen.telemetry.survey import Survey, survey
from capgen.telemetry.treatment import Treatment, name_of, treatment
from capgen.telemetry.writing import file_schema, write_rows

OnSamples = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of exports.

    Args:
        treatment: how metrics were treated.
        labels: the servers' labels.
        continuity: the servers' lives.
        samples: number of samples.
        account: what was found, repaired and guessed.
        files: the data files; none where nothing was written.
    """

    treatment: Treatment
    labels: Labels
    continuity: Continuity
    samples: int
    account: Sequence[AccountLine]
    files: Sequence[FileEntry]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Loads exports.

    Args:
        choice: the exports, the reader and the mapping.
        files: the exports, in order.
        to: the step that is wanted; None for that of the exports.
        spill: a new folder for what does not fit into memory.
        on_samples: called with how many samples of how many are done.
    """

    choice: Choice
    files: Sequence[GivenFile]
    to: str | None
    spill: Path
    on_samples: OnSamples

    def run(self, connection: sql.Connection, room: Path | None) -> Loaded:
        """Load the exports.

        Args:
            connection: an empty database.
            room: where to write the data files; None to write none.
        """
        mapping = self.choice.mapping
        files = [file.path for file in self.files]
        tell(connection, files, mapping)
        read = self.choice.reader.read(connection, files, mapping)
        metrics = _by_name(read)
        check_expressions(metrics.values())
        staged = self._stage(connection, read)
        found = survey(connection)
        steps, guesses = steps_of(staged, found.metrics, mapping.step)
        treated = treatment(metrics, found, steps, self.to)
        labels = make_labels(connection, mapping, files)
        _make_calendar(connection, found, self.choice)
        mending = Mending(connection, treated, mapping, read.zone, found.metrics, staged.metrics)
        mending.prepare()
        tally = Tally()
        continuity = Continuity()
        entries = list(self._mended(mending, staged, labels, tally, continuity, room, found))
        account = [
            *self.choice.account,
            *read.guesses,
            *guesses,
            *treated.guesses,
            *read.notes,
            *found.lines,
            *join_lines(treated),
            *repair_lines(tally, treated, mapping),
            *labels.lines,
            *continuity.lines(treated, tally),
        ]
        return Loaded(treated, labels, continuity, found.samples, account, entries)

    def _stage(self, connection: sql.Connection, read: Read) -> Staged:
        names = {series: name_of(metric) for series, metric in read.metrics.items()}
        buckets = buckets_for(self.files)
        mapping = self.choice.mapping
        return stage(connection, read.metrics, names, mapping, self.spill, buckets)

    def _mended(
        self,
        mending: Mending,
        staged: Staged,
        labels: Labels,
        tally: Tally,
        continuity: Continuity,
        room: Path | None,
        found: Survey,
    ) -> Iterator[FileEntry]:
        parts: Counter[tuple[int, str]] = Counter()
        done = 0
        for bucket in range(staged.buckets):
            if not staged.view(bucket):
                continue
            mending.rows(tally)
            columns = [{"column": each.column.name} for each in mending.treatment.metrics]
            connection = mending.connection
            lives = sql.run_query(connection, "load/lives", {})
            absent = sql.run_query(connection, "load/absent_rows", {}, columns)
            continuity.add(lives, absent)
            if room is not None:
                yield from _files(mending, labels, parts, room)
            done += sql.count_rows(connection, "bucket")
            self.on_samples(done, found.samples)


def _by_name(read: Read) -> dict[str, ReadMetric]:
    """Return metrics by name; several series may be one metric if they are alike."""
    metrics: dict[str, ReadMetric] = {}
    for series, metric in read.metrics.items():
        name = name_of(metric)
        if metrics.setdefault(name, metric) != metric:
            raise RequestError(
                f"metrics: expected series of {name!r} that are alike, got {series!r}, which is "
                f"{metric}; give it a key of its own"
            )
    return metrics


def _make_calendar(connection: sql.Connection, found: Survey, choice: Choice) -> None:
    day = timedelta(days=1)  # the exports' clock may be another than UTC
    first = found.first_moment - day
    days = days_of(first, found.last_moment + day, choice.mapping.holidays)
    connection.from_arrow(days.to_arrow()).create("calendar")


def _files(
    mending: Mending, labels: Labels, parts: Counter[tuple[int, str]], room: Path
) -> Iterator[FileEntry]:
    """Write the rows of a bucket, a file for each partition."""
    treated = mending.treatment
    metrics = [each.column for each in treated.metrics]
    counts = treated.sample_counts
    schema = telemetry_schema([each.name for each in metrics], counts, labels.names)
    arrow = file_schema(schema, metrics, counts)
    connection = mending.connection
    keys = connection.view(PANEL_ROWS).project("year, server_type").distinct().fetchall()
    for year, server_type in sorted(keys):
        path = part_path(year, server_type, parts[year, server_type])
        parts[year, server_type] += 1
        parameters = {"year": year, "server_type": server_type}
        rows = sql.run_query(connection, "load/partition", parameters)
        yield write_rows(rows.select(arrow.names), room, path, arrow, metrics)
