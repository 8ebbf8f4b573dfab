"""Each shipped mapping reads a small export of its form, and each is recognised where it can be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

import capgen
from capgen.telemetry.mapping_files import shipped_mapping, shipped_mappings


class Export(NamedTuple):
    """A small export: the file's name, its text, and a row that it must come to."""

    name: str
    text: str
    server: str
    timestamp: str
    values: dict[str, float | None]
    rows: int


BITBRAINS = ";\t".join(
    [
        "Timestamp [ms]",
        "CPU cores",
        "CPU usage [%]",
        "Memory usage [KB]",
        "Disk read throughput [KB/s]",
        "Disk write throughput [KB/s]",
        "Network received throughput [KB/s]",
        "Network transmitted throughput [KB/s]",
    ]
)
TRENDS = "host,key_,clock,num,value_min,value_avg,value_max"
SERVICE = ",".join(str(number / 4) for number in range(19))
EXPORTS = {
    "zabbix-trends": Export(
        "trends.csv",
        f"{TRENDS}\n"
        "db1,system.cpu.util,1704067200,60,1,10.5,40\n"
        "db1,system.cpu.util,1704070800,60,1,11.5,50\n"
        "db1,vm.memory.utilization,1704067200,60,1,70,80\n"
        "db1,some.other,1704067200,60,1,70,80\n",
        "db1",
        "2024-01-01 00:00",
        {"cpu_mean": 10.5, "cpu_max": 40, "mem_mean": 70, "mem_max": 80},
        2,
    ),
    "zabbix-history": Export(
        "history.csv",
        "host,key_,clock,ns,value\n"
        "db1,system.cpu.util,1704067201,5,10.5\n"
        "db1,system.cpu.util,1704067261,6,11.5\n",
        "db1",
        "2024-01-01 00:01",
        {"cpu": 11.5},
        2,
    ),
    "azure-monitor": Export(
        "metrics.csv",
        "TimeGenerated,Resource,MetricName,Average,Minimum,Maximum,Total,Count\n"
        "2024-01-01T00:00:00Z,VM-1,Percentage CPU,12,3,40,60,5\n"
        "2024-01-01T00:01:00Z,VM-1,Percentage CPU,13,3,41,60,5\n"
        "2024-01-01T00:00:00Z,VM-1,Network In Total,1,1,1,7500000,5\n",
        "vm-1",
        "2024-01-01 00:00",
        {"cpu_mean": 12, "cpu_max": 40, "net_in_mean": 1},
        2,
    ),
    "influxdb": Export(
        "influx.csv",
        "#group,false,false,true,false,true,true\n"
        "#datatype,string,long,dateTime:RFC3339,double,string,string\n"
        "#default,_result,,,,,\n"
        ",result,table,_time,_value,_field,host\n"
        ",_result,0,2024-01-01T00:00:00Z,10,usage_user,db1\n"
        ",_result,0,2024-01-01T00:00:10Z,20,usage_user,db1\n"
        "\n"
        ",result,table,_time,_value,_field,host\n"
        ",_result,1,2024-01-01T00:00:00Z,7,usage_system,db1\n",
        "db1",
        "2024-01-01 00:00",
        {"usage_user_p95": 19.5, "usage_system_p95": 7},
        1,
    ),
    "pcp-pmrep": Export(
        "web1.pmrep.csv",
        "Time,kernel.all.load,mem.util.used\n"
        "2024-01-01 00:00:00,0.5,\n"
        "2024-01-01 00:01:00,0.75,2048\n",
        "web1",
        "2024-01-01 00:01",
        {"kernel_all_load": 0.75, "mem_util_used": 2048},
        2,
    ),
    "bitbrains": Export(
        "17.csv",
        f"{BITBRAINS}\n"
        + "1376314846;\t4;\t1.5;\t2000000;\t0;\t8000;\t125;\t250\n"
        + "1376315146;\t4;\t2.5;\t2000000;\t0;\t8000;\t125;\t250\n",
        "17",
        "2013-08-12 13:40",
        {"cpu": 1.5, "mem": 2, "disk_write": 8, "net_in": 1, "net_out": 2},
        2,
    ),
    "azure-traces": Export(
        "vm_cpu_readings.csv",
        "0,a/b+c==,1,9,4\n300,a/b+c==,2,8,5\n",
        "a/b+c==",
        "2019-01-01 00:05",
        {"cpu_mean": 5, "cpu_min": 2, "cpu_max": 8},
        2,
    ),
    "alibaba-2018": Export(
        "machine_usage.csv",
        "m_1,0,101,50,,,1000,10,7\nm_1,60,20,-1,,,1600,5,101\nm_1,120,21,52,,,1900,6,8\n",
        "m_1",
        "2018-01-01 00:01",
        {"cpu": 20, "mem": None, "disk_io": None, "net_in": 5, "net_out": 1 / 60},
        3,
    ),
    "services": Export(
        "service7.csv",
        f"{SERVICE}\n{SERVICE}\n",
        "service7",
        "2020-01-01 00:05",
        {"m00": 0, "m18": 4.5},
        2,
    ),
}
UNRECOGNISED = {"azure-traces", "alibaba-2018", "services"}  # they have no header


def test_every_shipped_mapping_has_an_export_here() -> None:
    assert {*EXPORTS, "capgen"} == set(shipped_mappings())  # that of capgen is in test_load


@pytest.mark.parametrize("form", EXPORTS)
def test_a_shipped_mapping_reads_its_form(form: str, tmp_path: Path) -> None:
    export = EXPORTS[form]
    file = tmp_path / export.name
    file.write_text(export.text, encoding="utf-8")
    to = "hourly" if form == "influxdb" else None  # its samples are seconds apart
    given = form if form in UNRECOGNISED else None
    capgen.load(file, tmp_path / "telemetry", mapping=given, to=to)
    rows = pl.read_parquet(tmp_path / "telemetry/**/*.parquet", hive_partitioning=True)
    assert rows.height == export.rows
    moment = datetime.fromisoformat(export.timestamp)
    found = rows.filter(pl.col("timestamp") == moment, pl.col("server_id") == export.server)
    assert found.select(list(export.values)).row(0, named=True) == export.values


@pytest.mark.parametrize("form", sorted(UNRECOGNISED))
def test_a_form_without_a_header_must_be_named(form: str) -> None:
    assert shipped_mapping(form).recognise is None
