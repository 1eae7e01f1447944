"""What a spaCy NER component finds in many texts, its steps taken for all of them at once.

spaCy's transition parser goes word by word through each text, which takes three quarters of its time. Outside of a name
its choice depends on the word alone, so numpy makes it for every word of a batch together; only where a name begins are
steps taken, for all beginnings side by side. The finds are the same. A component that is built otherwise (a transformer
on another backend, a beam, rules before it) is run by spaCy itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, nullcontext
from functools import reduce
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

BATCH = 64
"""Texts that the network sees at once."""
CHARS = 16_384
"""Characters that it sees at once, at the most: each costs about 2 KB for a moment."""
PIECE = 4_096
"""Characters of a text that are read as one; a longer one is cut where a line or sentence ends."""

_Floats = npt.NDArray[np.float32]


class Find(NamedTuple):
    """A find of the model: character offsets, end exclusive, and its own label."""

    start: int
    end: int
    label: str


class Tagger:
    """The NER component of a loaded spaCy pipeline.

    Args:
        nlp: the pipeline, with whatever its `ner` needs enabled.
        labels: the model's labels that are wanted.
    """

    def __init__(self, nlp: Language, labels: AbstractSet[str]) -> None:
        self._nlp, self._labels = nlp, labels
        self._network = _network(nlp)
        self._zone: Callable[[], AbstractContextManager[object]] = getattr(nlp, "memory_zone", nullcontext)
        """A block after which spaCy (3.8 and later) forgets the words that it has read; else it keeps each for ever."""

    @property
    def quick(self) -> bool:
        """Whether the steps are taken here, not by spaCy."""
        return self._network is not None

    def __call__(self, texts: Sequence[str]) -> list[list[Find]]:
        """The finds in each text, in order."""
        pieces = [(place, start, piece) for place, text in enumerate(texts) for start, piece in cut(text)]
        found: list[list[Find]] = [[] for _ in texts]
        with self._zone():
            for batch in _batches(pieces):
                for (place, start, _), finds in zip(batch, self._read([piece for _, _, piece in batch]), strict=True):
                    found[place] += [Find(start + find.start, start + find.end, find.label) for find in finds]
        return found

    def _read(self, texts: Sequence[str]) -> Iterable[list[Find]]:
        if self._network is None:
            for doc in self._nlp.pipe(texts, batch_size=BATCH):
                yield [Find(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents if ent.label_ in self._labels]
            return
        docs = [self._nlp.make_doc(text) for text in texts]
        for doc, spans in zip(docs, self._network.spans(docs), strict=True):
            wanted = [span for span in spans if span[2] in self._labels]
            yield [Find(doc[first].idx, doc[last].idx + len(doc[last]), label) for first, last, label in wanted]


class _Network:
    """The weights of a component: words to vectors by its own network, vectors to names by the four steps of BILUO."""

    def __init__(self, model: Any, moves: Sequence[str]) -> None:
        lower, upper = model.get_ref("lower"), model.get_ref("upper")
        self._vectors = model.get_ref("tok2vec")
        for node in self._vectors.walk():
            if hasattr(node.ops, "use_blis"):
                node.ops.use_blis = False  # numpy's own products take some half of the time of those that thinc ships
        weights = lower.get_param("W")
        feats, self._hidden, self._pieces, self._width = weights.shape
        self._weights = [weights[feat].reshape(-1, self._width).T.copy() for feat in range(feats)]
        self._pad = lower.get_param("pad")[0].reshape(feats, -1)
        self._bias = lower.get_param("b").reshape(-1)
        self._upper, self._upper_bias = upper.get_param("W").T.copy(), upper.get_param("b")
        place = {name: at for at, name in enumerate(moves)}
        self._names = sorted(name[2:] for name in moves if name.startswith("B-"))
        self._begin, self._inner, self._last, self._unit = (
            np.array([place[f"{step}-{name}"] for name in self._names]) for step in "BILU"
        )
        self._out = place["O"]

    def spans(self, docs: Sequence[Doc]) -> Iterator[list[tuple[int, int, str]]]:
        """First and last word and label of each name, text by text."""
        lengths = [len(doc) for doc in docs]
        ends = np.repeat(list(accumulate(lengths)), lengths)
        if not len(ends):
            yield from ([] for _ in docs)
            return
        vectors = self._vectors.predict(docs)
        space = np.concatenate([doc.to_array("IS_SPACE") for doc in docs if len(doc)]).astype(bool)
        chosen, begins = self._outside(vectors, space, ends)
        last = np.arange(len(vectors))
        starts = np.flatnonzero(begins)
        last[starts] = self._extended(vectors, starts, chosen[starts], ends)
        yield from self._taken(lengths, chosen, last)

    def _outside(
        self, vectors: _Floats, space: npt.NDArray[np.bool_], ends: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """For each word, were no name open there: which name begins (-1 for none), and whether it goes on beyond the word."""
        state = vectors @ self._weights[0] + (self._pad[1] + self._pad[2])
        scores = self._scores(state)
        final = np.arange(len(vectors)) + 1 >= ends
        begin = np.where((space | final)[:, None], -np.inf, scores[:, self._begin])
        unit = np.where(space[:, None], -np.inf, scores[:, self._unit])
        options = np.concatenate([begin, unit, scores[:, [self._out]]], axis=1)
        best = options.argmax(axis=1)
        kinds = len(self._names)
        return np.where(best == 2 * kinds, -1, best % kinds), best < kinds

    def _extended(
        self, vectors: _Floats, starts: npt.NDArray[np.int64], kinds: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """The last word of the name that begins at each start."""
        last = starts.copy()
        opened = vectors[starts] @ self._weights[1]
        going = np.arange(len(starts))
        while len(going):
            last[going] += 1
            at = last[going]
            state = vectors[at] @ self._weights[0] + opened[going] + vectors[at - 1] @ self._weights[2]
            scores, kind, row = self._scores(state), kinds[going], np.arange(len(going))
            goes_on = (scores[row, self._inner[kind]] > scores[row, self._last[kind]]) & (at + 1 < ends[at])
            going = going[goes_on]
        return last

    def _scores(self, state: _Floats) -> _Floats:
        pieces = (state + self._bias).reshape(len(state), self._hidden, self._pieces)
        hidden = reduce(np.maximum, (pieces[:, :, piece] for piece in range(self._pieces)))
        scores: _Floats = hidden @ self._upper + self._upper_bias
        return scores

    def _taken(
        self, lengths: Sequence[int], chosen: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
    ) -> Iterator[list[tuple[int, int, str]]]:
        """Of the names that could begin somewhere, those that do: from left to right, none inside another."""
        named = np.flatnonzero(chosen >= 0)
        firsts, lasts, kinds = named.tolist(), last[named].tolist(), chosen[named].tolist()
        at, base = 0, 0
        for length in lengths:
            spans: list[tuple[int, int, str]] = []
            free = base
            while at < len(firsts) and firsts[at] < base + length:
                if firsts[at] >= free:
                    spans.append((firsts[at] - base, lasts[at] - base, self._names[kinds[at]]))
                    free = lasts[at] + 1
                at += 1
            base += length
            yield spans


def _network(nlp: Language) -> _Network | None:
    """The weights, where the component is one that `_Network` knows how to run."""
    if nlp.pipe_names != ["ner"]:
        return None
    component: Any = nlp.get_pipe("ner")
    try:
        model = component.model
        moves = [component.moves.get_class_name(place) for place in range(component.moves.n_moves)]  # `move_names` leaves one out
        known = model.attrs["has_upper"] and not model.attrs["unseen_classes"] and component.cfg["beam_width"] == 1
        shape = model.get_ref("lower").get_param("W").shape
        if not known or len(shape) != 4 or shape[0] != 3 or model.ops.name != "numpy":
            return None
        return _Network(model, moves)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def cut(text: str) -> Iterator[tuple[int, str]]:
    """A text in pieces that are not too long, each with where it begins; cut behind a line, a sentence or a word."""
    start = 0
    while len(text) - start > PIECE:
        end = start + PIECE
        marks = (text.rfind(mark, start + PIECE // 2, end) for mark in ("\n", ". ", "。", " "))
        mark = next((mark for mark in marks if mark > 0), end - 1)
        yield start, text[start : mark + 1]
        start = mark + 1
    yield start, text[start:]


def _batches(pieces: Sequence[tuple[int, int, str]]) -> Iterator[list[tuple[int, int, str]]]:
    batch: list[tuple[int, int, str]] = []
    chars = 0
    for piece in pieces:
        if batch and (len(batch) == BATCH or chars + len(piece[2]) > CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(piece)
        chars += len(piece[2])
    if batch:
        yield batch
