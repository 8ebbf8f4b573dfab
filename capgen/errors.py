"""The errors capgen raises on purpose: one base class and its few children."""

from __future__ import annotations

from typing import ClassVar


class CapgenError(Exception):
    """The data or the run failed; one line says what was expected, what was got and the way out."""

    exit_code: ClassVar[int] = 1


class RequestError(CapgenError):
    """The request itself is wrong; found before any work started."""

    exit_code: ClassVar[int] = 2


class ConfigError(RequestError):
    """A configuration that cannot be used.

    Args:
        problems: one line for each problem: the key, what it got and what was expected.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class StoppedError(CapgenError):
    """The user, or the system, asked to stop."""

    exit_code: ClassVar[int] = 130  # 128 + SIGINT, as shells count
