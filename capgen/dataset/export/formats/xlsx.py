"""A workbook of one sheet, for selections that a person looks at."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from capgen.dataset.export.formats.form import text_pieces
from capgen.errors import CapgenError
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 2**20 - 1  # of a sheet, below the header
_MOST_LETTERS = 32_767  # of a cell
_DAY_ZERO = datetime(1899, 12, 30)  # from which sheets count days
_DAY = 86_400_000_000  # microseconds
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NO_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"  # letters that XML cannot hold
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="panel" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm:ss"/></numFmts>'
        '<fonts><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '</cellXfs><cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ),
}
_HEAD = (
    f'{_DECLARED}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '</sheetView></sheetViews><cols><col min="1" max="{columns}" width="19" customWidth="1"/>'
    "</cols><sheetData>"
)
_FOOT = "</sheetData></worksheet>"


def write_xlsx(rows: pa.RecordBatchReader, file: Counted, _origin: Mapping[str, str]) -> None:
    """Write rows to a sheet, with a header that stays in view.

    Args:
        rows: the rows in batches.
        file: a file open for writing.

    Raises:
        CapgenError: a cell's text is longer than a sheet takes.
    """
    target: Any = file  # it need not close
    with zipfile.ZipFile(target, "w") as book:
        for name, content in _PARTS.items():
            book.writestr(_part(name), f"{_DECLARED}{content}")
        with book.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            for text in _sheet(rows):
                sheet.write(text.encode())


def _part(name: str) -> zipfile.ZipInfo:
    """Return a part of a workbook, without a time, so that the same rows give the same bytes."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _sheet(rows: pa.RecordBatchReader) -> Iterator[str]:
    names = rows.schema.names
    yield _HEAD.format(columns=len(names))
    header = pl.DataFrame({str(number): [name] for number, name in enumerate(names)})
    yield from _row_texts(header)
    for piece in text_pieces(rows):
        yield from _row_texts(piece)
    yield _FOOT


def _row_texts(piece: pl.DataFrame) -> Iterator[str]:
    """Yield the rows of a sheet."""
    _check_lengths(piece)
    cells = [_cell(name, kind) for name, kind in piece.schema.items()]
    row = pl.concat_str(pl.lit("<row>"), *cells, pl.lit("</row>"))
    yield "\n".join(piece.select(row).to_series())


def _cell(name: str, kind: pl.DataType) -> pl.Expr:
    """Return what makes a column's cells: text is never taken for a formula or an address."""
    column = pl.col(name)
    if kind == pl.String:
        cell = pl.format('<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>', _xml(name))
    elif kind == pl.Datetime:
        days = (column - _DAY_ZERO).dt.total_microseconds() / _DAY
        cell = pl.format('<c s="1"><v>{}</v></c>', days)
    else:
        cell = pl.format("<c><v>{}</v></c>", column)
    if kind.is_float():
        cell = pl.when(column.is_finite()).then(cell).otherwise(pl.lit('<c t="e"><v>#NUM!</v></c>'))
    return pl.when(column.is_null()).then(pl.lit("<c/>")).otherwise(cell)


def _xml(name: str) -> pl.Expr:
    """Return what makes text safe in XML; letters that it cannot hold are replaced."""
    known = pl.col(name).str.replace_all(_NO_XML, "\N{REPLACEMENT CHARACTER}")
    return known.str.replace_many({letter: escape(letter) for letter in "&<>"})


def _check_lengths(piece: pl.DataFrame) -> None:
    longest = piece.select(pl.selectors.string().str.len_chars().max())
    for name in longest.columns:
        length = longest[name].item() or 0
        if length > _MOST_LETTERS:
            raise CapgenError(
                f"xlsx: expected cells of at most {_MOST_LETTERS:,} letters, got {length:,} in "
                f"{name}; leave the column out with --columns, or write .csv"
            )
