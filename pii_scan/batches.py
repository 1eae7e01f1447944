"""Columns of many record batches gathered, each until it is worth a pass: a pass has a price of its own, whatever the rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from zlib import crc32

import pyarrow as pa

from pii_scan.memory import make_room
from pii_scan.model import Remark, Skipped

ROWS, BYTES = 1 << 17, 8 << 20
"""So many rows or bytes of a column are enough for one pass. What works on one takes some six times its bytes for a moment."""
HELD = 10 << 20
"""Bytes of all columns that wait, where nothing is known of them before; beyond them one goes on with fewer."""
_WAITING = 24 << 20
"""Bytes of all columns that wait where their widths are known, if all had their most at once; they seldom have three fifths."""
_LEAST = 4
"""How much less than its part of these a column may have, of whose cells the beginning tells little."""
_UNTOLD = 1 << 20
"""Bytes of one that wait where others are told of and it is not."""
_PHASES = 8
"""Parts of its room after one of which, by its name, a column goes on first: else all would go on, and wait, together."""
_SMALL, _CUT = 1 << 18, 2
"""Bytes of a piece up to which a copy of it is held where it was cut from a block more than so many times as large."""


def waiting(widths: Sequence[tuple[str, float]]) -> dict[str, int]:
    """How many bytes of each column may wait, of columns with about so many bytes in a cell that are read together.

    Passes are fewest where the room of a column goes by the square root of its width, up to as many rows as are enough.
    """
    left, roots = float(_WAITING), sum(math.sqrt(width) for _, width in widths)
    shares: dict[str, float] = {}
    for name, width in sorted(widths, key=itemgetter(1)):
        share = min(ROWS * width, left * math.sqrt(width) / roots) if roots > 0 else 0.0
        shares[name], left, roots = share, left - share, roots - math.sqrt(width)
    spare = _WAITING / max(1.0, sum(shares.values()))  # widths are those of the beginning, and as they are written there
    least = _WAITING // (_LEAST * len(widths))
    return {name: max(least, math.ceil(spare * share)) for name, share in shares.items()}


class Gathering:
    """The columns of a unit's batches, each handed on by itself, in longer pieces.

    Args:
        most: bytes of each column that may wait, whatever stands beside it. Without them all columns share `HELD`.

    Attributes:
        rows: how many have come.
    """

    def __init__(self, most: Mapping[str, int] | None = None) -> None:
        self.rows = 0
        self._most = most
        self._schema: pa.Schema = pa.schema([])
        self._columns: list[_Column] = []
        self._size = 0
        """Bytes of all of them, which a wide table has no time to add up for each piece."""

    def through(self, items: Iterable[pa.RecordBatch | Skipped | Remark]) -> Iterator[pa.RecordBatch | Skipped | Remark]:
        """The same cells in batches of one column each; what is no batch is handed on at once."""
        for item in items:
            if not isinstance(item, pa.RecordBatch):
                yield item
                continue
            if not item.schema.equals(self._schema):
                yield from self._changed(item.schema)
            self.rows += item.num_rows
            arrays = item.columns
            del item
            for place in range(len(arrays)):
                yield from self._taken(place, arrays[place])
                arrays[place] = None
            while self._most is None and self._size > HELD:
                yield from self._flushed(max(range(len(arrays)), key=lambda place: self._columns[place].worth))
        yield from self._all()

    def _taken(self, place: int, array: pa.Array) -> Iterator[pa.RecordBatch]:
        """One more piece of a column; those before it, where it would be too much with it."""
        column, size = self._columns[place], array.nbytes
        if column.parts and (column.rows + len(array) > ROWS or column.size + size > column.most):
            yield from self._flushed(place)
            column = self._columns[place]
        column.parts.append(_compact(array, size))
        column.rows, column.size, self._size = column.rows + len(array), column.size + size, self._size + size

    def _changed(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Columns that stay wait on; what waits of others goes."""
        names = schema.names
        if names != self._schema.names:
            yield from self._all()
            self._schema, self._columns = schema, [self._begun(name) for name in names]
            return
        for place in range(len(names)):
            if not schema.field(place).equals(self._schema.field(place)):
                yield from self._flushed(place)
        self._schema = schema

    def _most_of(self, name: str) -> int:
        return BYTES if self._most is None else min(BYTES, self._most.get(name, _UNTOLD))

    def _begun(self, name: str) -> _Column:
        """A column of which nothing waits yet."""
        most = self._most_of(name)
        return _Column(most if self._most is None else most * (1 + crc32(name.encode()) % _PHASES) // _PHASES)

    def _all(self) -> Iterator[pa.RecordBatch]:
        for place in range(len(self._columns)):
            yield from self._flushed(place)

    def _flushed(self, place: int) -> Iterator[pa.RecordBatch]:
        column = self._columns[place]
        if not column.parts:
            return
        self._columns[place] = _Column(self._most_of(self._schema.field(place).name))
        self._size -= column.size
        chunks = _joined(column.parts)
        field = self._schema.field(place)
        del column
        make_room()  # what reading took is not held beside what examining takes
        while chunks:
            yield pa.RecordBatch.from_arrays([chunks.pop(0)], schema=pa.schema([field]))
        make_room()  # else the workers' peaks would add up: one examines while another reads


class _Column:
    """Pieces of a column that wait for more."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.parts: list[pa.Array] = []
        self.rows = self.size = 0

    @property
    def worth(self) -> int:
        """How well a pass over them is used, beside what it frees."""
        return self.rows * self.size


def _compact(array: pa.Array, size: int) -> pa.Array:
    """A copy of a small piece that was cut from much more; any other one as it is."""
    if size >= _SMALL or pa.types.is_dictionary(array.type) or array.get_total_buffer_size() <= _CUT * size:
        return array
    return pa.concat_arrays([array, array.slice(0, 0)])


def _joined(parts: list[pa.Array]) -> list[pa.Array]:
    """The pieces as one, or as few as can be; they are held no longer."""
    made = pa.chunked_array(parts) if len(parts) == 1 or pa.types.is_dictionary(parts[0].type) else pa.concat_arrays(parts)
    parts.clear()
    if isinstance(made, pa.Array):
        return [made]
    if made.num_chunks > 1:
        made = pa.table([made], [""]).unify_dictionaries().combine_chunks().column(0)
    return list(made.chunks)
