"""Names of files for series, whatever characters the names of servers have."""

from __future__ import annotations

from urllib.parse import quote


def file_name(server: str) -> str:
    """Return a name for a server's file, which no other server has.

    Args:
        server: the server's id; in the name, what is no letter of ASCII, digit or one of `_.-~`
            is written as in an address, such as `%3A` for a colon.
    """
    return quote(server, safe="")
