"""Record batches in, evidence out: every text meets the prefilter, a share of each sort meets the recognizers.

Texts of a column are sorted into strata, one for each set of recognizers that could match them. A stratum is counted to
the last cell; of its distinct texts the first of a unit (see `Looks`) are examined by those recognizers, so a rare sort of text
(a needle) is always examined whole and a common one is projected from the share that passed. Word lists and the texture
of a column are measured on its first distinct texts of the unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pii_scan import weights as w
from pii_scan.arrays import stretches
from pii_scan.batches import Gathering
from pii_scan.by_name import ByName
from pii_scan.detection import Detection
from pii_scan.distinct import fed, registers
from pii_scan.examiner import Examiner
from pii_scan.folding import fold
from pii_scan.hashing import mixed
from pii_scan.lengths import shorter
from pii_scan.model import Catalogue, Column, ColumnEvidence, Evidence, Remark, Skipped, TableFacts, Tally, Unit
from pii_scan.opinions import Opinions
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine
from pii_scan.reading import Reading
from pii_scan.repeats import Counts
from pii_scan.sorting import Sorter
from pii_scan.spans import Context
from pii_scan.strata import WHOLE, Watch
from pii_scan.tagger import cut
from pii_scan.values import Cells, Keys, cells

_FEED = 8_192
_STRETCH = 10 << 20
"""Bytes of a column that are looked at at once, a little more than is handed on at once: each look makes patterns ready, and
what is made of the texts takes some six times their bytes."""
_USUAL = (
    *("2020-01-15", "15/01/1985", "2024-05-06 12:30:45", "20200115", "120185", "0,5", "A1", "AB123456", "12345678Z", "X1234567L"),
    *("1234567", "12345678", "123456789", "1234567890", "12345678901", "123456789012", "1234567890123", "12345678901234"),
    *("123456789012345", "1234567890123456", "12 345 678", "123-45-6789", "12.345.678-9", "AB 12 34 56 C", "ABCD123456EF7"),
    *("ada@example.org", "+44 20 7946 0958", "0033 6 12 34 56 78", "(212) 456-7890", "GB82 WEST 1234 5698 7654 32", "192.0.2.1"),
    *(
        "2001:db8::1",
        "00:1b:44:11:3a:b7",
        "https://example.org/a?b=1",
        "123e4567-e89b-42d3-a456-426614174000",
        "51.5074, -0.1278",
    ),
    *("Ada Lovelace", "10 Downing Street, London", "Straße 12, 10115 Köln", "Mozilla/5.0 (X11; Linux x86_64) Firefox/100.0"),
    "The customer called about an order and asked when the parcel would come; we wrote to her on 12 May.",
)
"""Texts that bring up what is made when it is first needed."""


class Detector:
    """Turns batches into evidence with one engine and one set of settings; holds nothing between units."""

    def __init__(self, engine: Engine, catalogue: Catalogue, settings: Detection) -> None:
        self._engine, self._catalogue, self._settings = engine, catalogue, settings
        self._prefilter = Prefilter(engine.recognizers)
        self._by_name = ByName(engine.recognizers, catalogue)
        self._context = Context(catalogue)
        self._entity_of: list[tuple[str, ...]] = [
            tuple(name for name in recognizer.supported_entities if name in catalogue.entities)
            for recognizer in engine.recognizers
        ]
        opinions = Opinions(engine, self._prefilter, catalogue.entities, self._entity_of)
        self._examiner = Examiner(
            engine, catalogue, Sorter(self._prefilter), opinions, self._context, samples=settings.show_samples
        )
        self._judges: list[tuple[int, Callable[[str], bool]]] = [
            (place, recognizer.judge) for place, recognizer in enumerate(engine.recognizers) if hasattr(recognizer, "judge")
        ]

    def warm(self) -> None:
        """Make what is else made when it is first needed, so that processes forked from this one share it."""
        self._prefilter.warm()  # first: else what few texts take is made as well
        self.examine(Unit("", ""), [pa.record_batch([pa.array(_USUAL)], ["a"])])
        self._engine.people_and_places(["Ada Lovelace came from London."])

    def examine(
        self, unit: Unit, batches: Iterable[pa.RecordBatch | Skipped | Remark], most: Mapping[str, int] | None = None
    ) -> Evidence:
        """The evidence of one unit of work; `most` as for `Gathering`."""
        try:
            return self._examined(unit, batches, Gathering(most))
        finally:
            self._engine.forget()

    def _examined(self, unit: Unit, batches: Iterable[pa.RecordBatch | Skipped | Remark], gathering: Gathering) -> Evidence:
        watches: dict[tuple[str, str], Reading] = {}
        skipped: list[Skipped] = []
        remarks: list[Remark] = []
        keys = Keys()
        self._engine.read_for_names()
        self._engine.timed_out()  # what a unit that failed left behind is not of this one
        for batch in gathering.through(shorter(batches, self._settings.max_cell)):
            if isinstance(batch, Skipped):
                skipped.append(batch)
            elif isinstance(batch, Remark):
                remarks.append(batch)
            else:
                held = [batch]
                del batch  # nor is it held by anyone else: its columns are let go one by one
                for found in cells(held.pop(), self._settings.wants_column, keys):
                    self._take(watches, found, unit)
                self._read_names(watches.values())
                self._engine.forget()
        columns: dict[Column, ColumnEvidence] = {}
        for (name, path), watch in watches.items():
            column = Column(unit.source, unit.table, name, keys.general(name, path))
            columns[column] = columns[column] + self._close(watch) if column in columns else self._close(watch)
            if watch.long:
                skipped.append(_too_long(column, unit, watch.long, self._settings.max_cell))
        if timeouts := self._engine.timed_out():
            skipped.append(
                Skipped(unit.source, "cells", f"{timeouts} pattern searches ran out of time", unit.table, unit=unit.key)
            )
        facts = TableFacts(gathering.rows, unit.foreign_keys, *self._engine.read_for_names())
        return Evidence(columns, {(unit.source, unit.table): facts}, tuple(skipped), tuple(remarks))

    def _take(self, watches: dict[tuple[str, str], Reading], found: Cells, unit: Unit) -> None:
        watch = watches.get((found.column, found.path))
        if watch is None:
            by_name = self._by_name(f"{found.column}.{found.path}" if found.path else found.column, unit.table)
            watch = watches[found.column, found.path] = Reading(found.type, WHOLE.shared(unit.share), by_name)
        watch.cells += found.cells
        watch.nulls += found.nulls
        texts, counts = found.texts, found.counts
        if found.numbers is not None:
            watch.registers = fed(mixed(found.numbers), watch.registers)
            room = max(0, watch.at_most.sample - watch.sampled)
            texts, counts = texts[:room], counts[:room]
        else:
            for some in stretches(texts, _STRETCH):
                watch.registers = registers(texts[some], watch.registers)
        for some in stretches(texts, _STRETCH):
            self._seen(watch, texts[some], counts[some])

    def _seen(self, watch: Reading, texts: pa.StringArray, counts: Counts) -> None:
        """Some texts of a column with their counts are measured, sorted and examined."""
        texts = self._clipped(watch, texts, counts)
        watch.seen += int(counts.sum())
        self._measure(watch, texts, counts)
        self._examiner(watch, texts, counts)
        most = self._settings.sentences
        if (self._engine.model or self._engine.readers) and watch.is_read:
            watch.come(counts)
            for start in range(0, len(texts) if watch.wants(most) else 0, _FEED):
                feed = slice(start, start + _FEED)
                watch.collect(zip(texts[feed].to_pylist(), counts[feed].tolist(), strict=True), most)

    def _clipped(self, watch: Watch, texts: pa.StringArray, counts: Counts) -> pa.StringArray:
        """The texts up to the limit of a cell; the rest of a longer one is reported as skipped."""
        most = self._settings.max_cell
        if not pc.any(pc.greater(pc.binary_length(texts), most)).as_py():
            return texts
        watch.long += int(counts[np.asarray(pc.greater(pc.utf8_length(texts), most))].sum())
        return pc.utf8_slice_codeunits(texts, 0, most)

    def _measure(self, watch: Watch, texts: pa.StringArray, counts: Counts) -> None:
        """The texts that are still wanted for the sample."""
        room = max(0, watch.at_most.sample - watch.sampled)
        for text, count in zip(texts[:room].to_pylist(), counts[:room].tolist(), strict=True):
            folded = fold(text)
            listed = {name for place in self._listed(folded) for name in self._entity_of[place]}
            watch.measure(folded, count, listed)

    def _listed(self, text: str) -> Iterable[int]:
        """Places of the recognizers whose lists hold the whole text, or that judge it to be like what they hold."""
        places = self._prefilter.terms(text)
        return (*places, *(place for place, judge in self._judges if place not in places and judge(text)))

    def _close(self, watch: Reading) -> ColumnEvidence:
        """The evidence of a column whose unit has been read."""
        tallies = watch.tallies(self._entity_of)
        for entity, tally in watch.found().items():
            tallies[entity] = tallies.get(entity, Tally()) + tally
        return ColumnEvidence(
            watch.type,
            watch.cells,
            watch.nulls,
            watch.cells,
            watch.registers,
            watch.texture,
            {entity: tallies[entity] for entity in sorted(tallies)},
            {entity: tuple(sorted(seen)[:3]) for entity, seen in sorted(watch.masked.items())},
        )

    def _read_names(self, watches: Iterable[Reading]) -> None:
        """Whom and what the model and the readers find in the sentences that were collected of a batch, which then go."""
        held = [(watch, text) for watch in watches for text in watch.waiting]
        wanted = w.IN_TEXT & self._catalogue.entities.keys()
        pieces = [[piece for _, piece in cut(text)] for _, text in held]
        names = iter(self._engine.people_and_places([piece for text in pieces for piece in text]))
        for (watch, text), parts in zip(held, pieces, strict=True):
            found: set[str] = set()
            for piece in parts:
                named = [*self._engine.read(fold(piece), wanted), *self._engine.mended(piece, next(names))]
                found.update(span.entity for span in self._context.stand(piece, named))
            watch.saw(text, found & wanted)


def _too_long(column: Column, unit: Unit, count: int, most: int) -> Skipped:
    why = f"{count} longer than {most:,} characters; what lies beyond was not examined"
    return Skipped(unit.source, "cells", why, unit.table, str(column.column), unit.key)
