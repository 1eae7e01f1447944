"""Record batches in, evidence out: every text meets the prefilter, a share of each sort meets the recognizers.

Texts of a column are sorted into strata, one for each set of recognizers that could match them. A stratum is counted to
the last cell; of its distinct texts the first `STRATUM` of a unit are examined by those recognizers, so a rare sort of text
(a needle) is always examined whole and a common one is projected from the share that passed. Word lists and the texture
of a column are measured on its first `SAMPLE` distinct texts of the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from pii_scan import weights as w
from pii_scan.distinct import registers
from pii_scan.folding import fold
from pii_scan.model import Catalogue, Column, ColumnEvidence, Evidence, Remark, Skipped, TableFacts, Tally, Texture, Unit
from pii_scan.prefilter import Prefilter
from pii_scan.presidio import Engine, Span
from pii_scan.settings import Settings
from pii_scan.spans import Context
from pii_scan.values import Cells, Keys, cells

STRATUM = 32
"""Distinct texts of one sort that recognizers examine, for each column and unit."""
SAMPLE = 1_000
"""Distinct texts of a column that word lists and the texture measure, for each unit."""
COLUMN = 400
"""Distinct texts of a column and unit that recognizers examine before further sorts are held to `RARE` of them."""
RARE = 4
"""Distinct texts of each further sort that they examine."""
STRATA = 4_096
"""Sorts of text kept apart in one column and unit; in further ones each recognizer looks by itself."""
_FEED = 8_192
_FAR = 4
"""Times stricter that the check of a thing's number must be to explain an identifier away: eight digits and a letter are many."""


@dataclass(slots=True)
class _Stratum:
    """The texts of a column that the same recognizers could match."""

    cells: int = 0
    examined: int = 0
    examined_cells: int = 0
    fitting: dict[str, list[int]] = field(default_factory=dict)
    """By entity: examined texts of its very shape, and their cells."""
    passed: dict[str, int] = field(default_factory=dict)
    passed_cells: dict[str, int] = field(default_factory=dict)
    whole: dict[str, int] = field(default_factory=dict)
    clear: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Watch:
    """One column path while a unit is read. The only holder of texts beyond a batch, and only for the NER model."""

    type: str
    cells: int = 0
    nulls: int = 0
    seen: int = 0
    """Non-empty cells whose text was looked at; below `cells - nulls` where the type settles the rest."""
    registers: bytes = b""
    strata: dict[tuple[int, ...], _Stratum] = field(default_factory=dict)
    examined: int = 0
    sampled: int = 0
    sampled_cells: int = 0
    listed: dict[str, list[int]] = field(default_factory=dict)
    """By entity: distinct texts and cells of the sample that a word list holds."""
    texture: Texture = field(default_factory=Texture)
    prose: dict[str, int] = field(default_factory=dict, repr=False)
    prose_cells: int = 0
    long: int = 0
    masked: dict[str, set[str]] = field(default_factory=dict, repr=False)


