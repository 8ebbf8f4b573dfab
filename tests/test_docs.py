"""The pages of the documentation: what the code makes is up to date, and links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import typer

from capgen import load_config
from capgen.cli.app import app, main
from tests.docs import PAGES, PARTS, README, ROOT, brought_up_to_date
from tests.test_readme import blocks

LINK = re.compile(r"(?<!!)\[[^]]+\]\(([^)#]*)(#[^)]*)?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
VARIABLES = re.compile(r"^([A-Z_]+=\S+ )+")
LONGEST_README = 150
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@every_page
def test_what_is_made_from_the_code_is_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == brought_up_to_date(text), "run python -m tests.docs"


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {f"#{heading.replace(' ', '-')}" for heading in plain}


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if path.startswith("https:"):
            continue
        target = page.parent / path if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}{anchor}"


def test_the_readme_is_read_in_five_minutes_and_leads_to_every_page() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_README
    assert reached(README) == {*PAGES, ROOT / "CHANGELOG.md"}
    contents = {anchor for path, anchor in LINK.findall(text) if not path}
    assert contents == anchors(README) - {"#capgen"}


def reached(page: Path, known: frozenset[Path] = frozenset()) -> set[Path]:
    """Return the pages that links lead to, from page to page."""
    found = {page, *known}
    for path, _ in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve()
        if path.endswith(".md") and target not in found:
            found |= reached(target, frozenset(found))
    return found


def unrun_commands() -> list[str]:
    """Return the commands that need a store, a cluster, a browser or minutes: they do not run."""
    return [
        line for page in PAGES for block in blocks(page, "console") for line in block.splitlines()
    ]


@pytest.mark.parametrize("command", unrun_commands())
def test_a_command_that_is_not_run_is_one(command: str) -> None:
    words = shlex.split(VARIABLES.sub("", command))
    if words[:3] == ["python", "-m", "pip"]:
        return
    if words[:2] == ["python", "-m"]:
        assert importlib.util.find_spec(words[2]) is not None
        assert all((ROOT / word).is_file() for word in words[3:] if word.endswith(".py"))
        return
    if "s3://" in command and importlib.util.find_spec("s3fs") is None:
        pytest.skip("needs capgen[s3]")
    program, verb, *options = words
    assert program == "capgen"
    known = typer.main.get_command(app)
    assert isinstance(known, typer.core.TyperGroup)
    known.commands[verb].make_context(verb, options)


def test_docs_says_where_the_pages_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    pages = [Path(line.strip()) for line in lines[1::2]]
    assert len(pages) == 10
    texts = {page.read_text(encoding="utf-8") for page in PAGES}
    for title, page in zip(lines[::2], pages, strict=True):
        text = page.read_text(encoding="utf-8")
        assert text in texts  # an installed page lies elsewhere
        assert text.startswith(f"# {title}\n")


def test_every_key_is_there_and_says_what_it_is() -> None:
    lines = (line.split(" | ") for line in PARTS["keys"]().splitlines() if line.startswith("| `"))
    said = {key.strip("|` "): about for key, about, *_ in lines}
    assert not [key for key, about in said.items() if not about.strip()]
    given = load_config(environment={}).model_dump(exclude={"holiday_days"})
    assert {key.split(".")[0] for key in said} == given.keys()
    assert {key.split(".")[1] for key in said if key.startswith("layers.")} == given[
        "layers"
    ].keys()
