"""Random streams that are pure functions of what they are for."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.random import SFC64, Generator
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

_STATE_WORDS = 3  # what SFC64 takes
_WORD = np.dtype("<u8")  # NumPy would read the name for each stream
# Each digest goes on from a copy, as a panel opens a dozen streams for each server and year.
_DIGEST = hashlib.blake2b(
    digest_size=_WORD.itemsize * _STATE_WORDS,
    person=b"capgen",  # keeps these digests apart from every other use of BLAKE2
)


class _Digest(ISeedSequence):
    """Hands a digest to the bit generator as it is; a digest needs no further mixing."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self._words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[np.uint64]:
        assert n_words == _STATE_WORDS
        assert dtype is np.uint64
        return self._words


def stream(seed: int, server_id: str, block: str, purpose: str) -> Generator:
    """Open the random stream for one purpose of one server in one block of time.

    Args:
        seed: the configuration's seed.
        server_id: the server.
        block: the block's label; empty for draws that hold for all time.
        purpose: what is drawn, such as `noise`. Streams of different purposes are independent.

    Returns:
        A generator that gives the same numbers on every machine and in every process.
    """
    key = "\0".join((str(seed), server_id, block, purpose)).encode()
    digest = _DIGEST.copy()
    digest.update(key)
    words = np.frombuffer(digest.digest(), _WORD)
    return Generator(SFC64(_Digest(words)))  # type: ignore[arg-type]
