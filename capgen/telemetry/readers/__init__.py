"""The readers of exports: one file each, one list."""

from __future__ import annotations

from typing import Final

from capgen.telemetry.readers.cloudwatch import CloudWatch
from capgen.telemetry.readers.grafana import Grafana
from capgen.telemetry.readers.prometheus import Prometheus
from capgen.telemetry.readers.reader import Reader
from capgen.telemetry.readers.sadf import Sadf
from capgen.telemetry.readers.table.reader import Table

# A reader more is a line here. `table` comes last: it is what a mapping without a reader means.
READERS: Final[tuple[Reader, ...]] = (Prometheus(), Grafana(), CloudWatch(), Sadf(), Table())
