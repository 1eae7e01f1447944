"""The only importer of Presidio's analyzer engine: the recognizers of a scan in a registry, and the NER model."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from pii_scan.contracts import Part
from pii_scan.errors import RecognizerError
from pii_scan.light import lightly, wholly
from pii_scan.mending import mended
from pii_scan.model import Entity, Piece
from pii_scan.pipeline import LANGUAGE, installed_model, pipeline
from pii_scan.tagger import Find, Tagger, cut
from pii_scan.together import Texts

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from spacy.language import Language

_MANY = 4
"""Patterns of a recognizer from which on asking RE2 first, which runs each of them in no time, costs less."""
NER_ENTITIES = ("PERSON", "LOCATION")
_TIMEOUT = "REGEX_TIMEOUT_SECONDS"
_NO_NLP: Any = None
"""Recognizers of the catalogue look at the text alone."""
_NER_LABELS = {"PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION"}


class Span(NamedTuple):
    """An entity found in a text: character offsets, end exclusive."""

    start: int
    end: int
    entity: str
    score: float
    named: bool = False
    """Whether a reader has seen words beside it that name it."""


class _Timeouts(logging.Filter):
    """Counts Presidio's quiet regex time-outs and lets nothing through: its records may hold cell text."""

    count = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if "timed out" in str(record.msg):
            self.count += 1
        return False


class Shapes(Protocol):
    """What the prefilter knows of the shapes that recognizers look for."""

    def shaped(self, place: int, text: str) -> Piece | None:
        """Which piece of the text has a shape of the recognizer at `place`."""

    def matching(self, place: int, text: str) -> list[int] | None:
        """Which of its shapes, by their numbers, a text may have; None where nobody can say."""


