"""The reader of Grafana's panel inspector."""

from capgen.telemetry.readers.grafana.reader import GrafanaReader

__all__ = ["GrafanaReader"]