class Detector:
    """Turns batches into evidence with one engine and one set of settings; holds nothing between units."""

    def __init__(self, engine: Engine, catalogue: Catalogue, settings: Settings) -> None:
        self._engine, self._catalogue, self._settings = engine, catalogue, settings
        self._prefilter = Prefilter(engine.recognizers)
        self._context = Context(catalogue)
        self._entity_of: list[tuple[str, ...]] = [
            tuple(name for name in recognizer.supported_entities if name in catalogue.entities)
            for recognizer in engine.recognizers
        ]

    def examine(self, unit: Unit, batches: Iterable[pa.RecordBatch | Skipped | Remark]) -> Evidence:
        """The evidence of one unit of work."""
        watches: dict[tuple[str, str], _Watch] = {}
        skipped: list[Skipped] = []
        remarks: list[Remark] = []
        rows, keys = 0, Keys()
        self._engine.timed_out()  # what a unit that failed left behind is not of this one
        for batch in batches:
            if isinstance(batch, Skipped):
                skipped.append(batch)
            elif isinstance(batch, Remark):
                remarks.append(batch)
            else:
                rows += batch.num_rows
                for found in cells(batch, self._settings.wants_column, keys):
                    self._take(watches, found)
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
        facts = TableFacts(rows, unit.foreign_keys)
        return Evidence(columns, {(unit.source, unit.table): facts}, tuple(skipped), tuple(remarks))

    def _take(self, watches: dict[tuple[str, str], _Watch], found: Cells) -> None:
        watch = watches.setdefault((found.column, found.path), _Watch(found.type))
        watch.cells += found.cells
        watch.nulls += found.nulls
        texts, counts = found.texts, found.counts
        for start in range(0, len(texts), _FEED):
            watch.registers = registers(texts[start : start + _FEED], watch.registers)
        if found.settled:
            room = max(0, SAMPLE - watch.sampled)
            texts, counts = texts[:room], counts[:room]
        most, candidates = self._settings.max_cell, self._prefilter.candidates
        strata = watch.strata
        for text, count in zip(texts, counts, strict=True):
            if len(text) > most:
                watch.long += count
                text = text[:most]  # noqa: PLW2901 - the rest of the cell is reported as skipped
            watch.seen += count
            folded = fold(text)
            if watch.sampled < SAMPLE:
                self._measure(watch, folded, count)
            sort = candidates(folded)
            for one in (sort,) if sort in strata or len(strata) < STRATA else [(place,) for place in sort]:
                stratum = strata.get(one)
                if stratum is None:
                    stratum = strata[one] = _Stratum()
                stratum.cells += count
                if one and stratum.examined < (STRATUM if watch.examined < COLUMN else RARE):
                    watch.examined += 1
                    self._examine(watch, stratum, one, folded, count)
            if watch.prose_cells and len(watch.prose) < self._settings.ner_cells and _is_prose(text):
                watch.prose.setdefault(text, count)

    def _measure(self, watch: _Watch, text: str, count: int) -> None:
        watch.sampled += 1
        watch.sampled_cells += count
        for entity in {name for place in self._prefilter.terms(text) for name in self._entity_of[place]}:
            tally = watch.listed.setdefault(entity, [0, 0])
            tally[0] += 1
            tally[1] += count
        prose = _is_prose(text)
        if prose:
            watch.prose_cells += count
        split = text.split()
        watch.texture += Texture(
            1, len(split), len(text), int(prose), int(_is_number(text)), int(not any(char.isdigit() for char in text))
        )

    def _examine(self, watch: _Watch, stratum: _Stratum, sort: Sequence[int], text: str, count: int) -> None:
        """Let the recognizers look at one distinct text, and add to what they saw."""
        stratum.examined += 1
        stratum.examined_cells += count
        start, end = _inner(text)
        whole: set[str] = set()
        inside: list[Span] = []
        fitting = [place for place in sort if self._prefilter.fits(place, text)]
        for entity in {name for place in fitting for name in self._entity_of[place]}:
            fits = stratum.fitting.setdefault(entity, [0, 0])
            fits[0] += 1
            fits[1] += count
        for _, span in self._engine.confirm(text, fitting):
            if span.entity not in self._catalogue.entities:
                continue
            if span.start <= start and span.end >= end:
                whole.add(span.entity)
            else:
                inside.append(span)
        standing = self._standing(text, inside) if inside else set()
        for entity in whole | standing:
            stratum.passed[entity] = stratum.passed.get(entity, 0) + 1
            stratum.passed_cells[entity] = stratum.passed_cells.get(entity, 0) + count
            if self._settings.show_samples:
                watch.masked.setdefault(entity, set()).add(mask(text) if entity in whole else "…")
        for entity in whole:
            stratum.whole[entity] = stratum.whole.get(entity, 0) + 1
        for entity in self._clearest(whole) | (standing - whole):
            stratum.clear[entity] = stratum.clear.get(entity, 0) + 1

    def _standing(self, text: str, inside: Sequence[Span]) -> set[str]:
        """Of what was found inside a text, what stands; a number that a word calls one of a thing is nothing else."""
        known = self._catalogue.entities
        things = [span for span in self._engine.read(text) if span.entity in known and known[span.entity].kind == "none"]
        return {span.entity for span in self._context.stand(text, [*inside, *things])}

    def _clearest(self, whole: set[str]) -> set[str]:
        """Of the entities that one text is, those with the strictest check; one of a thing must be stricter by far."""
        known = self._catalogue.entities
        chances = {entity: known[entity].chance * (_FAR if known[entity].kind == "none" else 1) for entity in whole}
        return {entity for entity in whole if chances[entity] <= min(chances.values())}

    def _close(self, watch: _Watch) -> ColumnEvidence:
        """The evidence of a column whose unit has been read."""
        filled = watch.cells - watch.nulls
        scale = filled / watch.seen if watch.seen else 1.0
        tallies: dict[str, Tally] = {}
        for sort, stratum in watch.strata.items():
            for entity in {name for place in sort for name in self._entity_of[place]}:
                tallies[entity] = tallies.get(entity, Tally()) + _tally(stratum, entity, scale)
        for entity, (texts, listed_cells) in watch.listed.items():
            projected = round(listed_cells * filled / watch.sampled_cells)
            tallies[entity] = tallies.get(entity, Tally()) + Tally(projected, watch.sampled, texts, texts, projected)
        if watch.prose and watch.texture.prose * 4 >= watch.texture.texts:
            for entity, tally in self._names(watch).items():
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

    def _names(self, watch: _Watch) -> Mapping[str, Tally]:
        """Who and what the model and the readers find in the prose of a column, projected to all of its prose."""
        texts = list(watch.prose)
        read = sum(watch.prose.values())
        prose = round(watch.texture.prose / watch.texture.texts * (watch.cells - watch.nulls))
        found: dict[str, list[int]] = {}
        for text, spans in zip(texts, self._engine.people_and_places(texts), strict=True):
            named = [*self._engine.read(fold(text)), *self._engine.mended(text, spans)]
            for entity in (
                {span.entity for span in self._context.stand(text, named)} & w.IN_TEXT & self._catalogue.entities.keys()
            ):
                seen = found.setdefault(entity, [0, 0])
                seen[0] += 1
                seen[1] += watch.prose[text]
        return {
            entity: Tally(round(hits / read * prose), len(texts), distinct, 0, round(hits / read * prose))
            for entity, (distinct, hits) in sorted(found.items())
        }