@dataclass(slots=True)
class Engine:
    """The recognizers of a scan, in a Presidio registry, and the NER model where there is one."""

    recognizers: Sequence[EntityRecognizer]
    entities: Mapping[str, Entity]
    model: str = ""
    """The name of the spaCy model in use; empty for none."""
    readers: Sequence[EntityRecognizer] = ()
    """Recognizers that are asked of free text only (`reads = True`), beside the model."""
    _timeouts: _Timeouts = field(default_factory=_Timeouts)
    _nlp: Language | None = None
    _tagger: Tagger | None = None
    _read: tuple[int, int] = (0, 0)
    _many: frozenset[int] = field(default=frozenset(), init=False)
    """Places of recognizers with so many patterns that asking RE2 first costs less."""
    _own: tuple[tuple[Any, str], ...] = field(default=(), init=False)
    """By place: a recognizer, where it has `spans` of its own, and its one entity."""
    _formal: frozenset[int] = field(default=frozenset(), init=False)
    _forgetful: tuple[Callable[[], None], ...] = field(default=(), init=False)
    """How each recognizer lets go of the text that it remembers, where it does."""
    _asked: bool = field(default=False, init=False)
    """Whether any may remember one."""

    def __post_init__(self) -> None:
        """See at once what each recognizer offers: it is asked millions of times."""
        self._many = frozenset(place for place, one in enumerate(self.recognizers) if len(getattr(one, "patterns", ())) >= _MANY)
        self._own = tuple((one if hasattr(one, "spans") else None, one.supported_entities[0]) for one in self.recognizers)
        self._formal = frozenset(place for place, one in enumerate(self.recognizers) if getattr(one, "formal", False))
        self._forgetful = tuple(one.forget for one in (*self.recognizers, *self.readers) if hasattr(one, "forget"))

    def confirm(self, text: str, places: Iterable[int]) -> Iterator[tuple[int, Span]]:
        """What the recognizers at `places` find in the text, each find with its recognizer's place."""
        for place in places:
            self._asked = True
            recognizer = self.recognizers[place]
            for found in recognizer.analyze(text, recognizer.supported_entities, _NO_NLP):
                yield place, Span(found.start, found.end, found.entity_type, found.score)

    def look(self, texts: Texts, place: int, shapes: Shapes) -> list[tuple[Piece | None, list[Span]]]:
        """Of each of some texts the piece that has the shape which the recognizer at `place` looks for, and what it finds there.

        A recognizer that has `spans` of its own tells both at once; of any other `shapes` tells the first.
        """
        self._asked = True
        own, entity = self._own[place]
        if own is None:
            return [self._analyzed(text, place, shapes) for text in texts.every]
        if not hasattr(own, "each"):
            told = [own.spans(text) for text in texts.every]
        elif place in self._many:
            told = [self._spans(own, text, place, shapes) for text in texts.every]
        else:
            told = own.each(texts)
        return [
            (piece, [Span(start, end, entity, score) for start, end, score in spans]) if spans else (piece, spans)
            for piece, spans in told
        ]

    def _analyzed(self, text: str, place: int, shapes: Shapes) -> tuple[Piece | None, list[Span]]:
        recognizer = self.recognizers[place]
        piece = shapes.shaped(place, text)
        results = recognizer.analyze(text, recognizer.supported_entities, _NO_NLP) if piece else []
        return piece, [Span(found.start, found.end, found.entity_type, found.score) for found in results]

    @staticmethod
    def _spans(own: Any, text: str, place: int, shapes: Shapes) -> Any:
        """The spans of a recognizer with many shapes, which is asked for those only that the text may have."""
        matching = shapes.matching(place, text)
        return (None, []) if matching == [] else own.spans(text, matching)

    def formal(self, place: int) -> bool:
        """Whether the recognizer at `place` knows a form and nothing more: texts of one sort are all alike to it."""
        return place in self._formal

    def read(self, text: str, wanted: AbstractSet[str] | None = None) -> list[Span]:
        """What the readers find in a text: names, places and addresses by lists and by the words beside them.

        Readers that find none of the `wanted` entities are not asked. A long text is read piece by piece, for their time
        grows with more than its length.
        """
        self._asked = True
        return [
            Span(start + found.start, start + found.end, found.entity_type, found.score, named=True)
            for reader in self.readers
            if wanted is None or not wanted.isdisjoint(reader.supported_entities)
            for start, piece in cut(text)
            for found in reader.analyze(piece, reader.supported_entities, _NO_NLP)
        ]

    def mended(self, text: str, found: Iterable[Span]) -> list[Span]:
        """Finds of the model without its known faults, and as the readers know them better."""
        return mended(self.readers, text, found)

    def people_and_places(self, texts: Sequence[str]) -> list[list[Span]]:
        """Names of persons and places that the NER model sees in each text; nothing where there is no model.

        It is shown the texts alone in which a reader sees a sign of a name. Cost: about 15,000 words of these a second on one
        core with a small model.
        """
        found: list[list[Span]] = [[] for _ in texts]
        if not self.model or not len(texts):
            return found
        self._asked = True
        shown = [place for place, text in enumerate(texts) if self._signs(text)]
        self._read = (self._read[0] + len(shown), self._read[1] + len(texts) - len(shown))
        if not shown:
            return found
        for place, finds in zip(shown, self._names([texts[place] for place in shown]), strict=True):
            text = texts[place]
            found[place] = [
                Span(one.start, one.end, _NER_LABELS[one.label], 0.85) for one in finds if _name_like(text[one.start : one.end])
            ]
        return found

    def _signs(self, text: str) -> bool:
        """Whether a name may stand in the text, as far as a reader can tell."""
        asked = [reader.signs for reader in self.readers if hasattr(reader, "signs")]
        return not asked or any(signs(text) for signs in asked)

    def read_for_names(self) -> tuple[int, int]:
        """How many texts the model was shown since the last call, and how many not, for want of any sign of a name."""
        shown, passed_over = self._read
        self._read = (0, 0)
        return shown, passed_over

    def analyzer(self) -> AnalyzerEngine:
        """A Presidio analyzer over the same registry, for use with Presidio directly: it knows no names of columns."""
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

        asked = [recognizer for recognizer in self.recognizers if not getattr(recognizer, "named", False)]
        registry = RecognizerRegistry(recognizers=[*asked, *self.readers], supported_languages=[LANGUAGE])
        return AnalyzerEngine(registry=registry, nlp_engine=_spacy_engine(self._pipeline()), supported_languages=[LANGUAGE])

    def forget(self) -> None:
        """Nothing of a text that was examined is held any more: no cell outlives its batch."""
        if self._asked:  # of most batches no text is looked at any more
            for forget in self._forgetful:
                forget()
            self._asked = False

    def timed_out(self) -> int:
        """How many regex searches ran out of time since the last call."""
        count, self._timeouts.count = self._timeouts.count, 0
        return count

    def _pipeline(self) -> Language:
        if self._nlp is None:
            self._nlp = pipeline(self.model)
        return self._nlp

    def _names(self, texts: Sequence[str]) -> list[list[Find]]:
        """What the model finds, loaded when the first text with a sign comes up."""
        if self._tagger is None:
            self._tagger = Tagger(self._pipeline(), _NER_LABELS.keys())
        return self._tagger(texts)


