"""Names of persons inside sentences of any language, told by lists of names and by the words beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.recognizers.lexicon import plain
from pii_scan.recognizers.wording import Sentence, Vocabulary, Word, joined, sentence, vocabulary

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

_LONGEST = 4
"""Words of a name, particles aside."""
_PARTICLES = frozenset(
    "de da do dos das del della di du des la le van von der den ter ten zu zur af av bin ibn al el y e".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv md phd esq dds rn dvm".split())
ECHO = 0.5
"""The score of one word of a name that stood in full before."""
LOOSE = 0.4
"""The score of one first name in a sentence, with nothing beside it that bears it out: for copies, not for verdicts."""


class _Signs(NamedTuple):
    """What speaks for a name beside its words."""

    common: bool
    """It begins with a word that is more often something else."""
    first: bool
    """It begins with a listed first name."""
    introduced: bool
    strong: bool
    """It is introduced by a phrase, or by a word and a colon."""


class NameInTextRecognizer(LocalRecognizer):
    """Finds names in sentences: capitalised words that begin with a listed first name, or that a title or a phrase introduces.

    Reads any language that capitalises names, and texts in small letters where both words of a name are listed. It is a reader:
    asked only of free text.

    Args:
        first: first names, case-folded.
        last: last names, case-folded.
        places: towns and countries, case-folded; after `in` or `from` they are no persons.
        signs: tells texts in which a model may find a name from those in which it will not; by default it may in any.
    """

    name: str
    reads = True
    """Asked only of free text, beside the NER model."""

    def __init__(
        self,
        first: frozenset[str],
        last: frozenset[str],
        places: frozenset[str],
        signs: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._first, self._last, self._places = first, last, places
        self.signs = signs
        self._known: Vocabulary = vocabulary()
        super().__init__(supported_entities=["PERSON"], supported_language="en", name="PERSON in sentences")

    def load(self) -> None:
        """Nothing to load: the lists came with the object."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """The names in a text, in order."""
        if entities and "PERSON" not in entities:
            return []
        why = AnalysisExplanation(recognizer=self.name, original_score=LOOSE, textual_explanation="listed or introduced names")
        return [RecognizerResult("PERSON", start, end, score, why) for start, end, score in self._names(sentence(text))]

    def corrected(self, text: str, start: int, end: int, entity: str) -> str:
        """What a find of a model is: its entity, another one, or nothing, as lists and the word before it tell."""
        read = sentence(text)
        words = [word for word in read.words if word.end > start and word.start < end]
        if not words or (not read.small and any(not word.capital and word.folded not in _PARTICLES for word in words)):
            return ""
        at = read.words.index(words[0])
        placed = "," not in words[0].gap and read.before(at, self._known.phrases["in_a_place"])
        return self._place(read, words, placed=bool(placed)) if entity == "LOCATION" else self._person(read, words, at)

    def _place(self, read: Sentence, words: Sequence[Word], *, placed: bool) -> str:
        """What the model took for a place."""
        begin, whole = words[0].folded, joined(words)
        listed = begin in self._first and begin not in self._known.words["no_names"]
        if begin in self._known.words["titles"]:
            return "PERSON"
        if listed and (whole not in self._places or (len(words) == 1 and not placed)):
            return "PERSON"
        if len(words) == 1 and whole in self._last and whole not in self._places and not placed:
            return "PERSON"
        return "" if read.foreign and whole not in self._places and not placed else "LOCATION"

    def _person(self, read: Sentence, words: Sequence[Word], at: int) -> str:
        """What the model took for a person."""
        folded, whole, known = [word.folded for word in words], joined(words), self._known.words
        listed = folded[0] in self._first and folded[0] not in known["no_names"]
        if any(word in known["things"] for word in folded):
            return ""
        if whole in self._places and not listed:
            return "LOCATION"
        introduced = self._introduced(read, at)
        if len(words) == 1 and words[0].text.isupper() and len(whole) < 6 and not (read.large or introduced):
            return ""
        if (
            read.foreign
            and not introduced
            and not any(
                (self._is(word, self._first) or self._is(word, self._last)) for word in folded if word not in known["no_names"]
            )
        ):
            return ""
        common = all(word in known["no_names"] for word in folded)
        return "" if common and not (len(folded) > 1 and folded[0] in self._first and folded[-1] in self._last) else "PERSON"

    def _names(self, read: Sentence) -> Iterator[tuple[int, int, float]]:
        words, at = read.words, 0
        called: set[str] = set()
        while at < len(words):
            found = self._at(read, at)
            if found is None:
                if words[at].text in called:
                    yield words[at].start, words[at].end, ECHO
                at += 1
                continue
            end, score = found
            if score < ECHO and words[at].text in called:
                score = ECHO
            called.update(word.text for word in words[at:end] if end - at > 1 and len(word.text) > 3 and word.capital)
            begin = at - 1 if at and self._titled(read, at) else at
            yield words[begin].start, words[end - 1].end, score
            at = end

    def _at(self, read: Sentence, at: int) -> tuple[int, float] | None:
        """Where the name that begins with that word ends, and how sure it is one."""
        word = read.words[at]
        if word.number or word.folded in self._known.words["titles"] or not (word.capital or read.small):
            return None
        titled = self._titled(read, at)
        introduced = self._introduced(read, at)
        run = self._run(read, at, far=titled or bool(introduced))
        score = self._score(read, at, run, titled=titled, introduced=introduced)
        if score == 0:
            return None
        return at + len(run), score

    def _run(self, read: Sentence, at: int, *, far: bool) -> list[Word]:
        """The words that may make one name: capitalised ones side by side, particles between them, suffixes after them."""
        words, run, counted = read.words, [read.words[at]], 1
        for place in range(at + 1, len(words)):
            word = words[place]
            after_initial = len(run[-1].text) == 1 and word.gap.strip() == "."
            if (word.gap.strip(" ") and not after_initial) or len(word.gap) > 2 or word.number or counted == _LONGEST:
                break
            if word.folded in _PARTICLES and not word.capital:
                follows = words[place + 1] if place + 1 < len(words) and not read.small else None
                if follows and follows.gap == " " and (follows.capital or follows.folded in _PARTICLES):
                    run.append(word)
                    continue
                break
            if not (
                word.capital
                or (read.small and (far or word.folded in self._last) and word.folded not in self._known.words["no_names"])
            ):
                break
            common = word.folded in self._known.words["no_names"] and word.folded not in self._last
            if (common or word.folded in self._known.words["units"]) and word.folded not in _SUFFIXES:
                break
            run.append(word)
            counted += 1
        while run[-1].folded in _PARTICLES and len(run) > 1:
            run.pop()
        if read.small:
            return run[: 3 if len(run) > 2 and run[2].folded in self._last else 2]
        return run

    def _score(self, read: Sentence, at: int, run: Sequence[Word], *, titled: bool, introduced: tuple[str, ...]) -> float:
        known = self._known
        begin, end = run[0].folded, run[-1].folded
        beyond = read.words[at + len(run)] if at + len(run) < len(read.words) else None
        if any(word.folded in known.words["things"] for word in run) or (
            beyond and beyond.folded in known.words["things"] and beyond.gap in {" ", "-"} and (beyond.capital or read.small)
        ):
            return 0.85 if titled and begin not in known.words["things"] else 0.0
        common = begin in known.words["no_names"]
        if titled:
            return 0.85 if not common or (begin in self._last and run[0].capital) else 0.0
        strong = len(introduced) > 1 or (bool(introduced) and ":" in run[0].gap)
        first = self._is(begin, self._first) and len(begin) > 1
        signs = _Signs(common, first, bool(introduced), strong)
        if len(run) == 1:
            return self._single(read, at, signs)
        if common:
            listed = first and end in self._last and end not in known.words["no_names"]
            return 0.7 if listed and (introduced or not (read.words[at].opens or read.small)) and begin not in _WORDS else 0.0
        return self._several(read, at, run, signs)

    def _several(self, read: Sentence, at: int, run: Sequence[Word], signs: _Signs) -> float:
        """Two words or more, of which the first is no common one."""
        end = run[-1].folded
        last = self._is(end, self._last) or self._is(end, self._first)
        if joined(run) in self._places and not signs.introduced:
            return 0.0
        if signs.first and (last or not read.small):
            return 0.85 if last else 0.75
        if signs.introduced and (signs.first if read.small else signs.strong or signs.first or last):
            return 0.9 if signs.strong else 0.7
        initial = len(run[0].text) == 1 and end in self._last and len(end) > 2 and "." in run[1].gap
        followed = last and read.after(at + len(run), self._known.phrases["follows_a_person"])
        return 0.7 if followed else 0.6 if initial else 0.0

    def _single(self, read: Sentence, at: int, signs: _Signs) -> float:
        """One word alone: a first name, or what is introduced by more than a word."""
        word = read.words[at]
        first, last = word.folded in self._first, word.folded in self._last
        if len(word.text) < 3 or (signs.common and not (signs.strong and first and word.capital)):
            return 0.0
        followed = read.after(at + 1, self._known.phrases["follows_a_person"])
        if (signs.introduced or followed) and (first or last or (signs.strong and not read.small)):
            return 0.9 if signs.strong else 0.7 if first else 0.5
        placed = "," not in word.gap and word.folded in self._places and read.before(at, self._known.phrases["in_a_place"])
        if placed or signs.common or read.small:
            return 0.0
        alone = last and not word.opens and len(word.text) > 3 and word.folded not in self._places
        return LOOSE if first or alone else 0.0

    def _is(self, word: str, names: frozenset[str]) -> bool:
        return word in names or plain(word) in names or any(part in names for part in word.split("-") if len(part) > 2)

    def _titled(self, read: Sentence, at: int) -> bool:
        """Whether a form of address stands before it (`Dr. X`, `Frau X`)."""
        if not at:
            return False
        before = read.words[at - 1]
        if before.folded not in self._known.words["titles"] or read.words[at].gap.strip(" ") not in {"", "."}:
            return False
        return before.capital or read.small or len(before.text) > 3

    def _introduced(self, read: Sentence, at: int) -> tuple[str, ...]:
        return read.before(at, self._known.phrases["introduces_a_person"])


_WORDS = frozenset(
    "the a an and but for from her his how i if in is it not of or our she that their they this to we what with you".split()
)
