"""Postal addresses inside sentences and in blocks of lines, in the order of any country."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import regex as re
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from pii_scan.recognizers.wording import Sentence, Word, joined, sentence, vocabulary

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

_GAP = re.compile(r"[ ,\t]*\.?[ ,\t]*(?:\r?\n[ \t>?,|]*){0,3}[#º°ª/]?-? ?")
_PARTICLES = frozenset(
    "de del della delle di da do dos das du des la le les los las van von der den ter ten zu of the am an and et y e i och d l"
    " nad pod upon sur sous saint al el n no nº".split()
)
_POST = frozenset({"apo", "fpo", "dpo"})
_ABROAD = frozenset({"aa", "ae", "ap"})
_FAR = 14
"""Words of an address on either side of what gives it away."""
_AHEAD = 7
"""Words after an announcement among which a number must be."""
SCORE = 0.75


class AddressInTextRecognizer(LocalRecognizer):
    """Finds addresses by what gives them away, and takes in the numbers, names, towns, countries and codes around it.

    That is a street word beside a number, a flat or a box, a phrase that announces an address or a postal code.

    A reader: asked only of free text.

    Args:
        countries: names of countries, case-folded.
    """

    name: str
    reads = True

    def __init__(self, countries: frozenset[str]) -> None:
        self._countries, self._known = countries, vocabulary()
        super().__init__(supported_entities=["STREET_ADDRESS"], supported_language="en", name="STREET_ADDRESS in sentences")

    def load(self) -> None:
        """Nothing to load: the lists came with the object."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """The addresses in a text, in order."""
        if entities and "STREET_ADDRESS" not in entities:
            return []
        why = AnalysisExplanation(recognizer=self.name, original_score=SCORE, textual_explanation="parts of an address")
        return [RecognizerResult("STREET_ADDRESS", start, end, SCORE, why) for start, end in self._addresses(sentence(text))]

    def _addresses(self, read: Sentence) -> Iterator[tuple[int, int]]:
        at, free = 0, 0
        while at < len(read.words):
            if read.words[at].number and read.before(at, self._known.phrases["names_a_postal_code"]):
                yield read.words[at].start, read.words[at].end
                at = free = at + 1
                continue
            begin = self._anchor(read, at, free)
            if begin is None:
                at += 1
                continue
            end = self._end(read, at)
            yield read.words[begin].start, read.words[end].end
            at = free = end + 1

    def _anchor(self, read: Sentence, at: int, free: int) -> int | None:
        """Where the address begins that the word at that place gives away."""
        words, word = read.words, read.words[at]
        follows = words[at + 1] if at + 1 < len(words) else None
        before = word.folded in self._known.words["streets_before"]
        if word.folded in self._known.words["units"] and follows and self._is_number(follows) and follows.gap.strip(" .#:") == "":
            return self._begin(read, at, free)
        if (
            self._is_street(word)
            and (word.capital or read.small or word.folded == "c")
            and (word.folded != "c" or (follows and follows.gap.startswith("/")))
        ):
            begin = self._begin(read, at, free)
            if begin < at - before or (not before and follows and self._number_ahead(read, at + 1, 3 if read.small else 6)):
                return begin
        if word.folded in self._known.words["roads"] and word.capital and at > free and words[at - 1].capital and word.gap == " ":
            return at - 1
        if word.folded in _POST and follows and follows.folded in _ABROAD:
            return max(free, self._begin(read, at, free) if self._begin(read, at, free) < at else at - 2)
        if (self._is_number(word) or word.capital) and read.before(at, self._known.phrases["introduces_an_address"]):
            return at if self._number_ahead(read, at, _AHEAD) and self._goes_on(read, at) else None
        return None

    def _goes_on(self, read: Sentence, at: int) -> bool:
        """Whether there is more to it than a number or a word."""
        end = self._end(read, at)
        return end > at and any(self._is_number(word) for word in read.words[at : end + 1])

    def _number_ahead(self, read: Sentence, at: int, far: int) -> bool:
        for place in range(at, min(len(read.words), at + far)):
            word = read.words[place]
            if place > at and not self._continues(read, place):
                return False
            if self._is_number(word):
                return True
        return False

    def _begin(self, read: Sentence, at: int, free: int) -> int:
        """The leftmost number that the words before lead to, and the street's name before it."""
        words, begin = read.words, at
        for place in range(at - 1, max(free, at - _FAR) - 1, -1):
            if not self._continues(read, place + 1) or not self._part_of_one(read, place):
                break
            if self._is_number(words[place]) or (self._is_street(words[place]) and begin == place + 1):
                begin = place
        if begin > free and self._continues(read, begin) and self._is_street(words[begin - 1]) and words[begin - 1].capital:
            begin -= 1
        return begin

    def _end(self, read: Sentence, at: int) -> int:
        """The last word of the address that begins at, or is given away by, that word."""
        words, end, named, size = read.words, at, 0, 0
        place = at + 1
        while place < len(words) and place - at < 2 * _FAR and self._continues(read, place):
            word = words[place]
            country = self._country(read, place)
            if country:
                end = place + country - 1
                code = words[end + 1] if end + 1 < len(words) else None
                if code and self._is_number(code) and code.gap.strip(" ,\n") == "" and not self._grouped(read, end + 1):
                    end += 1
                return end
            if "\n" in word.gap and self._grouped(read, place):
                break
            if not self._part_of_one(read, place):
                break
            named = 0 if self._is_number(word) or "," in word.gap or "\n" in word.gap else named + 1
            size += 1
            if named > 5:
                break
            if word.folded not in _PARTICLES or word.capital:
                end = place
            if words[place - 1].folded in _ABROAD and self._is_number(word):
                return end
            place += 1
        return end

    def _part_of_one(self, read: Sentence, place: int) -> bool:
        word = read.words[place]
        if word.folded in self._known.words["ends_an_address"] and not (word.capital and not word.opens and len(word.text) > 3):
            return False
        if word.number:
            return self._is_number(word)
        if word.folded in self._known.words["names_a_phone"] or word.folded in self._known.words["names_an_id"]:
            return False
        if word.folded in _PARTICLES:
            return True
        follows = read.words[place + 1] if place + 1 < len(read.words) else None
        between = place > 0 and read.words[place - 1].capital and follows is not None and follows.number and follows.gap == " "
        return word.capital or read.small or between or word.folded in self._known.words["units"] or self._is_street(word)

    def _grouped(self, read: Sentence, place: int) -> bool:
        """Whether groups of digits begin there, as a telephone number has them."""
        after = read.words[place + 1] if place + 1 < len(read.words) else None
        return (
            read.words[place].number and after is not None and after.number and after.gap.strip(" ") in {"", "-", ".", ") ", ")"}
        )

    @staticmethod
    def _continues(read: Sentence, place: int) -> bool:
        """Whether nothing between that word and the one before ends an address."""
        word, last = read.words[place], read.words[place - 1]
        if (word.folded == "and" and "," in word.gap) or (word.number and last.number and word.gap == "."):
            return False
        if _GAP.fullmatch(word.gap) is None:
            return False
        dotted = re.search(r"\.\s*$", word.gap.replace(",", "").rstrip(" ")) is not None and "\n" not in word.gap
        return not dotted or len(last.text) <= 4 or last.number

    def _country(self, read: Sentence, place: int) -> int:
        """How many words from that place name a country; 0 for none."""
        run = read.words[place : place + 5]
        for size in range(len(run), 0, -1):
            if (
                all(word.gap in {" ", "-", "'", "’"} for word in run[1:size])
                and joined(run[:size]) in self._countries
                and len(joined(run[:size])) > 3
            ):
                after = read.words[place + size] if place + size < len(read.words) else None
                street = (
                    after is not None
                    and after.gap == " "
                    and (
                        self._is_street(after)
                        or (after.number and "\n" not in run[0].gap and "," not in run[0].gap and len(after.text) < 4)
                    )
                )
                return 0 if street else size
        return 0

    @staticmethod
    def _is_number(word: Word) -> bool:
        digits = sum(char.isdigit() for char in word.text)
        return word.number and digits <= 6 and len(word.text) - digits <= 4

    def _is_street(self, word: Word) -> bool:
        bare, words = word.folded, self._known.words
        return (
            bare in words["streets"]
            or bare in words["streets_before"]
            or (len(bare) > 6 and bare.endswith(self._known.ends["streets"]))
        )
