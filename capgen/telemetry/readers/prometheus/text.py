"""Series and values as text: what promtool dumps, a line for each sample."""

from __future__ import annotations

import re
from collections.abc import Sequence

from capgen import sql
from capgen.errors import CapgenError
from capgen.telemetry.readers.assembly import Export

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_SERIES = re.compile(r"([A-Za-z_:][\w:.]*)?(?:\{(.*)\})?", re.DOTALL)
_ITEM = re.compile(rf"\s*(?:{_QUOTED}|([A-Za-z_][\w.]*))\s*(?:=\s*{_QUOTED})?\s*(?:,|$)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SAMPLE = re.compile(r"(?P<series>\S.*) (?P<value>\S+) (?P<stamp>-?[0-9.e+]+)")
_TYPE = re.compile(rb"# TYPE ([\w:]+) counter")


def parsed_series(text: str) -> tuple[str, dict[str, str]] | None:
    """Return a series' name and labels; None where the text names no series.

    Args:
        text: such as `up{instance="a:9100"}` or `{__name__="up", instance="a:9100"}`.
    """
    found = _SERIES.fullmatch(text)
    if found is None or text == "":
        return None
    labels = _parsed_labels(found[2] or "")
    if labels is None:
        return None
    name = labels.pop("__name__", None) or found[1] or ""
    return name, labels


def _parsed_labels(text: str) -> dict[str, str] | None:
    labels: dict[str, str] = {}
    position = 0
    while position < len(text):
        item = _ITEM.match(text, position)
        if item is None:
            return None
        name = item[2] if item[1] is None else _plain(item[1])
        if item[3] is not None:
            labels[name] = _plain(item[3])
        elif item[1] is not None:
            labels["__name__"] = name  # a name in quotes may have any letter
        else:
            return None
        position = item.end()
    return labels


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def reason_for_text(text: str) -> str | None:
    """Return why a file's start looks like a dump as text; None where it does not."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    comments = [line for line in lines if line.startswith(("# TYPE ", "# HELP ", "# EOF"))]
    first = next((line for line in lines if not line.startswith("#")), None)
    if first is None:
        return "it has the comments of OpenMetrics" if comments else None
    sample = _SAMPLE.fullmatch(first.rstrip())
    if sample is None or parsed_series(sample["series"]) is None:
        return "it has the comments of OpenMetrics" if comments else None
    if first.startswith("{__name__="):
        return "lines of a series, a value and milliseconds, as promtool tsdb dump writes them"
    if "{" in first or comments:
        return "lines of a series, a value and a time, as OpenMetrics has them"
    return None


def declared_counters(exports: Sequence[Export]) -> set[str]:
    """Return the names that comments declare counters, with and without `_total`."""
    names: set[str] = set()
    for export in exports:
        with export.opened() as lines:
            names |= {found[1].decode() for line in lines if (found := _TYPE.match(line))}
    return names | {f"{name}_total" for name in names}


def check_lines(connection: sql.Connection, exports: Sequence[Export]) -> None:
    """Refuse lines that are no samples.

    Args:
        connection: an open database with the table `counted`.
        exports: the files.

    Raises:
        CapgenError: there are some.
    """
    by_name = {export.filename: export for export in exports}
    rows = connection.table("counted").order("filename, first").fetchall()
    for identity, filename, _, stamped, _, samples in rows:
        if parsed_series(identity) is None or stamped < samples:
            export = by_name[filename]
            raise CapgenError(
                f"{export.name}: expected lines of a series, a value and a time, as promtool "
                f"tsdb dump writes them, got {(identity or _first_line(export))[:60]!r} without "
                f"these; a page of /metrics has no times: dump them with promtool tsdb "
                f"dump-openmetrics"
            )


def _first_line(export: Export) -> str:
    lines = export.start.splitlines()
    return next((line for line in lines if not line.startswith("#")), "")
