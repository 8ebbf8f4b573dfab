"""What a program must have loaded: the panel's own values, on the full grid."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

pandas: Any = import_module("pandas")
numpy: Any = import_module("numpy")

METRIC = "cpu_p95"
CALENDAR = ("hour", "month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday")


def loaded(**names: Any) -> dict[str, Any]:
    """Run the lines of the documentation, and return what they made.

    Args:
        names: what the lines take as given, such as the library's class.
    """
    text = Path(sys.argv[2]).read_text(encoding="utf-8")
    made = {"pandas": pandas, **names}
    exec(text, made)  # noqa: S102 - the lines are ours
    return made


def folder() -> Path:
    """Return the folder that was handed over."""
    return Path(sys.argv[1])


class Expected:
    """The panel's rows of each server in turn, and how many of them were compared."""

    def __init__(self) -> None:
        self._of = dict(tuple(pandas.read_parquet(sys.argv[3]).groupby("server_id")))
        self.values = 0
        self.nulls = 0

    @property
    def servers(self) -> set[str]:
        """The ids of all servers."""
        return set(self._of)

    def times(self, server: str) -> Any:
        """Return a server's timestamps, for files that have none.

        Args:
            server: its id.
        """
        return self._of[server]["timestamp"]

    def check(self, server: str, times: Any, values: Any, column: str = METRIC) -> None:
        """Compare the times and values of a server with the panel's, to the bit.

        Args:
            server: its id.
            times: as the program has them; naive, as UTC.
            values: as the program has them.
            column: the panel's.
        """
        own = self._of[server]
        assert list(pandas.DatetimeIndex(times)) == list(own["timestamp"])
        wanted = own[column].to_numpy(float)
        assert numpy.array_equal(numpy.asarray(values, float), wanted, equal_nan=True)
        self.values += len(own)
        self.nulls += int(numpy.isnan(wanted).sum())

    def say(self, facts: Iterable[str], *programs: str) -> None:
        """Print what was loaded with which version.

        Args:
            facts: what else holds.
            programs: their names on PyPI.
        """
        names = ", ".join(f"{name} {version(name)}" for name in programs)
        count = f"{self.values:,} values of {len(self._of)} servers, {self.nulls:,} of them null"
        print(f"{names}: {count}; {'; '.join(facts)}")
