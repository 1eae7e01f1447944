"""Cells that a spreadsheet would run as a formula, made harmless: an apostrophe before them makes them text."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.contracts import Edit

_FORMULA = r"^[=+\-@\t\r\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
"""What a spreadsheet begins a formula with, the full-width forms among it (OWASP, CSV injection)."""
_NUMBER = r"^[-+][0-9][0-9 .,]*%?$"
"""A number with a sign, or a telephone number: harmless, and text to nobody."""


def guarding(edit: Edit) -> Edit:
    """An edit after which no cell is a formula."""

    def guarded(table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        edited = edit(table, batch)
        columns = [_guarded(column) for column in edited.columns]
        return pa.RecordBatch.from_arrays(columns, schema=edited.schema)

    return guarded


def unguarded(before: pa.Array, after: pa.Array) -> pa.Array:
    """Cells of a copy without the apostrophe that was put before them."""
    marked = pc.and_(pc.starts_with(after, "'"), pc.fill_null(pc.not_equal(before, after), True))  # noqa: FBT003
    bare = pc.utf8_slice_codeunits(after, 1)
    marked = pc.and_(marked, _dangerous(bare))
    return pc.if_else(pc.fill_null(marked, False), bare, after)  # noqa: FBT003


def _guarded(column: pa.Array) -> pa.Array:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    found = pc.fill_null(_dangerous(column), False)  # noqa: FBT003 - a foreign name
    if not pc.any(found).as_py():
        return column
    mark, nothing = pa.scalar("'", column.type), pa.scalar("", column.type)
    return pc.if_else(found, pc.binary_join_element_wise(mark, column, nothing), column)


def _dangerous(cells: pa.Array) -> pa.Array:
    return pc.and_(pc.match_substring_regex(cells, _FORMULA), pc.invert(pc.match_substring_regex(cells, _NUMBER)))
