"""The reader of Grafana's panel inspector."""

from capgen.telemetry.readers.grafana.reader import Grafana

__all__ = ["Grafana"]
