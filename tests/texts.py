"""Texts of any characters, which need no table of them.

`st.text` makes one, where none is kept from an earlier run: that takes seconds of each process.
"""

from __future__ import annotations

from hypothesis import strategies as st

_ASCII = st.integers(0, 0x7F)
_BELOW_SURROGATES = st.integers(0x80, 0xD7FF)
_ABOVE_SURROGATES = st.integers(0xE000, 0x10FFFF)
CHARACTERS = st.one_of(_ASCII, _BELOW_SURROGATES, _ABOVE_SURROGATES).map(chr)


def any_text(max_size: int) -> st.SearchStrategy[str]:
    """Return a strategy of texts.

    Args:
        max_size: the most characters.
    """
    return st.lists(CHARACTERS, max_size=max_size).map("".join)
