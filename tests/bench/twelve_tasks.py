"""Twelve everyday tasks of capacity planning, as a new user types them, and what capgen says.

Run `python -m tests.bench.twelve_tasks [NUMBER …]`; it works in a folder of its own and ends with
exit code 1 when a command does not end as expected.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_MOST_LINES = 40


@dataclass(frozen=True)
class Task:
    """What somebody wants, and the commands that do it.

    Args:
        title: what.
        commands: typed in this order; one that starts with `! ` is meant to fail.
    """

    title: str
    commands: tuple[str, ...]


_INCIDENTS = """\
layers:
  events:
    listed:
      migration: {type: surge, where: {business_unit: Retail, region: EU}, start: 2024-03-04,
                  end: 2024-03-08, magnitude: 1.5, metrics: [cpu], cause: moved to the new site}
      leak: {type: memory_leak, server_type: database, start: 2024-03-11, end: 2024-03-18,
             magnitude: 1.3, metrics: [mem]}
      resize: {type: level_shift, server: server_003, start: 2024-03-20, magnitude: 0.7,
               metrics: [cpu]}
truth: true
start_date: 2024-03-01
end_date: 2024-03-31
"""
_LABELS = """\
select
    count(*) filter (labelled and differs) as both,
    count(*) filter (labelled != differs) as only_one
from (
    select
        d.event_id is not null as labelled,
        (d.cpu_p95, d.mem_p95, d.disk_p95, d.net_in_p95, d.net_out_p95)
            is distinct from (t.cpu_p95, t.mem_p95, t.disk_p95, t.net_in_p95, t.net_out_p95)
            as differs
    from 'incidents/**/*.parquet' as d join 'twin/**/*.parquet' as t using (server_id, timestamp)
)"""
_NEW = """\
metrics:
  gpu: {column: gpu_p95, unit: percent, clip: [0, 100], response: {business_hours: 1, growth: 1}}
archetypes:
  web: {base: {gpu: 0}, sd: {gpu: 0}}
  application: {base: {gpu: 40}, sd: {gpu: 12}}
  database: {base: {gpu: 5}, sd: {gpu: 2}}
  batch: {base: {gpu: 60}, sd: {gpu: 20}}
