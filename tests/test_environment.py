"""Environment variables reach every key, whatever its spelling, and never another one."""

from __future__ import annotations

from typing import Any

import pytest

from capgen import Config, ConfigError, load_config


def loaded(variable: str, value: str, **overrides: Any) -> Config:
    return load_config(environment={variable: value}, overrides=overrides)


def refusal(variable: str, value: str = "1", file: str | None = None) -> str:
    with pytest.raises(ConfigError) as refused:
        load_config(file, environment={variable: value})
    return str(refused.value)


@pytest.mark.parametrize(
    ("variable", "region"),
    [("EU", "EU"), ("US_EAST", "US-East"), ("us_west", "US-West"), ("Asia", "Asia")],
)
def test_keys_with_capitals_and_other_characters_are_reached(variable: str, region: str) -> None:
    weights = loaded(f"CF_DATA_FLEET__REGION__{variable}", "0").fleet.region
    assert weights == {"US-East": 1, "US-West": 1, "EU": 1, "Asia": 1, region: 0}


def test_a_new_name_goes_into_the_value() -> None:
    assert refusal("CF_DATA_FLEET__REGION__EUU") == (
        "CF_DATA_FLEET__REGION__EUU: expected one of US-East, US-West, EU, Asia "
        "after CF_DATA_FLEET__REGION__, "
        "got 'EUU'; a new name goes into the value: CF_DATA_FLEET__REGION='{EUU: 1}'"
    )
    assert loaded("CF_DATA_FLEET__REGION", "{EMEA: 3}").fleet.region["EMEA"] == 3


def test_a_name_for_two_keys_is_refused(tmp_path: Any) -> None:
    file = tmp_path / "two.yaml"
    file.write_text("fleet: {region: {US East: 1}}")
    assert refusal("CF_DATA_FLEET__REGION__US_EAST", file=file) == (
        "CF_DATA_FLEET__REGION__US_EAST: expected one key, got a name for 'US-East' "
        "and 'US East' of fleet.region; "
        "use --set fleet.region.US-East=… or a file"
    )


def test_regions_of_a_layer_are_those_of_the_fleet() -> None:
    local = loaded(
        "CF_DATA_LAYERS__LOCAL_TIME__ZONES__US_EAST", "America/New_York"
    ).layers.local_time
    assert local is not None
    assert local.zones == {"US-East": "America/New_York"}
    assert "expected one of US-East" in refusal("CF_DATA_LAYERS__LOCAL_TIME__ZONES__MARS", "UTC")


@pytest.mark.parametrize(
    ("variable", "pair"), [("MEM_CPU", None), ("CPU_MEM", "cpu~mem"), ("MEM_NET_IN", "mem~net_in")]
)
def test_pairs_of_metrics_are_reached(variable: str, pair: str | None) -> None:
    name = f"CF_DATA_ARCHETYPES__WEB__CORRELATION__{variable}"
    if pair is None:
        assert "joined by ~" in refusal(name, "0.1")
    else:
        assert loaded(name, "0.1").archetypes["web"].correlation[pair] == 0.1


def test_an_entry_that_a_file_adds_is_reached(tmp_path: Any) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("fleet: {region: {EMEA/UK: 1}}".replace("EMEA/UK", "Asia Pacific"))
    config = load_config(file, environment={"CF_DATA_FLEET__REGION__ASIA_PACIFIC": "7"})
    assert config.fleet.region["Asia Pacific"] == 7
