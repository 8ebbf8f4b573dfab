"""The rivals of `compare`: what simple copies of the reference get.

A rival stands in a file by itself: to add one is to add its file, and a line here.
"""

from __future__ import annotations

from capgen.twins.compare.rivals import day_blocks, week_blocks
from capgen.twins.compare.rivals.rival import Rival

RIVALS: tuple[Rival, ...] = (
    day_blocks.RIVAL,
    week_blocks.RIVAL,
)