def mask(text: str) -> str:
    """The text with all but its first and last character starred, and no more than 12 characters of it."""
    text = text.strip()
    if len(text) <= 4:
        return "*" * len(text)
    stars = "".join("*" if char.isalnum() else char for char in text[1:-1][:10])
    return f"{text[0]}{stars}{text[-1]}"


def _tally(stratum: _Stratum, entity: str, scale: float) -> Tally:
    """The texts of a stratum are projected from those that were examined, all of them where they are few."""
    texts, fitting = stratum.fitting.get(entity, (0, 0))
    whole_stratum = stratum.cells * scale / max(1, stratum.examined_cells)
    passed = stratum.passed_cells.get(entity, 0)
    return Tally(
        round(fitting * whole_stratum),
        texts,
        stratum.passed.get(entity, 0),
        stratum.whole.get(entity, 0),
        round(passed * whole_stratum),
        stratum.clear.get(entity, 0),
    )


def _inner(text: str) -> tuple[int, int]:
    """Where the text begins and ends without the space and quotes around it."""
    bare = text.strip(" \t\r\n\"'.,;")
    start = text.find(bare)
    return start, start + len(bare)


def _is_prose(text: str) -> bool:
    """Whether it reads as a sentence: six words, three of them in small letters, or forty letters of a script without spaces."""
    if len(text) < 20:
        return False
    split = text.split()
    if len(split) >= 6:
        small = sum(1 for word in split if len(word) > 2 and word[0].isalpha() and not word[0].isupper())
        return small >= 3
    return len(text) >= 40 and not text.isascii() and len(split) <= len(text) // 20 and text[0].isalpha()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _too_long(column: Column, unit: Unit, count: int, most: int) -> Skipped:
    why = f"{count} longer than {most:,} characters; what lies beyond was not examined"
    return Skipped(unit.source, "cells", why, unit.table, str(column.column), unit.key)
