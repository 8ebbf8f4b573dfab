"""Chooses whole servers by a hash of their ids, the same ones every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_PERSON = b"compare"  # keeps these digests apart from other uses of BLAKE2


def number_of(server: str) -> int:
    """Return a number of 64 bits that stands for a server.

    Args:
        server: its id.
    """
    digest = hashlib.blake2b(server.encode(), digest_size=8, person=_PERSON).digest()
    return int.from_bytes(digest, "little")


def chosen(servers: Sequence[str], count: int) -> list[str]:
    """Return the servers with the smallest numbers, in the order of the ids.

    Args:
        servers: ids.
        count: the most to return.
    """
    return sorted(sorted(servers, key=lambda server: (number_of(server), server))[:count])


def halved(servers: Sequence[str]) -> list[bool]:
    """Tell for each server whether it belongs to the half with the smaller numbers.

    Args:
        servers: ids.
    """
    half = set(chosen(servers, len(servers) // 2))
    return [server in half for server in servers]
