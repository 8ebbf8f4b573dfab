"""What it costs to hand 4.2 million rows over to forecasters and detectors, beside CSV.

The panel of `handover_cost`, with the truth, which detectors need: CSV has its columns too. For
each row, forecasters get five values and a row of the calendar. Run it as
`python -m tests.bench.handover_forecasters_cost`; it takes minutes.
"""

from __future__ import annotations

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
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        capgen.build(make_config(num_servers=120, granularity="hourly", truth=True), data)
        print(f"{'to':16} {'rows':>10} {'ns/row':>7} {'B/row':>6} {'peak MB':>8} {'wall s':>7}")
        for name, words in CASES.items():
            print(table_line(name, measure(data, words)), flush=True)


if __name__ == "__main__":
    main()
