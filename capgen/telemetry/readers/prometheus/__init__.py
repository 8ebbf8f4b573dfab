"""The reader of Prometheus: answers of query_range, and dumps of promtool."""

from capgen.telemetry.readers.prometheus.reader import Prometheus

__all__ = ["Prometheus"]
