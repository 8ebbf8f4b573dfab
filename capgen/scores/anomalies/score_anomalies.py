"""Scores what a detector of anomalies flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl

from capgen.scores.anomalies.detections import Detections
from capgen.scores.anomalies.flags import Flags, read_flags
from capgen.scores.anomalies.runs import run_of
from capgen.scores.anomalies.truth import Truth
from capgen.scores.panel import Panel
from capgen.storage.location import locate
from capgen.system.paths import StrPath
from capgen.timeline.epoch import MINUTES_PER_HOUR
from capgen.words import counted

_MOST_VALUES = 20_000_000  # that are held at one time: some 500 MB
_VALUES_PER_STEP = 12
_KEYS = ["server_id", "timestamp"]
_EVENT = ["server_id", "kind", "event"]
_IS_FLAGGED = pl.col("is_flagged")


def score_anomalies(
    flags: StrPath,
    data: StrPath,
    *,
    since: datetime | None = None,
    kinds: Sequence[str] = (),
    threshold: float | None = None,
    on_servers: Callable[[int, int], None] = lambda _done, _total: None,
) -> Detections:
    """Score what a detector flags, beside what was done to the data.

    All steps of all servers count at which there is any value; what the file does not mention is
    not flagged. An event is found where one of the steps that it changed is flagged.

    Args:
        flags: a file of Parquet or CSV: server_id (or unique_id), and either timestamp (or ds)
            with is_anomaly or score, or start and end, which is no part of the interval.
        data: folder of the panel that the detector looked at.
        since: the first timestamp that counts; by default the panel's.
        kinds: which kinds of anomaly count: types of events, spike, outlier; by default all.
        threshold: scores above it are flags.
        on_servers: hears how many servers of how many are done.

    Returns:
        The counts, with the frame `table` by kind.

    Raises:
        RequestError: the folder is no dataset that capgen built, the file holds no flags of it, or
            all of them are at times that do not count.
        CapgenError: a file cannot be read.
    """
    panel = Panel.of(data)
    truth = Truth.of(panel, kinds)
    start = since or panel.first
    opened = read_flags(locate(flags), panel, start, threshold)
    servers = panel.servers["server_id"].to_list()
    counts: Counter[str] = Counter()
    kinds_found = []
    events = []
    done = 0
    for batch in panel.batches(servers, _VALUES_PER_STEP, _MOST_VALUES):
        rows, labels = _batch(truth, opened, batch, start, counts)
        kinds_found.append(_steps_by_kind(rows, labels))
        events.append(_events(labels))
        done += len(batch)
        on_servers(done, len(servers))
    return Detections(
        flags=str(flags),
        data=str(data),
        start=start,
        stop=panel.last,
        servers=len(servers),
        steps=counts["steps"],
        flagged=counts["flagged"],
        flagged_rightly=counts["flagged_rightly"],
        alarms=counts["alarms"],
        right_alarms=counts["right_alarms"],
        table=_table(pl.concat(kinds_found), pl.concat(events), truth.kinds),
        notes=[*opened.notes, *_outside(counts)],
    )


def _batch(
    truth: Truth, flags: Flags, servers: Sequence[str], since: datetime, counts: Counter[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the steps of some servers, and their labels; both say what is flagged."""
    step = truth.panel.step
    flagged = flags.of_servers(servers).with_columns(is_flagged=pl.lit(True))
    rows = truth.rows(servers, since).join(flagged, on=_KEYS, how="left", maintain_order="left")
    rows = rows.with_columns(_IS_FLAGGED.fill_null(False))
    labels = truth.labels(rows)
    struck = labels.select(_KEYS).unique().with_columns(is_anomaly=pl.lit(True))
    rows = rows.join(struck, on=_KEYS, how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("is_anomaly").fill_null(False))
    hits = rows.filter("is_flagged")
    alarms = hits.group_by(run_of(step)).agg(pl.col("is_anomaly").any())
    counts["steps"] += rows.height
    counts["flagged"] += hits.height
    counts["flagged_rightly"] += int(hits["is_anomaly"].sum())
    counts["alarms"] += alarms.height
    counts["right_alarms"] += int(alarms["is_anomaly"].sum())
    counts["outside"] += flagged.height - hits.height
    return rows, labels


def _steps_by_kind(rows: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Return how many steps each kind struck, and how many of them are flagged."""
    struck = labels.unique([*_KEYS, "kind"]).select("kind", "is_flagged")
    of_all = rows.filter("is_anomaly").select("is_flagged", kind=pl.lit("all"))
    both = pl.concat([of_all.select("kind", "is_flagged"), struck])
    return both.group_by("kind").agg(steps=pl.len(), steps_found=_IS_FLAGGED.sum())


def _events(labels: pl.DataFrame) -> pl.DataFrame:
    """Return each event of each server: its kind, and the delay where it is found."""
    moment = pl.col("timestamp")
    first_flag = moment.filter(_IS_FLAGGED).min()
    hours = (first_flag - moment.min()).dt.total_minutes() / MINUTES_PER_HOUR
    return labels.group_by(_EVENT).agg(delay=hours).select("kind", "delay")


def _table(steps: pl.DataFrame, events: pl.DataFrame, kinds: Sequence[str]) -> pl.DataFrame:
    delay = pl.col("delay")
    twice = pl.concat([events.with_columns(kind=pl.lit("all")), events])
    by_event = twice.group_by("kind").agg(
        events=pl.len(),
        events_found=delay.count(),
        delay_median=delay.median(),
        delay_mean=delay.mean(),
    )
    by_step = steps.group_by("kind").agg(pl.col("steps", "steps_found").sum())
    named = pl.DataFrame({"kind": ["all", *kinds]})
    counts = ("steps", "steps_found", "events", "events_found")
    found = (
        named.join(by_step, on="kind", how="left", maintain_order="left")
        .join(by_event, on="kind", how="left", maintain_order="left")
        .with_columns(pl.col(counts).fill_null(0).cast(pl.Int64))
    )
    return found.select(
        "kind",
        "steps",
        "steps_found",
        _share("steps").alias("recall"),
        "events",
        "events_found",
        _share("events").alias("event_recall"),
        "delay_median",
        "delay_mean",
    )


def _share(what: str) -> pl.Expr:
    return pl.when(pl.col(what) > 0).then(pl.col(f"{what}_found") / pl.col(what))


def _outside(counts: Counter[str]) -> list[str]:
    if not counts["outside"]:
        return []
    number = counted(counts["outside"], "flagged step")
    return [f"left out: {number} before the start, after the panel's end, or without any value"]
