"""The traps of monitoring exports: each a small file, the right answer, and what capgen says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from capgen.errors import CapgenError
from tests.exports.opened import opened

NOON = datetime(2024, 1, 1, 12)
FIVE_PAST = datetime(2024, 1, 1, 12, 5)
NOON_SECONDS = 1704110400


@dataclass(frozen=True, slots=True)
class Trap:
    """A trap.

    Args:
        reader: the reader.
        files: what stands in them, by name.
        rows: server, key, device, moment and value of all readings; None where it is refused.
        says: a text that an error, a guess or a note has.
        mapping: what the user says.
    """

    reader: str
    files: Mapping[str, bytes | str]
    rows: list[tuple[Any, ...]] | None
    says: str = ""
    mapping: Mapping[str, Any] = field(default_factory=dict)


def answer(*elements: str, kind: str = "matrix") -> str:
    return (
        f'{{"status":"success","data":{{"resultType":"{kind}","result":[{",".join(elements)}]}}}}'
    )


def series(labels: str, *values: str) -> str:
    return f'{{"metric":{{{labels}}},"values":[{",".join(values)}]}}'


UP = '"__name__":"up","instance":"a"'
CPU = '"__name__":"node_cpu_seconds_total","instance":"a"'
ONE = f'[{NOON_SECONDS},"1"]'
PROMETHEUS = {
    "fractions of seconds are kept": Trap(
        "prometheus",
        {"q.json": answer(series(UP, f'[{NOON_SECONDS}.123,"0.1"]'))},
        [("a", "up", None, NOON.replace(microsecond=123000), 0.1)],
    ),
    "not a number and infinity are texts in JSON": Trap(
        "prometheus",
        {"q.json": answer(series(UP, f'[{NOON_SECONDS},"-Inf"]', f'[{NOON_SECONDS},"+Inf"]'))},
        [
            ("a", "up", None, NOON, float("-inf")),
            ("a", "up", None, NOON, float("inf")),
        ],
    ),
    "numbers with exponents": Trap(
        "prometheus",
        {"q.json": answer(series(UP, f'[{NOON_SECONDS},"1.5e+09"]'))},
        [("a", "up", None, NOON, 1.5e9)],
    ),
    "values that are texts of other things": Trap(
        "prometheus",
        {"q.json": answer(series(UP, f'[{NOON_SECONDS},"1_000"]'))},
        [("a", "up", None, NOON, "1_000")],
    ),
    "an error of the server": Trap(
        "prometheus",
        {"q.json": '{"status":"error","errorType":"bad_data","error":"exceeded 11,000 points"}'},
        None,
        "error of the server: exceeded 11,000 points",
    ),
    "an answer of one moment": Trap(
        "prometheus", {"q.json": answer(kind="vector")}, None, "ask query_range"
    ),
    "a scalar": Trap(
        "prometheus",
        {"q.json": '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}'},
        None,
        "got a scalar of one moment",
    ),
    "a list of one moment": Trap(
        "prometheus",
        {"q.json": f'[{{"metric":{{{UP}}},"value":{ONE}}}]'},
        None,
        "ask query_range",
    ),
    "an answer without series": Trap("prometheus", {"q.json": answer()}, None, "got none"),
    "what stands after the series": Trap(
        "prometheus",
        {"q.json": answer(series(UP, ONE))[:-1] + ',"warnings":["partial ] answer"]}'},
        [("a", "up", None, NOON, 1.0)],
        "answer with a warning: partial ] answer",
    ),
    "a byte order mark": Trap(
        "prometheus",
        {"q.json": "\ufeff[" + series(UP, ONE) + "]"},
        [("a", "up", None, NOON, 1.0)],
    ),
    "a compressed answer": Trap(
        "prometheus",
        {"q.json.gz": gzip.compress(answer(series(UP, ONE)).encode())},
        [("a", "up", None, NOON, 1.0)],
    ),
    "queries drop the name": Trap(
        "prometheus",
        {"cpu.json": answer(series('"instance":"a"', ONE))},
        [("a", "cpu", None, NOON, 1.0)],
    ),
    "labels with quotes, braces and line ends": Trap(
        "prometheus",
        {
            "d.txt": '{__name__="up", instance="a", path="C:\\\\x\\"y\\n, }z"} 1 1704110400000\n'
            '{__name__="up", instance="a", path="} 1 2"} 2 1704110400000\n'
        },
        [
            ("a", "up_path_1_2", None, NOON, 2.0),
            ("a", "up_path_c_x_y_z", None, NOON, 1.0),
        ],
        "differ in path: metrics of their own",
    ),
    "seconds and milliseconds": Trap(
        "prometheus",
        {
            "a.om": 'up{instance="a"} 1 1704110400.000\n# EOF\n',
            "b.txt": '{__name__="up", instance="b"} 2 1704110400000\n',
        },
        [("a", "up", None, NOON, 1.0), ("b", "up", None, NOON, 2.0)],
    ),
    "names with other letters": Trap(
        "prometheus",
        {"a.om": '{"my.metric",instance="a"} 1 1704110400\n# EOF\n'},
        [("a", "my_metric", None, NOON, 1.0)],
    ),
    "a page of metrics has no times": Trap(
        "prometheus",
        {"metrics.txt": '# TYPE up gauge\nup{instance="a"} 1\n'},
        None,
        "a page of /metrics has no times",
    ),
    "histograms are left out": Trap(
        "prometheus",
        {
            "a.om": 'lat_bucket{le="1",instance="a"} 1 1704110400\n'
            'lat_bucket{le="+Inf",instance="a"} 1 1704110400\n'
            'lat_sum{instance="a"} 4 1704110400\n'
        },
        [("a", "lat_sum", None, NOON, 4.0)],
        "histograms  2: samples of histograms",
    ),
    "counters, processors and modes": Trap(
        "prometheus",
        {
            "q.json": answer(
                series(f'{CPU},"cpu":"0","mode":"idle"', ONE),
                series(f'{CPU},"cpu":"1","mode":"idle"', ONE),
                series(f'{CPU},"cpu":"0","mode":"user"', ONE),
            )
        },
        [
            ("a", "node_cpu_seconds_total_mode_idle", "0", NOON, 1.0),
            ("a", "node_cpu_seconds_total_mode_idle", "1", NOON, 1.0),
            ("a", "node_cpu_seconds_total_mode_user", "0", NOON, 1.0),
        ],
        "differ in cpu: its devices, joined by sum",
    ),
    "modes that the mapping does not tell apart": Trap(
        "prometheus",
        {
            "q.json": answer(
                series(f'{CPU},"cpu":"0","mode":"idle"', ONE),
                series(f'{CPU},"cpu":"0","mode":"user"', ONE),
            )
        },
        None,
        "differ in mode (idle, user)",
        {"metrics": {"cpu": {"name": "node_cpu_seconds_total", "over": {"cpu": "mean"}}}},
    ),
    "modes that the mapping chooses": Trap(
        "prometheus",
        {
            "q.json": answer(
                series(f'{CPU},"cpu":"0","mode":"idle"', ONE),
                series(f'{CPU},"cpu":"0","mode":"user"', ONE),
            )
        },
        [("a", "cpu", "0", NOON, 1.0)],
        "series  1: series that the mapping names in none",
        {
            "metrics": {
                "cpu": {
                    "name": "node_cpu_seconds_total",
                    "where": {"mode": "idle"},
                    "over": {"cpu": "mean"},
                }
            }
        },
    ),
    "a counter by its TYPE": Trap(
        "prometheus",
        {"a.om": '# TYPE reads counter\nreads{instance="a"} 1 1704110400\n'},
        [("a", "reads", None, NOON, 1.0)],
        "kind reads 0: taken as counters",
    ),
    "servers with ports": Trap(
        "prometheus",
        {"q.json": answer(series('"__name__":"up","instance":"a:9100"', ONE))},
        [("a:9100", "up", None, NOON, 1.0)],
        "server: {strip: ':\\d+$'} cuts it",
    ),
    "no label names the server": Trap(
        "prometheus",
        {"q.json": answer(series('"__name__":"up","pod":"a"', ONE))},
        None,
        "got the labels pod; which is it?",
    ),
}
HEADER = '"Time","cpu {instance=""a""}"\r\n'
TABBED = HEADER.replace(",", "\t")
GRAFANA = {
    "a line sep= and semicolons and a byte order mark": Trap(
        "grafana",
        {"p.csv": '\ufeffsep=;\r\n"Time";"cpu {instance=""a""}"\r\n1704110400000;1.5\r\n'},
        [("a", "cpu", None, NOON, 1.5)],
    ),
    "UTF-16 with tabs, as for Excel": Trap(
        "grafana",
        {
            "p.csv": ("\ufeff" + HEADER.replace(",", "\t") + "1704110400000\t1.5\r\n").encode(
                "utf-16-le"
            )
        },
        [("a", "cpu", None, NOON, 1.5)],
    ),
    "percent inside": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,45.2%\r\n1704110700000,7%\r\n"},
        [("a", "cpu", None, FIVE_PAST, 7.0), ("a", "cpu", None, NOON, 45.2)],
    ),
    "sizes of several prefixes": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,1.5 GB\r\n1704110700000,900 MB\r\n"},
        [("a", "cpu", None, NOON, 1.5e9), ("a", "cpu", None, FIVE_PAST, 9e8)],
        "rounded by Grafana",
    ),
    "rates in bits": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,3.2 Mb/s\r\n1704110700000,10 kb/s\r\n"},
        [("a", "cpu", None, FIVE_PAST, 1e4), ("a", "cpu", None, NOON, 3.2e6)],
    ),
    "plain numbers cut short": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,1.2 K\r\n1704110700000,3 Mil\r\n"},
        [("a", "cpu", None, FIVE_PAST, 3e6), ("a", "cpu", None, NOON, 1200.0)],
    ),
    "units of two kinds": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,1.2 GB\r\n1704110700000,3 ms\r\n"},
        None,
        "expected values with units of one kind, got 'GB', 'ms'",
    ),
    "decimal commas": Trap(
        "grafana",
        {"p.csv": HEADER.replace(",", ";") + "1704110400000;1.045,25 %\r\n"},
        [("a", "cpu", None, NOON, 1045.25)],
    ),
    "decimal commas before a space": Trap(
        "grafana",
        {"p.csv": HEADER.replace(",", ";") + "1704110400000;45,2 %\r\n"},
        [("a", "cpu", None, NOON, 45.2)],
    ),
    "a comma before three digits": Trap(
        "grafana", {"p.csv": HEADER + '1704110400000,"1,234"\r\n'}, None, "csv: {decimal: '.'}"
    ),
    "a comma before three digits, told": Trap(
        "grafana",
        {"p.csv": HEADER + '1704110400000,"1,234"\r\n'},
        [("a", "cpu", None, NOON, 1234.0)],
        "",
        {"csv": {"decimal": "."}},
    ),
    "empty cells of joined series are no samples": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,\r\n1704110700000,undefined\r\n1704111000000,1\r\n"},
        [
            ("a", "cpu", None, FIVE_PAST, None),
            ("a", "cpu", None, datetime(2024, 1, 1, 12, 10), 1.0),
        ],
    ),
    "several tables in one file": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,1\r\n\r\n" + HEADER + "1704110700000,2\r\n"},
        [("a", "cpu", None, NOON, 1.0), ("a", "cpu", None, FIVE_PAST, 2.0)],
        "headers p.csv 1:",
    ),
    "day and month in either order": Trap(
        "grafana",
        {"p.csv": HEADER + "01/02/2024 12:00:00,1\r\n"},
        None,
        "which comes first?",
    ),
    "a day above twelve": Trap(
        "grafana",
        {"p.csv": HEADER + "01/01/2024 12:00:00,1\r\n13/01/2024 12:00:00,2\r\n"},
        [("a", "cpu", None, NOON, 1.0), ("a", "cpu", None, datetime(2024, 1, 13, 12), 2.0)],
        "browser's local time: taken as UTC",
    ),
    "halves of the day": Trap(
        "grafana",
        {"p.csv": HEADER.replace(",", ";") + "01/31/2024, 12:00:00 PM;1\r\n"},
        [("a", "cpu", None, datetime(2024, 1, 31, 12), 1.0)],
    ),
    "a time with its zone": Trap(
        "grafana",
        {"p.csv": HEADER + "2024-01-01T13:00:00.000+01:00,1\r\n"},
        [("a", "cpu", None, NOON, 1.0)],
    ),
    "a form of time of one's own": Trap(
        "grafana",
        {"p.csv": HEADER + "1.1.24 12h00,1\r\n"},
        [("a", "cpu", None, NOON, 1.0)],
        "",
        {"time": {"format": "%d.%m.%y %Hh%M", "zone": "UTC"}},
    ),
    "headers that are servers": Trap(
        "grafana",
        {"CPU-data-2024-01-31 10_00_00.csv": '"Time","a","b"\r\n1704110400000,1,2\r\n'},
        [("a", "cpu", None, NOON, 1.0), ("b", "cpu", None, NOON, 2.0)],
        "",
        {"server": {"column": "header"}},
    ),
    "headers that may be servers or metrics": Trap(
        "grafana",
        {"CPU.csv": '"Time","a","b"\r\n1704110400000,1,2\r\n'},
        None,
        "is this a server or a metric?",
    ),
    "headers that are metrics": Trap(
        "grafana",
        {"CPU.csv": '"Time","user","sys"\r\n1704110400000,1,2\r\n'},
        [("web", "sys", None, NOON, 2.0), ("web", "user", None, NOON, 1.0)],
        "",
        {"server": {"value": "web"}},
    ),
    "a long table with labels": Trap(
        "grafana",
        {"t.csv": '"Time","instance","Value"\r\n1704110400000,a,1\r\n1704110400000,b,2\r\n'},
        [("a", "t", None, NOON, 1.0), ("b", "t", None, NOON, 2.0)],
    ),
    "a long table with series": Trap(
        "grafana",
        {"t.csv": 'Series;Time;Value\n"cpu {instance=""a""}";2024-01-01T12:00:00Z;1\n'},
        [("a", "cpu", None, NOON, 1.0)],
    ),
    "a cell that is text": Trap(
        "grafana",
        {"p.csv": HEADER + "1704110400000,1\r\n1704110700000,2\r\n1704110400000,oops\r\n"},
        [
            ("a", "cpu", None, NOON, "oops"),
            ("a", "cpu", None, NOON, 1.0),
            ("a", "cpu", None, FIVE_PAST, 2.0),
        ],
    ),
}


def statistics(label: str, *points: Mapping[str, Any]) -> str:
    return json.dumps({"Label": label, "Datapoints": list(points)})


def data(*results: Mapping[str, Any], **others: Any) -> str:
    return json.dumps({"MetricDataResults": list(results), **others})


AT_NOON = {"Timestamp": "2024-01-01T12:00:00+00:00", "Unit": "Percent"}
RESULT = {
    "Id": "m1",
    "Label": "i-0a1b2c3d4e CPUUtilization Average",
    "Timestamps": ["2024-01-01T12:05:00+00:00", "2024-01-01T12:00:00+00:00"],
    "Values": [2.0, 1.0],
    "StatusCode": "Complete",
}
CLOUDWATCH = {
    "statistics are keys, and points are in no order": Trap(
        "cloudwatch",
        {
            "i-0a1b2c3d4e_CPU.json": statistics(
                "CPU",
                {**AT_NOON, "Timestamp": "2024-01-01T13:05:00+01:00", "Average": 2.0},
                {**AT_NOON, "Average": 20.3, "Maximum": 30, "ExtendedStatistics": {"p95": 25.5}},
            )
        },
        [
            ("i-0a1b2c3d4e", "cpu", None, NOON, 20.3),
            ("i-0a1b2c3d4e", "cpu", None, NOON, 25.5),
            ("i-0a1b2c3d4e", "cpu", None, NOON, 30.0),
            ("i-0a1b2c3d4e", "cpu", None, FIVE_PAST, 2.0),
        ],
    ),
    "one of several statistics": Trap(
        "cloudwatch",
        {"a_CPU.json": statistics("CPU", {**AT_NOON, "Average": 20.3, "Maximum": 30})},
        [("a", "cpu", None, NOON, 30.0)],
        "",
        {"metrics": {"cpu": {"name": "CPU", "statistic": "max"}}},
    ),
    "several statistics for one metric": Trap(
        "cloudwatch",
        {"a_CPU.json": statistics("CPU", {**AT_NOON, "Average": 20.3, "Maximum": 30})},
        None,
        "differ in statistic (max, mean)",
        {"metrics": {"cpu": {"name": "CPU"}}},
    ),
    "no host in the file's name": Trap(
        "cloudwatch",
        {"CPU.json": statistics("CPU", {**AT_NOON, "Average": 20.3})},
        None,
        "whose metric is it?",
    ),
    "a host by a pattern": Trap(
        "cloudwatch",
        {"prod.web-1.CPU.json": statistics("CPU", {**AT_NOON, "Average": 20.3})},
        [("web-1", "cpu", None, NOON, 20.3)],
        "",
        {"server": {"file": r"prod\.(.+)\.CPU\.json"}},
    ),
    "sums are rates per period": Trap(
        "cloudwatch",
        {"a_NetworkIn.json": statistics("NetworkIn", {**AT_NOON, "Unit": "Bytes", "Sum": 300})},
        [("a", "networkin", None, NOON, 300.0)],
        "sums over a period, which is taken to be the step",
    ),
    "newest first, and the statistic in the label": Trap(
        "cloudwatch",
        {"d.json": data(RESULT)},
        [
            ("i-0a1b2c3d4e", "cpuutilization", None, NOON, 1.0),
            ("i-0a1b2c3d4e", "cpuutilization", None, FIVE_PAST, 2.0),
        ],
        "unit CPUUtilization 0:",
    ),
    "no statistic anywhere": Trap(
        "cloudwatch",
        {"d.json": data({**RESULT, "Label": "i-0a1b2c3d4e CPUUtilization"})},
        None,
        "which statistic did the query ask for?",
    ),
    "the statistic by the mapping": Trap(
        "cloudwatch",
        {"d.json": data({**RESULT, "Label": "i-0a1b2c3d4e CPUUtilization"})},
        [
            ("i-0a1b2c3d4e", "cpu", None, NOON, 1.0),
            ("i-0a1b2c3d4e", "cpu", None, FIVE_PAST, 2.0),
        ],
        "",
        {"metrics": {"cpu": {"name": "CPUUtilization", "statistic": "max"}}},
    ),
    "partial data, messages and further pages": Trap(
        "cloudwatch",
        {
            "d.json": data(
                {**RESULT, "StatusCode": "PartialData"},
                NextToken="x",
                Messages=[{"Code": "c", "Value": "too many metrics"}],
            )
        },
        [
            ("i-0a1b2c3d4e", "cpuutilization", None, NOON, 1.0),
            ("i-0a1b2c3d4e", "cpuutilization", None, FIVE_PAST, 2.0),
        ],
        "status PartialData",
    ),
    "seconds in place of texts": Trap(
        "cloudwatch",
        {"d.json": data({**RESULT, "Timestamps": [NOON_SECONDS + 300.0, NOON_SECONDS]})},
        [
            ("i-0a1b2c3d4e", "cpuutilization", None, NOON, 1.0),
            ("i-0a1b2c3d4e", "cpuutilization", None, FIVE_PAST, 2.0),
        ],
    ),
    "stamps without values": Trap(
        "cloudwatch", {"d.json": data({**RESULT, "Values": [1.0]})}, None, "as many Values"
    ),
    "no points": Trap("cloudwatch", {"a_CPU.json": statistics("CPU")}, None, "got none"),
    "an average and a sum of one metric": Trap(
        "cloudwatch",
        {"a_Net.json": statistics("Net", {**AT_NOON, "Unit": "Bytes", "Sum": 30, "Average": 3})},
        [("a", "net", None, NOON, 3.0), ("a", "net_statistic_sum", None, NOON, 30.0)],
        "differ in statistic",
    ),
}
CPU_HEADER = "# hostname;interval;timestamp;CPU;%user;%idle\n"
DISK_HEADER = "# hostname;interval;timestamp;DEV;%util\n"
AT = "a;600;2024-01-01 12:00:00 UTC;"
LATER = "a;600;2024-01-01 12:05:00 UTC;"


def document(*statistics: Mapping[str, Any], **others: Any) -> str:
    host = {"nodename": "a", "statistics": list(statistics), **others}
    return json.dumps({"sysstat": {"hosts": [host]}}, indent=1)


STAMP = {"date": "2024-01-01", "time": "12:00:00", "utc": 1, "interval": 600}
SADF = {
    "a header for each activity": Trap(
        "sadf",
        {"a.txt": CPU_HEADER + AT + "-1;1.00;99.00\n" + DISK_HEADER + AT + "sda;5\n"},
        [
            ("a", "cpu_idle", None, NOON, 99.0),
            ("a", "cpu_user", None, NOON, 1.0),
            ("a", "dev_util", None, NOON, 5.0),
        ],
    ),
    "all processors and each": Trap(
        "sadf",
        {"a.txt": CPU_HEADER + AT + "-1;1;99\n" + AT + "0;0;100\n" + AT + "1;2;98\n"},
        [("a", "cpu_idle", None, NOON, 99.0), ("a", "cpu_user", None, NOON, 1.0)],
        "cpus  4: series of single CPUs",
    ),
    "each processor where the mapping joins them": Trap(
        "sadf",
        {"a.txt": CPU_HEADER + AT + "-1;1;99\n" + AT + "0;0;100\n" + AT + "1;2;98\n"},
        [("a", "cpu", "0", NOON, 0.0), ("a", "cpu", "1", NOON, 2.0)],
        "",
        {"metrics": {"cpu": {"name": "CPU.%user", "over": {"CPU": "max"}}}},
    ),
    "restarts and comments": Trap(
        "sadf",
        {
            "a.txt": CPU_HEADER
            + AT
            + "-1;1;99\na;-1;2024-01-01 12:01:00 UTC;LINUX-RESTART\t(4 CPU)\n"
            + "a;-1;2024-01-01 12:02:00 UTC;COM patched; all well\n"
            + CPU_HEADER
            + LATER
            + "-1;2;98\n"
        },
        [
            ("a", "cpu_idle", None, NOON, 99.0),
            ("a", "cpu_idle", None, FIVE_PAST, 98.0),
            ("a", "cpu_user", None, NOON, 1.0),
            ("a", "cpu_user", None, FIVE_PAST, 2.0),
        ],
        "restarts a.txt 1:",
    ),
    "the columns change in the file": Trap(
        "sadf",
        {
            "a.txt": "# hostname;interval;timestamp;kbmemfree;%memused\n"
            + AT
            + "7;10\n# hostname;interval;timestamp;kbmemfree;kbavail;%memused\n"
            + LATER
            + "8;9;20\n"
        },
        [
            ("a", "kbavail", None, FIVE_PAST, 9.0),
            ("a", "kbmemfree", None, NOON, 7.0),
            ("a", "kbmemfree", None, FIVE_PAST, 8.0),
            ("a", "memused", None, NOON, 10.0),
            ("a", "memused", None, FIVE_PAST, 20.0),
        ],
    ),
    "an interval of no length": Trap(
        "sadf",
        {"a.txt": DISK_HEADER + AT + "sda;5\n" + AT.replace(";600;", ";0;") + "sda;100\n"},
        [("a", "dev_util", None, NOON, 5.0)],
        "no_length a.txt 1:",
    ),
    "local time": Trap(
        "sadf",
        {"a.txt": DISK_HEADER + AT.replace(" UTC", "") + "sda;5\n"},
        [("a", "dev_util", None, NOON, 5.0)],
        "stamps do not say their zone",
    ),
    "seconds": Trap(
        "sadf",
        {"a.txt": DISK_HEADER + f"a;600;{NOON_SECONDS};sda;5\n"},
        [("a", "dev_util", None, NOON, 5.0)],
    ),
    "interrupts by processor": Trap(
        "sadf",
        {
            "a.txt": "# hostname;interval;timestamp;INTR;CPU*\n"
            + AT
            + "sum;1;2;3\n"
            + DISK_HEADER
            + AT
            + "sda;5\n"
        },
        [("a", "dev_util", None, NOON, 5.0)],
        "interrupts a.txt 1:",
    ),
    "file systems are devices": Trap(
        "sadf",
        {
            "a.txt": "# hostname;interval;timestamp;FILESYSTEM;MBfsfree;%fsused\n"
            + AT
            + "/dev/sda1;7;10.5\n"
            + AT
            + "/dev/sdb1;8;20\n"
        },
        [
            ("a", "filesystem_fsused", "/dev/sda1", NOON, 10.5),
            ("a", "filesystem_fsused", "/dev/sdb1", NOON, 20.0),
            ("a", "filesystem_mbfsfree", "/dev/sda1", NOON, 7.0),
            ("a", "filesystem_mbfsfree", "/dev/sdb1", NOON, 8.0),
        ],
        "differ in FILESYSTEM: its devices, joined by max",
    ),
    "one column in two activities": Trap(
        "sadf",
        {
            "a.txt": "# hostname;interval;timestamp;call/s;retrans/s\n"
            + AT
            + "1;2\n# hostname;interval;timestamp;atmptf/s;retrans/s\n"
            + AT
            + "3;4\n"
        },
        [
            ("a", "atmptf_s", None, NOON, 3.0),
            ("a", "atmptf_s_retrans_s", None, NOON, 4.0),
            ("a", "call_s", None, NOON, 1.0),
            ("a", "call_s_retrans_s", None, NOON, 2.0),
        ],
    ),
    "all activities in a line": Trap(
        "sadf",
        {"a.txt": CPU_HEADER.rstrip() + "[...];DEV;%util\n" + AT + "-1;1;99;sda;5\n"},
        None,
        "without -h",
    ),
    "a number that is cut off": Trap(
        "sadf", {"a.txt": CPU_HEADER + AT + "-1;1;99.0"}, None, "was the file cut off?"
    ),
    "a row that is cut off": Trap(
        "sadf",
        {"a.txt": CPU_HEADER + AT + "-1;1;99\n" + LATER + "-1;2\n"},
        None,
        "was the file cut off",
    ),
    "a tree of keys": Trap(
        "sadf",
        {
            "a.json": document(
                {
                    "timestamp": STAMP,
                    "cpu-load": [{"cpu": "all", "user": 1.0}, {"cpu": "0", "user": 2.0}],
                    "io": {"tps": 3.5, "io-reads": {"rtps": 2.0}},
                    "network": {"net-dev": [{"iface": "eth0", "rxkB": 7.25}]},
                    "power-management": {"cpu-frequency": []},
                },
                restarts=[{"boot": {}}],
            )
        },
        [
            ("a", "cpu_load_user", None, NOON, 1.0),
            ("a", "io_io_reads_rtps", None, NOON, 2.0),
            ("a", "io_tps", None, NOON, 3.5),
            ("a", "network_net_dev_rxkb", None, NOON, 7.25),
        ],
        "restarts a.json 1:",
    ),
    "a document of local time": Trap(
        "sadf",
        {"a.json": document({"timestamp": {**STAMP, "utc": 0}, "queue": {"runq-sz": 1}})},
        [("a", "queue_runq_sz", None, NOON, 1.0)],
        "stamps do not say their zone",
    ),
    "a document without statistics": Trap("sadf", {"a.json": document()}, None, "got none"),
}
TRAPS = PROMETHEUS | GRAFANA | CLOUDWATCH | SADF


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_gets_the_right_answer(name: str, tmp_path: Path) -> None:
    trap = TRAPS[name]
    if trap.rows is None:
        with pytest.raises(CapgenError) as refused:
            opened(trap.reader, trap.files, tmp_path, trap.mapping)
        assert trap.says in str(refused.value)
        assert "\n" not in str(refused.value)
        return
    found = opened(trap.reader, trap.files, tmp_path, trap.mapping)
    assert found.rows == sorted(trap.rows, key=str)
    assert trap.says in found.says
