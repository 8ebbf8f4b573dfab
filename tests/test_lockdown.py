"""A question reads the panel that it is asked of, and nothing else; nor does it write."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

import capgen
from capgen import RequestError
from capgen.cli.app import main
from tests.conftest import deep, make_config

SMALL = {"num_servers": 4, "end_date": "2022-01-05"}
PART = "data/year=2022/server_type=web/part-00000.parquet"
OTHER = "other/year=2022/server_type=web/part-00000.parquet"
OVERWRITE = f"(copy (select 1 as month) to '{PART}' (format parquet, use_tmp_file false))"
HIDDEN = OVERWRITE.replace("(copy", "(\u00a0copy")  # after a space that is not ASCII
ESCAPED = OVERWRITE.replace("'", "''")

HOSTILE = [
    "select * from read_text('secret.txt')",
    "select content from read_blob('secret.txt')",
    "from read_csv('secret.txt')",
    "from sniff_csv('secret.txt')",
    "from read_json('secret.txt')",
    "from read_ndjson_objects('secret.txt')",
    "from 'secret.csv'",
    "from glob('*')",
    "from glob('data/../*')",
    f"from read_parquet('{OTHER}')",
    "from read_parquet('other/**/*.parquet')",
    f"from '{OTHER}'",
    f"from parquet_metadata('{OTHER}')",
    f"from parquet_kv_metadata('{OTHER}')",
    "from read_text('data/_capgen/manifest.json')",
    f"from read_text('{PART}/../../../../secret.txt')",
    "from read_text('.tmp/secret.txt')",
    "from read_text('/proc/self/environ')",
    "from read_text('/dev/stdin')",
    "from 'https://127.0.0.1:1/a.csv'",
    "from read_parquet('s3://bucket/a.parquet')",
    "select getenv('HOME')",
    "from python_variable",
    "from duckdb_secrets()",
    "from query('copy panel to ''written''')",
    "from query_table('secret.csv')",
    "from sql_auto_complete('sel')",
    "from panel where server_id in (select content from read_text('secret.txt'))",
    "with a as materialized (from read_text('secret.txt')) from a",
    "explain analyze select * from read_text('secret.txt')",
    "pivot (from read_csv('secret.txt')) on column0 using count(*)",
    "select * from query('from glob(''*'')')",
    # The lock refuses those above, the kind of statement refuses those below.
    "select 1; select 2",
    "select 1; copy panel to 'written'",
    "copy panel to 'written'",
    f"copy (pivot panel on month using avg(cpu_p95)) to '{PART}' (use_tmp_file false)",
    f"with x as {OVERWRITE} from x",
    f"with x as {HIDDEN} from x",
    f"with x as {OVERWRITE} pivot panel on month using avg(cpu_p95)",
    (
        f"with é$a$ as {OVERWRITE.replace('(copy', '(CoPy/**/')} "
        "pivot panel on month using avg(cpu_p95) -- $a$"
    ),
    f"explain analyze with x as {OVERWRITE} from x",
    f"from query('with x as {ESCAPED} from x')",
    "create table a as from panel",
    "create table a as from (pivot panel on month using avg(cpu_p95))",
    "with x as (insert into eoq_settings values (1, true, 2, [3]) returning *) from x",
    "delete from holiday_dates",
    "drop view panel",
    "attach 'written.db' as written",
    "export database 'written'",
    "import database 'written'",
    "install httpfs",
    "load httpfs",
    "load './written.duckdb_extension'",
    "pragma database_list",
    "call pragma_version()",
    "call enable_logging(storage = 'file', storage_path = 'written')",
    "set enable_external_access = true",
    "reset lock_configuration",
    "set variable a = (select content from read_text('secret.txt'))",
    "create secret (type s3, key_id 'a', secret 'b')",
    "use temp",
    "begin",
    "checkpoint",
    "vacuum",
    "prepare a as copy panel to 'written'",
    "comment on view panel is 'mine'",
    "",
    "-- nothing",
]
CONDITIONS = [
    "server_id in (select content from read_text('secret.txt'))",
    pytest.param("exists (from 'secret.csv')", marks=deep),  # the lock refuses these as it does
    pytest.param("exists (from glob('*'))", marks=deep),  # in a statement
    pytest.param(f"exists (from read_parquet('{OTHER}'))", marks=deep),
    "exists (from python_variable)",
    f"exists (with x as {OVERWRITE} from x)",
    "true; copy panel to 'written'",
    "true) union all (from read_text('secret.txt')",
    "getenv('HOME') is not null",
]
READING = [
    "select count(*) as rows from panel",
    "describe panel",
    "summarize panel",
    "show tables",
    "explain analyze select avg(cpu_p95) from panel",
    "pivot panel on server_type using avg(cpu_p95) group by month",
    "from panel select max(eoq_factor(timestamp)), avg(cpu_p95) as load, 'copy-app' as disk_copy",
    (
        "with days as (select timestamp::date as day, avg(cpu_p95) as cpu from panel "
        "group by all) from days;"
    ),
    "select * from panel -- all of it",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for name in ("data", "other"):
        capgen.build(make_config(**SMALL), folder / name)
    (folder / ".tmp").mkdir()
    for name in ("secret.txt", "secret.csv", ".tmp/secret.txt"):
        (folder / name).write_text("hidden\n1\n")
    return folder


@pytest.fixture
def working_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    return home


def content_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


# Those that the lock alone refuses; before, the kind of statement refuses the others.
LOCKED = HOSTILE[: HOSTILE.index("select 1; select 2")]


@pytest.mark.parametrize("kind", ["dataset", "virtual panel"])
def test_a_locked_connection_reads_its_panel_alone(kind: str, working_folder: Path) -> None:
    before = content_of(working_folder)
    source = "data" if kind == "dataset" else make_config(**SMALL)
    python_variable = pl.DataFrame({"hidden": [1]})
    with capgen.connect(source, locked=True) as connection:
        for statement in LOCKED:
            with pytest.raises(capgen.sql.DatabaseError) as refused:
                connection.sql(statement).fetchall()
            assert "hidden" not in str(refused.value), statement
    assert content_of(working_folder) == before
    assert python_variable.height == 1


@pytest.mark.parametrize("statement", [*LOCKED[::8], *HOSTILE[len(LOCKED) :]])
def test_a_hostile_statement_is_refused(statement: str, working_folder: Path) -> None:
    python_variable = pl.DataFrame({"hidden": [1]})
    before = content_of(working_folder)
    with pytest.raises(RequestError) as refused:
        capgen.query(statement, "data")
    assert "hidden" not in str(refused.value)
    assert content_of(working_folder) == before
    assert python_variable.height == 1


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_hostile_condition_is_refused(
    condition: str, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content_of(working_folder)
    assert main(["export", "data", "rows.csv", "--where", condition]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: --where: ")
    assert error.count("\n") == 1
    assert content_of(working_folder) == before


@pytest.mark.parametrize("statement", READING)
def test_what_reads_the_panel_is_answered(statement: str, working_folder: Path) -> None:
    assert working_folder.is_dir()
    assert capgen.query(statement, "data").height > 0


def test_unsafe_lifts_it(
    working_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert working_folder.is_dir()
    written = tmp_path / "written.csv"
    assert (
        main(
            ["query", f"copy panel to '{written}'; from '{written}'", "--data", "data", "--unsafe"]
        )
        == 0
    )
    assert "server_000" in capsys.readouterr().out
    assert written.is_file()
    assert main(["query", "set threads = 1", "--data", "data", "--unsafe"]) == 0
    assert (
        capgen.query("from read_text('secret.txt')", "data", unsafe=True)["content"][0]
        == "hidden\n1\n"
    )
    rows = tmp_path / "rows.csv"
    condition = "exists (from 'secret.csv')"
    assert main(["export", "data", str(rows), "--where", condition, "--unsafe"]) == 0


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("from data", ["there is no table 'data'", "the table is panel"]),
        ("from panels", ["'panels'", "the table is panel"]),
        ("from read_text('secret.txt')", ["only the panel", "'secret.txt'", "--unsafe"]),
        ("select server_id + 1 from panel", ["No function matches", "explicit type casts.\n"]),
        ("copy panel to 'a'", ["a statement that reads", "got copy", "--unsafe"]),
        ("select 1; select 2", ["one statement", "got 2", "--unsafe"]),
    ],
)
def test_a_refusal_says_the_way_out(
    statement: str, words: list[str], working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert working_folder.is_dir()
    assert main(["query", statement, "--data", "data"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(word in error for word in words)


def test_what_does_not_fit_into_memory_goes_to_a_folder_of_its_own() -> None:
    with capgen.connect(make_config(**SMALL), locked=True) as connection:
        ((spill,),) = connection.sql("select current_setting('temp_directory')").fetchall()
    assert Path(spill).is_absolute()
    assert not Path(spill).exists()
