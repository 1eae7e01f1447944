"""How a cell is written in delimited text: quoted where it needs that, and read without its quotes."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from pii_scan.connectors.encoding import encoded
from pii_scan.connectors.fields import Dialect, quoted


def bare(raw: pa.Array, dialect: Dialect, *, plain: bool) -> pa.Array:
    """Cells without what quotes and escapes them.

    Args:
        raw: the bytes of each cell.
        dialect: how they are written.
        plain: whether each is bare or quoted as a whole, and nothing is escaped in another way than by doubled quotes.
    """
    quote = dialect.quote.encode()
    if not plain:
        return pa.array([None if cell is None else unquoted(cell, dialect) for cell in raw.to_pylist()], pa.binary())
    begun = pc.starts_with(raw, quote)
    if not pc.any(begun).as_py():
        return raw
    inside = pc.binary_slice(raw, 1, -1)
    return pc.if_else(begun, pc.replace_substring(inside, quote + quote, quote), raw)


def spelled(cells: pa.Array, raw: pa.Array | None, dialect: Dialect, codec: str) -> pa.Array:
    """Cells as bytes of the file: quoted where they need it, or where the cell was before."""
    quote, escape = dialect.quote.encode(), dialect.escape.encode()
    plain = encoded(cells, codec)
    special = "[" + re.escape(dialect.delimiter) + re.escape(dialect.quote) + r"\r\n" + re.escape(dialect.escape) + "]"
    needed = pc.match_substring_regex(plain, special)
    if raw is not None:
        needed = pc.or_(needed, pc.fill_null(pc.starts_with(raw, quote), False))  # noqa: FBT003
    if escape:
        plain = pc.replace_substring(plain, escape, escape + escape)
    doubled = pc.replace_substring(plain, quote, (escape or quote) + quote)
    return pc.if_else(needed, pc.binary_join_element_wise(quote, doubled, quote, b""), plain)


def unquoted(cell: bytes, dialect: Dialect) -> bytes:
    """One cell without what quotes and escapes it."""
    quote, escape = dialect.quote.encode(), dialect.escape.encode()
    match = quoted(dialect).fullmatch(cell) if cell.startswith(quote) else None
    if match:
        inside, after = match.groups()
        return _unescaped(inside, quote, escape) + _unescaped(after, b"", escape)
    return _unescaped(cell, b"", escape)


def _unescaped(text: bytes, quote: bytes, escape: bytes) -> bytes:
    if not escape or escape not in text:
        return text.replace(quote + quote, quote) if quote else text
    pattern = re.escape(escape) + rb"(.)" + (rb"|" + re.escape(quote) + rb"(" + re.escape(quote) + rb")" if quote else b"")
    return re.sub(pattern, lambda match: match[match.lastindex or 1], text, flags=re.DOTALL)
