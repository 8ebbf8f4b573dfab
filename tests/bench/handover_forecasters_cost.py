"""What it costs to hand rows over to forecasters and detectors, beside CSV.

The panel of `handover_cost`, 35,064 rows a server, with the truth, which detectors need: CSV has it
too. For each row, forecasters get five values and a row of the calendar. Run it as
`python -m tests.bench.handover_forecasters_cost`; with 120 servers it takes minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import capgen
from tests.bench.handover_cost import measure, table_line
from tests.conftest import make_config

CASES: dict[str, list[str]] = {
    "csv": ["panel.csv"],
    "nixtla csv": ["--for=nixtla", "--format=csv"],
    "nixtla parquet": ["--for=nixtla"],
    "darts csv": ["--for=darts", "--format=csv"],
    "prophet csv": ["--for=prophet"],
    "tsb-ad": ["--for=tsb-ad", "--anomalies=spikes"],
    "timeeval": ["--for=timeeval", "--anomalies=spikes"],
}


def main() -> None:
    """Print a table of the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=120)
    servers = parser.parse_args().servers
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        capgen.build(make_config(num_servers=servers, granularity="hourly", truth=True), data)
        print(f"{'to':16} {'rows':>10} {'ns/row':>7} {'B/row':>6} {'peak MB':>8} {'wall s':>7}")
        for name, words in CASES.items():
            print(table_line(name, measure(data, words)), flush=True)


if __name__ == "__main__":
    main()
