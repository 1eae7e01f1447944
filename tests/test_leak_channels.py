"""Every channel by which a value could stay in a copy has a guard: without it something is left, and the proof says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pii_scan import rebuild
from pii_scan.connectors import frames, parquet, types
from pii_scan.connectors.frames import FrameSource
from pii_scan.contracts import Source
from pii_scan.fates import Fates
from pii_scan.model import Catalogue, Kind
from pii_scan.pairing import pair
from pii_scan.plan import load_plan
from pii_scan.redaction import Redactor
from pii_scan.registry import sources
from pii_scan.verifying import Proof, prove

ROWS = 200
KNOWN = Catalogue({"email": Kind("email", "", "", "direct"), "person_id": Kind("person_id", "", "", "direct")}, {})
PLAN = load_plan("""
[[column]]
column = "mail"
kind = "email"
operator = "redact"
[[column]]
column = "number"
kind = "person_id"
operator = "redact"
[[column]]
column = "sort"
kind = "email"
operator = "replace"
[[table]]
columns = ["*"]
""")
MAILS = [f"ada.nr{row:04d}@example.org" for row in range(ROWS)]

Patch = pytest.MonkeyPatch


def people() -> pa.Table:
    return pa.table(
        {
            "mail": MAILS,
            "number": pa.array([f"4{row:015d}" for row in range(ROWS)], pa.string()),
            "sort": pa.array(MAILS).dictionary_encode(),
            "kept": [f"row {row}" for row in range(ROWS)],
        }
    )


def opened(path: Path) -> Source:
    (found,) = sources(str(path))
    assert isinstance(found, Source)
    return found


def of_file(folder: Path) -> Proof:
    """The proof of a Parquet file's copy."""
    (folder / "in").mkdir()
    table = people().replace_schema_metadata({"pandas": json.dumps({"example": MAILS[3]})})
    field = pa.field("kept", pa.string(), metadata={"note": MAILS[4]})
    table = table.set_column(3, field, table["kept"])
    pq.write_table(table, folder / "in" / "people.parquet", row_group_size=70, compression="zstd")
    place = opened(folder / "in" / "people.parquet")
    (copy,) = place.copy(str(folder / "out"), Redactor(PLAN, catalogue=KNOWN).editor(place.address))
    assert isinstance(copy, Path)
    return prove([pair(place, opened(copy))], {copy: copy.name}, Fates(PLAN, KNOWN), KNOWN)


def of_frame(_folder: Path) -> Proof:
    """The proof of an Arrow table's copy, whose memory whoever gets it can read."""
    place = FrameSource(people(), "frame")
    copy = FrameSource(place.edited(Redactor(PLAN, catalogue=KNOWN).editor("frame")), "frame")
    return prove([pair(place, copy)], {}, Fates(PLAN, KNOWN), KNOWN)


def nulls_over_the_old_cells(patch: Patch) -> None:
    """Nulls made by a mask alone keep what lies under them."""

    def masked(array: pa.Array) -> pa.Array:
        nothing = pa.py_buffer(bytes((len(array) + 7) // 8))
        return pa.Array.from_buffers(array.type, len(array), [nothing, *array.buffers()[1:]], null_count=len(array))

    patch.setattr(rebuild, "emptied", masked)
    _without_rebuilding(patch)


def slices_of_the_old_array(patch: Patch) -> None:
    """A slice holds the whole array that it is cut from."""
    honest = rebuild.emptied

    def sliced(array: pa.Array) -> pa.Array:
        return pa.concat_arrays([array, honest(array)]).slice(len(array))

    patch.setattr(rebuild, "emptied", sliced)
    _without_rebuilding(patch)


def dictionaries_with_the_old_entries(patch: Patch) -> None:
    """A dictionary keeps entries that no cell uses any more."""

    def relabelled(array: pa.Array, value: str) -> pa.Array:
        if not pa.types.is_dictionary(array.type):
            return pa.array([value] * len(array), pa.string())
        entries = pa.concat_arrays([array.dictionary, pa.array([value])])
        last = pa.array([len(entries) - 1] * len(array), array.type.index_type)
        return pa.DictionaryArray.from_arrays(last, entries)

    patch.setattr(rebuild, "constant", relabelled)
    _without_rebuilding(patch)


def _without_rebuilding(patch: Patch) -> None:
    """The second guard: the connectors make edited arrays anew."""
    honest = types.rebuilt

    def trusting(array: pa.Array, kind: pa.DataType) -> pa.Array:
        return array if array.type == kind else honest(array, kind)

    patch.setattr(types, "rebuilt", trusting)


def metadata_of_the_source(patch: Patch) -> None:
    """A schema's own metadata repeats values: pandas and others write examples and statistics into it."""
    honest = parquet.bare_schema
    patch.setattr(parquet, "bare_schema", lambda schema, *more: honest(schema, *more).with_metadata(schema.metadata))


def metadata_of_fields(patch: Patch) -> None:
    """And so does that of a field."""
    honest = parquet.bare_schema

    def told(schema: pa.Schema, *more: Any) -> pa.Schema:
        bare = honest(schema, *more)
        return pa.schema([field.with_metadata(schema.field(place).metadata) for place, field in enumerate(bare)])

    patch.setattr(parquet, "bare_schema", told)


def statistics_of_the_source(patch: Patch) -> None:
    """The least and greatest value of a column, as table formats copy them into their own logs."""
    honest = parquet.bare_schema

    def told(schema: pa.Schema, *more: Any) -> pa.Schema:
        return honest(schema, *more).with_metadata({"stats": json.dumps({"minValues": MAILS[0], "maxValues": MAILS[-1]})})

    patch.setattr(parquet, "bare_schema", told)


CHANNELS: dict[str, tuple[Callable[[Path], Proof], Callable[[Patch], None], str]] = {
    "nulls over the old cells": (of_frame, nulls_over_the_old_cells, "memory"),
    "slices of the old array": (of_frame, slices_of_the_old_array, "memory"),
    "dictionaries with the old entries, in memory": (of_frame, dictionaries_with_the_old_entries, "memory"),
    "dictionaries with the old entries, in a file": (of_file, dictionaries_with_the_old_entries, "bytes decompressed"),
    "metadata of the source": (of_file, metadata_of_the_source, "statistics"),
    "metadata of fields": (of_file, metadata_of_fields, "bytes"),
    "statistics of the source": (of_file, statistics_of_the_source, "statistics"),
}


@pytest.mark.parametrize("made", [of_file, of_frame])
def test_with_all_guards_nothing_is_left(tmp_path: Path, made: Callable[[Path], Proof]) -> None:
    proof = made(tmp_path)
    assert (proof.leaks, proof.faults, proof.standing) == ([], [], [])
    assert proof.searched == 2 * ROWS


@pytest.mark.parametrize("name", CHANNELS)
def test_without_its_guard_a_channel_leaks_and_the_proof_says_so(tmp_path: Path, monkeypatch: Patch, name: str) -> None:
    made, open_up, where = CHANNELS[name]
    open_up(monkeypatch)
    assert frames.refitted is types.refitted
    proof = made(tmp_path)
    assert where in {leak.where for leak in proof.leaks}, (proof.leaks, proof.faults)
    assert not any(mail in repr((proof.leaks, proof.faults)) for mail in MAILS)
