"""pandas frames to Arrow and back: any labels, any objects, the index where it says something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pii_scan.connectors.edits import places
from pii_scan.connectors.names import distinct, meant

if TYPE_CHECKING:
    import pandas as pd

SERIES = "values"
"""The column of a series without a name."""


def to_arrow(frame: Any, columns: Collection[str] | None = None) -> pa.Table:
    """The frame as a table, or some columns of it; index levels come first. A column that Arrow has no type for becomes text."""
    frame = _frame(frame)
    found = [*_levels(frame), *((_label(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns))]
    named = dict(zip(distinct(name for name, _ in found), (values for _, values in found), strict=True))
    wanted = meant(named, columns)
    return pa.table([_column(named[name]) for name in wanted], names=wanted)


def from_arrow(frame: Any, before: pa.Table, after: pa.Table) -> Any:
    """A copy of the frame in which the columns that differ between two tables are those of the second one, if it has them."""
    kept = places(before.column_names, after.column_names) or []
    made = _without(_frame(frame).copy(), [at for at in range(before.num_columns) if at not in kept])
    before = before.select(kept)
    levels = [place for place, _ in _named_levels(made)]
    for at, column in enumerate(after.columns):
        if column.equals(before.column(at)):
            continue
        if at < len(levels):
            made.index = _reindexed(made.index, levels[at], column.to_pandas().array)
        else:
            made.isetitem(at - len(levels), _values(column, made.iloc[:, at - len(levels)], before.column(at)))
    return made if hasattr(frame, "columns") else made.iloc[:, 0].rename(frame.name)


def texts(cells: Iterable[Any]) -> pa.Array:
    """Objects of any kind as text, cell by cell; what stands for nothing is null."""
    return pa.array([_text(cell) for cell in cells], pa.string())


def _frame(frame: Any) -> pd.DataFrame:
    made: pd.DataFrame = frame if hasattr(frame, "columns") else frame.to_frame(SERIES if frame.name is None else frame.name)
    return made


def _levels(frame: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    for place, name in _named_levels(frame):
        yield name, frame.index.get_level_values(place)


def _named_levels(frame: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """The index levels to be read: those with a name, and an index of texts, which is more than row numbers."""
    for place, name in enumerate(frame.index.names):
        if name is not None:
            yield place, _label(name)
        elif frame.index.get_level_values(place).dtype.kind not in "iuf":
            yield place, "index"


def _label(name: Any) -> str:
    return ".".join(str(part) for part in name if part != "") if isinstance(name, tuple) else str(name)


def _column(values: Any) -> pa.Array | pa.ChunkedArray:
    try:
        made = pa.array(values, from_pandas=True)
    except Exception:  # noqa: BLE001 - Arrow, NumPy and the objects themselves raise what they like
        return texts(values)
    return texts(values) if isinstance(made.type, pa.BaseExtensionType) else made


def _text(cell: Any) -> str | None:
    if cell is None or (isinstance(cell, float) and cell != cell) or type(cell).__name__ in {"NAType", "NaTType"}:  # noqa: PLR0124
        return None
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def _values(column: pa.ChunkedArray, old: pd.Series, before: pa.ChunkedArray) -> Any:
    """New cells for a column, in its own dtype where the edit kept the type."""
    values = column.to_pandas()
    values.index = old.index
    if column.type.equals(before.type) and old.dtype.name != "category":
        try:
            return values.astype(old.dtype)
        except (TypeError, ValueError):
            return values
    return values


def _without(frame: pd.DataFrame, gone: list[int]) -> pd.DataFrame:
    """The frame without some of its columns, which are counted from its index levels on."""
    import pandas as pd

    levels = [place for place, _ in _named_levels(frame)]
    columns = [at - len(levels) for at in gone if at >= len(levels)]
    made = frame.iloc[:, [at for at in range(frame.shape[1]) if at not in columns]] if columns else frame
    lost = [levels[at] for at in gone if at < len(levels)]
    if lost:
        rest = [made.index.get_level_values(place) for place in range(made.index.nlevels) if place not in lost]
        made.index = pd.RangeIndex(len(made)) if not rest else rest[0] if len(rest) == 1 else pd.MultiIndex.from_arrays(rest)
    return made


def _reindexed(index: Any, place: int, values: Any) -> Any:
    import pandas as pd

    if index.nlevels == 1:
        return pd.Index(values, name=index.names[0])
    levels = [values if at == place else index.get_level_values(at) for at in range(index.nlevels)]
    return pd.MultiIndex.from_arrays(levels, names=index.names)
