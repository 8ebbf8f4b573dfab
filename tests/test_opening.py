"""`capgen.open`: a dataset as an object."""

from __future__ import annotations

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

import capgen
from capgen import RequestError, build, scan
from tests.conftest import make_config

SMALL = {"num_servers": 12, "end_date": "2022-02-28"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("opening") / "<b>data"
    build(make_config(**SMALL), out)
    return out


def test_it_reads_back_what_was_built(folder: Path) -> None:
    dataset = capgen.open(folder)
    key = ["server_id", "timestamp"]
    panel = scan(make_config(**SMALL)).sort(key).collect()
    assert_frame_equal(dataset.scan().sort(key).collect(), panel, check_exact=True)
    frame = dataset.sql("select count(*) as rows, max(eoq_factor(timestamp)) as factor from panel")
    assert frame.row(0) == (panel.height, 1.0)
    assert dataset.check().passed


def test_it_says_what_it_is(folder: Path) -> None:
    text = repr(capgen.open(folder))
    page = capgen.open(folder)._repr_html_()
    for fact in (
        "708",
        "12: 4 web, 6 application, 1 database, 1 batch",
        "2022-02-28",
        "daily",
        "cpu_p95",
        "seed 42",
    ):
        assert fact in text
        assert fact in page
    assert ".sql(" in text
    assert "<b>" not in page
    assert "&lt;b&gt;data" in page


def test_no_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="expected a dataset built by capgen"):
        capgen.open(tmp_path)
