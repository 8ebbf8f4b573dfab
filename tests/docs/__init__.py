"""The pages of the documentation, and the parts of them that are made from the code.

`python -m tests.docs` writes these parts anew; `tests/test_docs.py` fails where one is out of
date. A part stands between two comments, `<!-- made: NAME -->` and `<!-- end: NAME -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs.handover import destination_loading, destination_table
from tests.docs.keys import key_tables
from tests.docs.layers import layer_table
from tests.docs.load import form_table, mapping_table
from tests.docs.measures import measure_table
from tests.docs.rules import rule_table
from tests.docs.scores import score_table
from tests.docs.sql import macro_table, query_table, setting_table

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DATASET_PAGE = ROOT / "capgen/dataset/README.md"
PAGES = (
    README,
    ROOT / "CONTRIBUTING.md",
    ROOT / "config/README.md",
    ROOT / "sql/README.md",
    ROOT / "capgen/layers/README.md",
    ROOT / "capgen/foresight/README.md",
    DATASET_PAGE,
    ROOT / "capgen/handover/README.md",
    ROOT / "capgen/quality/README.md",
    ROOT / "capgen/twins/README.md",
    ROOT / "capgen/twins/compare/README.md",
    ROOT / "capgen/scores/README.md",
    ROOT / "capgen/engines/README.md",
    ROOT / "capgen/telemetry/README.md",
    ROOT / "tests/bench/README.md",
)
PARTS: Mapping[str, Callable[[], str]] = {
    "destinations": destination_table,
    "loading": destination_loading,
    "forms": form_table,
    "keys": key_tables,
    "layers": layer_table,
    "macros": macro_table,
    "mapping": mapping_table,
    "measures": measure_table,
    "queries": query_table,
    "rules": rule_table,
    "scores": score_table,
    "settings": setting_table,
}
_PART = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end: \2 -->\n)", re.DOTALL)


def brought_up_to_date(text: str) -> str:
    """Return a page's text with the parts that are made from the code as the code has them.

    Args:
        text: of a page.
    """
    return _PART.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n\n{match[3]}", text)
