"""Options whose value is a moment, or a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import typer


def moment(text: str | datetime) -> datetime:
    """Read an option's value that is a moment in UTC.

    Args:
        text: the value as the user wrote it: a day, or a day and a time, which may have a zone.

    Returns:
        The moment, without a zone.

    Raises:
        BadParameter: the value is not a moment.
    """
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise typer.BadParameter(
            f"expected a moment such as 2024-01-31 or '2024-01-31 13:00', got {text!r}."
        ) from None
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)


def day(text: str | date) -> date:
    """Read an option's value that is a day.

    Args:
        text: the value as the user wrote it.

    Raises:
        BadParameter: the value is not a day.
    """
    try:
        return datetime.strptime(str(text), "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"expected a day as YYYY-MM-DD, got {text!r}.") from None
