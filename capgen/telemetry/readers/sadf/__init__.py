"""The reader of sysstat's sadf: its rows (-d) and its JSON (-j)."""

from capgen.telemetry.readers.sadf.reader import Sadf

__all__ = ["Sadf"]
