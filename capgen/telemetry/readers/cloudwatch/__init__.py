"""The reader of CloudWatch: get-metric-statistics and get-metric-data."""

from capgen.telemetry.readers.cloudwatch.reader import CloudWatch

__all__ = ["CloudWatch"]
