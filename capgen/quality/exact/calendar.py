"""The rule `calendar`: date columns and flags agree with the timestamp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from capgen import sql
from capgen.panel.clocks import flags_are_local
from capgen.panel.days import known_days
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.expected.buckets import bucket_minutes
from capgen.quality.expected.calendars import local_flags
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import EVERY_ROW, Measurement, Rule, reads

CALENDAR = Rule(
    "calendar",
    "Date columns and flags agree with the timestamp and the region's clock.",
    EVERY_ROW,
    "flags at fault",
)
_MOST_NAMED = 3
_FLAGS = ("year", "month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday")


def calendar_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield which flags disagree with the timestamp, or with the region's clock where it has one.

    Args:
        evidence: the dataset's evidence.
    """
    connection = evidence.source.connection
    described = evidence.source.described
    has_local_time = evidence.has_model() and flags_are_local(evidence.config)
    window = {
        "start_date": described.first_timestamp.date(),
        "end_date": described.last_timestamp.date(),
        "has_local_time": has_local_time,
    }
    connection.register("known_days", known_days(described.calendar).days)
    wrong = sql.fetch_rows(connection, "checks/calendar", window)
    if has_local_time:
        connection.register("local_flags", local_flags(evidence.config, evidence.calendars))
        parameters = {"bucket_minutes": bucket_minutes(evidence.config)}
        wrong += sql.fetch_rows(connection, "checks/local_flags", parameters)
    note = ", ".join(f"{row['flag']}: {row['cells']:,} from {row['first_day']} on" for row in wrong)
    servers = _odd_servers(evidence, wrong)
    of_whom = f", of {', '.join(servers[:_MOST_NAMED])}" if servers else ""
    finding = exact(CALENDAR.name, len(wrong), len(_FLAGS), "flags wrong", f"{note}{of_whom}")
    yield finding.naming(columns=[row["flag"] for row in wrong], servers=servers)


def _odd_servers(evidence: Evidence, wrong: Iterable[dict[str, Any]]) -> list[str]:
    """Return the servers at fault, where no model says who there is and some differ from most."""
    if evidence.has_model():
        return []
    found = (evidence.series.odd_servers(row["flag"], row["first_day"]) for row in wrong)
    return sorted(set(chain.from_iterable(found)))


MEASUREMENT = Measurement((CALENDAR,), calendar_finding, needs=reads("timestamp", *_FLAGS))
