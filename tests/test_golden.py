"""Golden panel: some cells of the default configuration, down to the last bit.

If these change, every dataset that users have built changes: raise the version and say so in the
changelog. `python -m tests.test_golden` writes the file anew.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from capgen import build, load_config, scan
from capgen.dataset.manifest import read_manifest
from tests.conftest import make_config

GOLDEN = Path(__file__).with_name("golden_panel.csv")
SERVERS = ["server_000", "server_042", "server_090", "server_108", "server_119"]
TIMESTAMPS = {
    "daily": [
        "2022-01-01T00:00",
        "2024-02-29T00:00",
        "2024-03-31T00:00",
        "2024-11-28T00:00",
        "2025-12-31T00:00",
    ],
    "hourly": [
        "2022-01-01T00:00",
        "2024-03-29T09:00",
        "2024-07-04T17:00",
        "2024-12-25T18:00",
        "2025-12-31T23:00",
    ],
}


def golden_rows(granularity: str) -> pl.DataFrame:
    times = [pl.lit(text).str.to_datetime(time_unit="us") for text in TIMESTAMPS[granularity]]
    wanted = pl.any_horizontal(pl.col("timestamp") == time for time in times) & pl.col(
        "server_id"
    ).is_in(SERVERS)
    rows = (
        scan(make_config(granularity=granularity))
        .filter(wanted)
        .sort("server_id", "timestamp")
        .collect()
    )
    return rows.insert_column(0, pl.lit(granularity).alias("granularity"))


@pytest.mark.parametrize("granularity", ["daily", "hourly"])
def test_cells_have_their_golden_values(granularity: str) -> None:
    actual = golden_rows(granularity)
    golden = pl.read_csv(GOLDEN, schema=actual.schema).filter(pl.col("granularity") == granularity)
    assert golden.height == len(SERVERS) * len(TIMESTAMPS[granularity])
    assert_frame_equal(actual, golden, check_exact=True)


@pytest.mark.parametrize(
    ("preset", "digest"),
    [
        (None, "fb36ebd16347eaa7eb32159a2aed5c70"),
        ("telemetry", "6d258c59c932f9eecf32383fb9a51d35"),
    ],
)
def test_whole_presets_keep_the_content_digest_that_users_cite(
    tmp_path: Path, preset: str | None, digest: str
) -> None:
    config = load_config(preset=preset, environment={})
    build(config, tmp_path / "data")
    assert read_manifest(tmp_path / "data").content_digest == digest


if __name__ == "__main__":
    pl.concat([golden_rows("daily"), golden_rows("hourly")]).write_csv(GOLDEN)