"""
_NOTEBOOK = """\
import capgen
print(dir(capgen))
data = capgen.open('data')
print(data)
cpu = 'round(avg(cpu_p95), 1) as cpu'
print(data.sql(f'select server_type, {cpu} from panel group by 1 order by 2'))
print(capgen.scan('data').filter(server_id='server_007').head(2).collect())
print(data.check())
"""

TASKS = (
    Task(
        "The three busiest servers of a quarter, and why not in default",
        (
            "capgen build --preset realistic --granularity daily --years 1 --servers 40 "
            "--out real/",
            'capgen query "select server_id, server_type, round(avg(cpu_p95), 1) as cpu from panel '
            'where quarter = 4 group by all order by cpu desc limit 3" --data real/',
            "capgen build --help | grep -A4 preset",
        ),
    ),
    Task(
        "Web at weekends + 20 %",
        (
            "capgen config show | grep weekend_factor",
            "capgen build --years 1 --set archetypes.web.weekend_factor=0.6 --out weekend/",
            'capgen query "select is_weekend, round(avg(cpu_p95), 1) as cpu from panel '
            "where server_type = 'web' group by 1\" --data weekend/",
        ),
    ),
    Task(
        "A new type and a new metric",
        (
            "! capgen build --set archetypes.cache.share=0.1 --out new/",
            "capgen config init --archetype cache - > cache.yaml",
            "capgen config check cache.yaml",
            f"cat > gpu.yaml <<'END'\n{_NEW}END",
            "capgen build --config gpu.yaml --years 1 --servers 20 --out gpu/",
        ),
    ),
    Task(
        "Three listed incidents, whose labels are the difference from the clean twin",
        (
            f"cat > incidents.yaml <<'END'\n{_INCIDENTS}END",
            "capgen build --config incidents.yaml --out incidents/ --clean-twin twin/",
            f'duckdb -c "{_LABELS}"',
            "head -3 incidents/_capgen/events.ndjson | cut -c1-200",
        ),
    ),
    Task(
        "A filtered CSV",
        (
            "capgen build --servers 120 --out data/",
            "capgen export data/ web.csv --where \"server_type = 'web' and year = 2024\" "
            "--columns timestamp,server_id,cpu_p95",
            "head -2 web.csv",
            "! capgen export data/ web.csv",
        ),
    ),
    Task(
        "A DuckDB file",
        (
            "capgen export data/ panel.duckdb",
            'duckdb panel.duckdb -c "select count(*), max(eoq_factor(timestamp)) from panel"',
        ),
    ),
    Task(
        "pandas",
        (
            "python -c \"import capgen; print(capgen.open('data').to_pandas().head(2))\" 2>&1 "
            "| tail -4",
        ),
    ),
    Task(
        "Extend by a year, break, repair",
        (
            "! capgen extend data/ --end-date 2026-12-31",
            "capgen extend data/ --end-date 2026-12-31 --rewrite-past",
            "rm data/year=2024/server_type=web/part-00000.parquet data/_capgen/summary.json",
            "! capgen verify data/",
            "capgen repair data/",
            "capgen verify data/",
        ),
    ),
    Task("A notebook session", (f"cat > session.py <<'END'\n{_NOTEBOOK}END", "python session.py")),
    Task(
        "Rebuilt from a manifest in another folder",
        (
            "mkdir -p elsewhere && cp data/_capgen/manifest.json elsewhere/",
            "cd elsewhere && capgen build --from manifest.json --out again/",
            "capgen verify elsewhere/again/",
        ),
    ),
    Task(
        "Wrong configurations (tests/test_leading_out.py has forty)",
        (
            "! capgen build --set archetypes.web.share=0.5",
            "! capgen build --set calendar.holidays.country=Germany",
            "! capgen build --set archetypes.web.bas.cpu=3",
            "! capgen build --set "
            "'archetypes.web.correlation={cpu~mem: 0.9, cpu~net_in: -0.9, mem~net_in: 0.9}'",
        ),
    ),
    Task(
        "Three broken datasets, and what check says",
        (
            "capgen build --servers 24 --years 1 --out broken/",
            'cp -r broken scaled && python -c "import glob, polars as pl; '
            "f = glob.glob('scaled/*/server_type=web/*')[0]; "
            "d = pl.read_parquet(f, hive_partitioning=False); "
            "scaled = pl.when(server_id='server_002').then(pl.col('cpu_p95') * 1.3); "
            "d.with_columns(scaled.otherwise('cpu_p95').alias('cpu_p95')).write_parquet(f)\"",
            "! capgen check scaled/",
            'cp -r broken mars && python -c "import glob, polars as pl; '
            "f = glob.glob('mars/*/server_type=web/*')[0]; "
            "d = pl.read_parquet(f, hive_partitioning=False); "
            "moved = pl.when(server_id='server_003').then(pl.lit('Mars')); "
            "d.with_columns(moved.otherwise('region').alias('region')).write_parquet(f)\"",
            "! capgen check mars/",
            "capgen build --servers 24 --years 1 --seed 7 --out other/",
            "cp -r broken mixed && cp other/year=2022/server_type=batch/*.parquet "
            "mixed/year=2022/server_type=batch/",
            "! capgen check mixed/",
        ),
    ),
)


def run(task: Task, folder: Path) -> bool:
    """Type the commands of a task; return whether all ended as expected."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "COLUMNS": "120"}
    good = True
    for command in task.commands:
        fails = command.startswith("! ")
        typed = command.removeprefix("! ")
        shell = ["bash", "-c", typed]
        done = subprocess.run(
            shell, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        lines = [*done.stderr.splitlines(), *done.stdout.splitlines()]
        print(f"$ {typed}")
        print("\n".join(lines[:_MOST_LINES]))
        if len(lines) > _MOST_LINES:
            print(f"… {len(lines) - _MOST_LINES} more lines")
        print(f"[{done.returncode}]")
        good &= fails == (done.returncode != 0)
    return good


def main() -> int:
    """Run the tasks whose numbers are given, or all."""
    wanted = {int(text) for text in sys.argv[1:]} or set(range(1, len(TASKS) + 1))
    bad = []
    with tempfile.TemporaryDirectory(prefix="tasks-") as name:
        for number, task in enumerate(TASKS, start=1):
            if number in wanted:
                print(f"\n## {number}. {task.title}\n")
                if not run(task, Path(name)):
                    bad.append(number)
    print(f"\n{len(wanted) - len(bad)} tasks as expected" + (f"; not: {bad}" if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
