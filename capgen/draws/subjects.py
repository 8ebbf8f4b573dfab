"""Subjects of random streams: servers and groups of them, in the panel and in its futures."""

from __future__ import annotations

_MARK = "\n"  # in no name of a server or a group


def course(moment: int, draw: int) -> str:
    """Return what a future adds to the subjects of the panel.

    Args:
        moment: the first minute that is not known, since 1970-01-01 00:00.
        draw: number of the future.
    """
    return f"{_MARK}{moment}{_MARK}{draw}"


def course_of(subject: str) -> str:
    """Return what a future has added to a subject; nothing in the panel.

    Args:
        subject: a server or a group.
    """
    return subject[len(known(subject)) :]


def known(subject: str) -> str:
    """Return the panel's subject, whose past a future shares.

    Args:
        subject: a server or a group, of the panel or of a future.
    """
    return subject.partition(_MARK)[0]
