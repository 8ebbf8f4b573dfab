"""How servers are named and what metadata they draw."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from capgen.settings.types import Section, ServerIdFormat, Weights


class Fleet(Section):
    """How servers are named and what metadata they draw.

    Attributes:
        criticality: weights, likewise.
        region: weights, likewise.
    """

    server_id_format: ServerIdFormat
    first_index: Annotated[int, Field(ge=0, le=10**9)]
    apps_per_business_unit: Annotated[int, Field(ge=1, le=10**6)]
    business_unit: Weights
    criticality: Weights
    region: Weights
