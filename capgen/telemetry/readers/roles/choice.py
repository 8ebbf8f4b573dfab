"""Says which metric, server and device each series is."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.roles.mapped import take_mapped
from capgen.telemetry.readers.roles.series import Roles, Series, guess, some
from capgen.telemetry.readers.roles.unmapped import take_all

# Labels that name a server, the likeliest first.
SERVER_LABELS: Final = ("instance", "host", "hostname", "server", "nodename", "node", "machine")


def choose_roles(
    series: Sequence[Series],
    mapping: Mapping,
    *,
    device_labels: Set[str],
    own_label: str | None = None,
) -> Roles:
    """Say which metric, server and device each series is.

    Args:
        series: all that were found.
        mapping: what the user says.
        device_labels: labels that tell a server's devices apart.
        own_label: the label that is the server in this format; None where labels are free.

    Raises:
        RequestError: the mapping does not fit, or it does not say what only the user knows.
    """
    roles = Roles()
    label = _server_label(series, mapping, own_label, roles)
    served = [one for one in series if label is None or label in one.labels]
    if len(served) < len(series):
        says = f"series without the label {label!r}, which is the server's name; left out"
        left = len(series) - len(served)
        roles.notes.append(AccountLine(name="series", about="", count=left, says=says))
    if mapping.metrics:
        take_mapped(served, mapping, label, roles)
    else:
        take_all(served, label, device_labels, roles)
    return roles


def _server_label(
    series: Sequence[Series], mapping: Mapping, own_label: str | None, roles: Roles
) -> str | None:
    """Return the label that names the server; None where the file's name or the mapping does."""
    if mapping.server.chosen("file", "value"):
        return None
    wanted = mapping.server.column or own_label
    found = sorted({name for one in series for name in one.labels})
    names = SERVER_LABELS if wanted is None else (wanted,)
    label = next((name for name in names if name in found), None)
    if label is None:
        raise RequestError(
            f"server: expected a label that names the server ({', '.join(names)}), got the labels "
            f"{some(found)}; which is it? Say server: {{column: LABEL}}, {{file: PATTERN}} or "
            f"{{value: NAME}} in a mapping"
        )
    if wanted is None:
        says = f"the label {label!r} is taken as the server's name, as is usual"
        roles.guesses.append(guess("server", "", says))
    return label
