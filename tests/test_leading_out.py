"""Wrong configurations: each message leads out by its text alone; all problems come at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from capgen import Config, ConfigError, load_config
from capgen.cli.app import main
from capgen.config import model_digest
from tests.conftest import make_config
from tests.wrong_configurations import WRONG, Wrong


def loaded(text: str, folder: Path) -> Config:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, environment={})


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.name)
def test_a_message_leads_out(case: Wrong, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(case.wrong, tmp_path)
    assert case.says in str(refused.value)
    loaded(case.right, tmp_path)


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(
            "sede: 1\n"
            "end_date: 2021-01-01\n"
            "archetypes: {web: {weekend_factor: low, base: {cpu: 30}}, cache: {share: 0.1}}\n"
            "calendar: {holidays: {country: XX}}\n"
            "layers: {outliers: {gpu: {probability: 2}}, local_time: {zones: {Mars: UTC}}}\n",
            tmp_path,
        )
    keys = [problem.partition(": ")[0] for problem in refused.value.problems]
    assert sorted(keys) == [
        "archetypes.cache",
        "archetypes.web.weekend_factor",
        "calendar.holidays",
        "end_date",
        "layers.local_time.zones",
        "layers.outliers.gpu.probability",
        "sede",
    ]


def test_mending_one_problem_makes_no_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded("archetypes: {web: {share: much}}\nmetrics: {disk: {clip: 5}}", tmp_path)
    assert [each.partition(": ")[0] for each in refused.value.problems] == [
        "metrics.disk.clip",
        "archetypes.web.share",
    ]


def test_config_check_checks_what_a_build_would_be_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("first_columns: [server_id]\nseed: 3\n")
    assert main(["config", "check", str(file), "--preset", "telemetry"]) == 0
    assert (
        model_digest(load_config(file, preset="telemetry", environment={}))
        in capsys.readouterr().out
    )
    assert main(["config", "check", "--preset", "realistic"]) == 0
    monkeypatch.setenv("CF_DATA_SEED", "-1")
    assert main(["config", "check", "--preset", "telemetry"]) == 2
    assert "CF_DATA_SEED" in capsys.readouterr().err


@pytest.mark.parametrize("preset", ["default", "telemetry", "realistic"])
def test_config_init_prints_a_whole_archetype(
    preset: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "init", "-", "--archetype", "cache", "--preset", preset]) == 0
    file = tmp_path / "cache.yaml"
    file.write_text(capsys.readouterr().out)
    config = load_config(file, preset=preset, environment={})
    pattern = load_config(preset=preset, environment={}).archetypes["web"]
    assert config.archetypes["cache"] == pattern.model_copy(update={"share": 0.1})
    assert sum(each.share for each in config.archetypes.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", ["web", "Cache", "../x", ""])
def test_config_init_refuses_a_name_that_is_no_new_one(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "init", "-", "--archetype", name]) == 2
    assert "--archetype: expected" in capsys.readouterr().err


def test_shown_correlations_say_what_is_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = ["cpu~mem=0.9", "cpu~net_in=0.9", "mem~net_in=-0.5"]
    flags = [f"--set=archetypes.web.correlation.{pair}" for pair in pairs]
    assert main(["config", "show", *flags, "--set", "repair_correlation=true"]) == 0
    shown = capsys.readouterr()
    (line,) = [each for each in shown.out.splitlines() if '"mem~net_in": -0.5' in each]
    assert "--set archetypes.web.correlation.mem~net_in; in use: -0.248551, of the nearest" in line
    assert yaml.safe_load(shown.out)["archetypes"]["web"]["correlation"]["mem~net_in"] == -0.5
    assert "archetypes.web.correlation was impossible" in shown.err


def test_a_fleet_so_small_that_an_archetype_gets_none_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["config", "show", "--servers", "8"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "note: num_servers: 8 servers, too few for batch (needs 10)"
    assert make_config(num_servers=8).num_servers == 8
