from tests.conftest import Run, make_config


def test_x(run: Run) -> None:
    assert make_config(seed=3).seed == 3
