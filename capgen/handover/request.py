"""What is asked to be handed over, beside what is wanted of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from capgen.config.suggest import nearest
from capgen.dataset.export.selection import Selection
from capgen.errors import RequestError

ANOMALIES = ("events", "outliers", "spikes")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked to be handed over.

    Args:
        selection: what is wanted of the rows.
        form: the format of the files, where there is a choice.
        until: the last day of the train part, or the moment at which the test part begins; by
            default there is one part.
        stacked: all metrics in one file, in place of one file a metric.
        anomalies: what is labelled: `events`, `outliers`, `spikes`.
    """

    selection: Selection = field(default_factory=Selection)
    form: str | None = None
    until: date | None = None
    stacked: bool = False
    anomalies: tuple[str, ...] = ()

    @property
    def cut(self) -> datetime | None:
        """The moment at which the test part begins; None where there is one part."""
        if self.until is None or isinstance(self.until, datetime):
            return self.until
        return datetime.combine(self.until, time()) + timedelta(days=1)

    @property
    def options(self) -> Iterator[str]:
        """The options that not every destination takes, as far as they are given."""
        given = {
            "until": self.until is not None,
            "stacked": self.stacked,
            "anomalies": bool(self.anomalies),
        }
        return (name for name, is_given in given.items() if is_given)


def check_anomalies(names: Sequence[str]) -> tuple[str, ...]:
    """Return what is labelled.

    Args:
        names: some of `ANOMALIES`.

    Raises:
        RequestError: there are no such anomalies.
    """
    for name in names:
        if name not in ANOMALIES:
            raise RequestError(
                f"--anomalies: expected {', '.join(ANOMALIES)}, "
                f"got {name!r}{nearest(name, ANOMALIES)}"
            )
    return tuple(dict.fromkeys(names))


def moment_of(text: str | date) -> date:
    """Return a day, or a moment in UTC.

    Args:
        text: such as `2025-10-31` or `2025-10-31 12:00`.

    Raises:
        RequestError: it is neither.
    """
    if isinstance(text, date) and getattr(text, "tzinfo", None) is None:
        return text
    for kind in (date, datetime):
        try:
            found = kind.fromisoformat(str(text))
        except ValueError:
            continue
        if not isinstance(found, datetime) or found.tzinfo is None:
            return found
    raise RequestError(
        "--until: expected a day such as 2025-10-31, or a moment in UTC such as "
        f"'2025-10-31 12:00', got {text!r}"
    )
