"""The picture: the charts side by side with their titles, drawn as SVG and turned into a PNG."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from capgen.report.style import INK, PAPER

FONT = "DejaVu Sans, Noto Sans, Liberation Sans, Arial, sans-serif"
WIDTH = 1600
MARGIN = 30
GAP = 24
_SOFT = "#58626f"
_SMALL = 12.5  # the type of tables
_LINE = 1.45  # of the size of the type
_LETTER = 0.56  # of the size of the type, on average
_ROOT = re.compile(r"<svg[^>]*?width=\"([\d.]+)\"[^>]*?height=\"([\d.]+)\"")
_NAMES = re.compile(r"(id=\"|url\(#|href=\"#)")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the picture.

    Args:
        text: SVG whose origin is its upper left corner.
        height: in pixels.
    """

    text: str
    height: float


def inner_width(parts: int) -> int:
    """Return how wide each of some pieces in a row is.

    Args:
        parts: how many.
    """
    return (WIDTH - 2 * MARGIN - GAP * (parts - 1)) // parts


def chart_block(svg: str, mark: str) -> Block:
    """Return a chart as a piece.

    Args:
        svg: the chart.
        mark: goes before names in it, which must differ from those of other charts.
    """
    root = _ROOT.search(svg)
    height = float(root[2]) if root else 0.0
    return Block(_NAMES.sub(rf"\g<1>{mark}", svg), height)


def words_block(
    lines: Iterable[str], width: float, *, size: float = 14, bold: bool = False, colour: str = INK
) -> Block:
    """Return lines of text, wrapped, as a piece.

    Args:
        lines: of text.
        width: in pixels.
        size: of the type.
        bold: whether the type is.
        colour: of the type.
    """
    letters = max(int(width / (size * _LETTER)), 10)
    wrapped = [part for line in lines for part in textwrap.wrap(line, letters) or [""]]
    weight = "bold" if bold else "normal"
    type_ = f'font-size="{size}" font-weight="{weight}" fill="{colour}"'
    drawn = (
        f'<text x="0" y="{size * (1 + _LINE * row):.1f}" {type_}>{escape(line)}</text>'
        for row, line in enumerate(wrapped)
    )
    return Block("".join(drawn), size * _LINE * len(wrapped) + 4)


def table_block(
    headings: Sequence[str],
    cells: Sequence[Sequence[str]],
    shares: Sequence[float],
    width: float,
) -> Block:
    """Return a table as a piece; what does not fit a column is cut with an ellipsis.

    Args:
        headings: of the columns.
        cells: by row.
        shares: of the width that each column takes.
        width: in pixels.
    """
    size = _SMALL
    lefts = [width * sum(shares[:position]) for position in range(len(shares))]
    rows = [list(headings), *map(list, cells)]
    drawn = []
    for number, row in enumerate(rows):
        y = size * (1.2 + 1.6 * number)
        weight = "bold" if number == 0 else "normal"
        type_ = f'font-size="{size}" font-weight="{weight}" fill="{INK}"'
        for text, left, share in zip(row, lefts, shares, strict=True):
            fitting = escape(_cut(text, int(share * width / (size * _LETTER)) - 1))
            drawn.append(f'<text x="{left:.1f}" y="{y:.1f}" {type_}>{fitting}</text>')
    return Block("".join(drawn), size * 1.6 * len(rows) + 6)


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: max(letters - 1, 1)] + "…"


def stacked(blocks: Iterable[Block], gap: float = 6) -> Block:
    """Return pieces below each other as one.

    Args:
        blocks: from the top.
        gap: between them, in pixels.
    """
    drawn = []
    y = 0.0
    for block in blocks:
        drawn.append(f'<g transform="translate(0,{y:.1f})">{block.text}</g>')
        y += block.height + gap
    return Block("".join(drawn), y - gap)


def beside(blocks: Sequence[Block], width: float) -> Block:
    """Return pieces beside each other as one.

    Args:
        blocks: from the left.
        width: of each, in pixels.
    """
    drawn = (
        f'<g transform="translate({position * (width + GAP):.1f},0)">{block.text}</g>'
        for position, block in enumerate(blocks)
    )
    return Block("".join(drawn), max(block.height for block in blocks))


def rows_of(blocks: Sequence[Block], most: int) -> Iterator[Block]:
    """Yield rows of pieces.

    Args:
        blocks: all of them.
        most: how many stand in a row.
    """
    for first in range(0, len(blocks), most):
        yield beside(blocks[first : first + most], inner_width(most))


def titled(title: str, caption: str, block: Block, width: float) -> Block:
    """Return a piece with a title and a caption above it.

    Args:
        title: of the panel.
        caption: its main finding.
        block: what is shown.
        width: in pixels.
    """
    words = words_block([caption], width, size=13, colour=_SOFT)
    return stacked([words_block([title], width, size=18, bold=True), words, block])


def picture_svg(blocks: Iterable[Block]) -> str:
    """Return the whole picture.

    Args:
        blocks: from the top.
    """
    body = stacked(blocks, gap=30)
    height = body.height + 2 * MARGIN
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'font-family="{FONT}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        f'<g transform="translate({MARGIN},{MARGIN})">{body.text}</g></svg>'
    )
