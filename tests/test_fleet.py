"""The fleet: how many servers of each archetype, their ids and their metadata."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from capgen.panel.fleet import archetype_counts, fleet_frame
from tests.conftest import examples, make_config


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        (120, (42, 48, 18, 12)),
        (100, (35, 40, 15, 10)),  # 0.35 × 100 is 35 in exact arithmetic only
        (1, (0, 1, 0, 0)),
        (3, (1, 2, 0, 0)),
        (7, (2, 4, 1, 0)),
    ],
)
def test_assignment(servers: int, expected: tuple[int, ...]) -> None:
    counts = archetype_counts(make_config(num_servers=servers))
    assert counts == dict(zip(["web", "application", "database", "batch"], expected, strict=True))


@given(st.integers(1, 5000))
@examples(4)
def test_every_server_is_assigned(servers: int) -> None:
    counts = archetype_counts(make_config(num_servers=servers))
    assert sum(counts.values()) == servers
    assert all(count >= 0 for count in counts.values())


def test_servers_are_assigned_in_order_of_the_archetypes() -> None:
    fleet = fleet_frame(make_config())
    assert fleet["server_id"].to_list() == [f"server_{index:03d}" for index in range(120)]
    assert fleet["server_type"].unique(maintain_order=True).to_list() == [
        "web",
        "application",
        "database",
        "batch",
    ]


def test_metadata_does_not_depend_on_the_other_servers() -> None:
    few = fleet_frame(make_config(num_servers=10))
    many = fleet_frame(make_config(num_servers=500))
    drawn = ["server_id", "business_unit", "criticality", "region", "app_name"]
    same = many.filter(pl.col("server_id").is_in(few["server_id"].to_list()))
    assert_frame_equal(few.select(drawn), same.select(drawn), check_row_order=False)


def test_metadata_follows_the_weights() -> None:
    fleet = {"region": {"EU": 3, "US-East": 0}, "apps_per_business_unit": 2}
    regions = fleet_frame(make_config(num_servers=3000, fleet=fleet))
    share = regions["region"].value_counts(normalize=True)
    shares = dict(zip(share["region"], share["proportion"], strict=True))
    assert "US-East" not in shares
    assert shares["EU"] == pytest.approx(3 / 5, abs=0.04)
    assert shares["Asia"] == pytest.approx(1 / 5, abs=0.04)


def test_app_names_join_the_business_unit_and_an_index() -> None:
    fleet = fleet_frame(make_config(fleet={"apps_per_business_unit": 2}))
    parts = fleet.select(
        pl.col("business_unit"), pl.col("app_name").str.extract_groups(r"^(\w+)-app-(\d+)$")
    )
    assert (parts["business_unit"] == parts["app_name"].struct.field("1")).all()
    assert set(parts["app_name"].struct.field("2")) == {"0", "1"}


def test_ids_of_another_format_are_sorted_as_text() -> None:
    config = make_config(
        num_servers=12, fleet={"server_id_format": "SRV-{index}", "first_index": 1}
    )
    fleet = fleet_frame(config)
    assert set(fleet["server_id"]) == {f"SRV-{index}" for index in range(1, 13)}
    for servers in fleet.partition_by("server_type"):
        assert servers["server_id"].is_sorted()