def engine(parts: Iterable[Part], entities: Mapping[str, Entity], *, ner: bool = True) -> Engine:
    """An engine with every recognizer of the parts whose entity is among `entities`.

    Raises:
        RecognizerError: a part's recognizers cannot be made, or one finds what no row declares.
    """
    timeouts = _quiet_presidio()
    kept: list[EntityRecognizer] = []
    readers: list[EntityRecognizer] = []
    parts = tuple(parts)
    declared = {entity.name for part in parts for entity in part.entities}
    for part in parts:
        if part.optional and entities.keys().isdisjoint(entity.name for entity in part.entities):
            continue
        for recognizer in part.recognizers():
            names = set(recognizer.supported_entities)
            if not names <= declared:
                raise RecognizerError(
                    f"finds {', '.join(sorted(names - declared))}, which no row declares",
                    where=f"recognizers {part.name}",
                    way_out="add an entity row for it",
                )
            if names & entities.keys():
                (readers if getattr(recognizer, "reads", False) else kept).append(recognizer)
    return Engine(kept, entities, installed_model() if ner else "", readers, timeouts)


def _quiet_presidio() -> _Timeouts:
    """Presidio imported with a short regex time-out, its log muted, and what counts its time-outs: one for the process."""
    os.environ.setdefault(_TIMEOUT, "1")  # Presidio reads it once, at import
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # foreign deprecations at import are not the user's business
        lightly()
        from presidio_analyzer import pattern_recognizer
    # it may have been imported before, with a minute for each search
    pattern_recognizer.REGEX_TIMEOUT_SECONDS = int(os.environ[_TIMEOUT])
    logger = logging.getLogger("presidio-analyzer")
    known = next((found for found in logger.filters if isinstance(found, _Timeouts)), None) or _Timeouts()
    logger.filters[:] = [known, *(found for found in logger.filters if found is not known)]
    logger.setLevel(logging.WARNING)  # a time-out must reach the filter, whatever else is muted
    return known


def _spacy_engine(nlp: Language) -> SpacyNlpEngine:
    """Presidio's engine over a pipeline that is loaded already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wholly()
        from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    configuration = NerModelConfiguration(model_to_presidio_entity_mapping=_NER_LABELS, labels_to_ignore=["O"])
    made: Any = SpacyNlpEngine(
        models=[{"lang_code": LANGUAGE, "model_name": nlp.meta["name"]}], ner_model_configuration=configuration
    )
    made.nlp = {LANGUAGE: nlp}
    return cast("SpacyNlpEngine", made)


def _name_like(text: str) -> bool:
    """Whether the model's find can be a name at all: it takes numbers and codes for names too often."""
    return len(text) > 2 and not any(char.isdigit() or char in "@/\\_#<>{}[]" for char in text) and text[:1].upper() == text[:1]
