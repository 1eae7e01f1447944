"""A Presidio recognizer over a list of words: as whole cells, or anywhere in a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import re2
import regex as re
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

AROUND = " \t\r\n.,;:!?\"'()"
"""What may stand around a whole cell without changing it."""
_UNSPACED = re.compile(r"[\p{Thai}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_TURKIC = frozenset("ıİ")
"""Letters that Python's `regex` takes for an `i` where RE2 does not."""
_LONG = 2_000
"""Characters of a text beyond which it is not remembered."""
_BEFORE, _AFTER = r"(?<![\p{L}\p{N}_])", r"(?![\p{L}\p{M}\p{N}_])"
_ASCII_BORDERS = (r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])")


def term(text: str) -> str:
    """A text as whole-cell lists hold it: NFC, case-folded, without the punctuation around it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip(AROUND)


def plain(text: str) -> str:
    """The text with accents taken off its Latin letters; other scripts stay as they are."""
    folded = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(char for char in folded if not 0x300 <= ord(char) < 0x370))


def prefilter(words: Sequence[str], shapes: Sequence[str] = ()) -> str:
    r"""One RE2 pattern, blind to case, that matches wherever one of the words or shapes can stand.

    A word may end in `*`, which lets letters follow (`diabet*`). Accents are optional, a space also stands for a
    hyphen or an underscore. Word borders are set beside ASCII letters only: elsewhere RE2's `\b` and Python's differ.
    """
    return "(?i)(?:" + "|".join([*shapes, *(_bordered(word) for word in _longest_first(words))]) + ")"


def _bordered(word: str, before: str = r"\b", after: str = r"\b") -> str:
    """A word with borders beside its ASCII letters."""
    return f"{before * _is_ascii_letter(word[0])}{_inner(word)}{after * _is_ascii_letter(word[-1])}"


def _is_ascii_letter(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _exact(words: Sequence[str], shapes: Sequence[str]) -> str:
    """The same in Python's `regex`, narrower: whole words of every script that puts spaces between them.

    Of a word in a script without spaces the ASCII letters have the borders that RE2 sets beside them.
    """
    spaced = [word for word in words if not _UNSPACED.search(word)]
    stems = "|".join(_inner(word) for word in _longest_first(spaced) if word.endswith("*"))
    whole = "|".join(_inner(word) for word in _longest_first(spaced) if not word.endswith("*"))
    runs = [_bordered(word, *_ASCII_BORDERS) for word in _longest_first(words) if _UNSPACED.search(word)]
    parts = [f"{_BEFORE}(?:{whole}){_AFTER}"] if whole else []
    parts += [rf"{_BEFORE}(?:{stems})[\p{{L}}\p{{M}}]*{_AFTER}"] if stems else []
    return "|".join([*parts, *runs, *(f"(?:{shape})" for shape in shapes)])


@lru_cache(maxsize=1024)
def _compiled(words: tuple[str, ...], shapes: tuple[str, ...]) -> re.Pattern[str]:
    """Compiled for the few words that stand in a text: for the longest list it would take a tenth of a second."""
    return re.compile(_exact(words, shapes), re.IGNORECASE)


def _key(text: str) -> str:
    """What is the same for a text and for all that a word's pattern takes for it: no case, no accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if not 0x300 <= ord(char) < 0x370).casefold().replace("ı", "i")


def _core(word: str) -> str:
    """What stands in the key of every text that holds the word: its longest part between blanks."""
    return max((_key(part) for part in word.rstrip("*").split(" ")), key=len)


@lru_cache(maxsize=64)
def _quietly(prefilter: str) -> Any:
    """The pattern in RE2, which else tells stderr of every want of memory."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(prefilter, options)


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(set(words), key=lambda word: (-len(word), word))


def _inner(word: str) -> str:
    return "".join(map(_letter, word.rstrip("*")))


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    if char == " ":
        return "[ _-]"
    if char == "ı":
        return "[ıi]"
    bare = plain(char)
    return re.escape(char) if bare == char else f"[{char}{bare}]"


class LexiconRecognizer(LocalRecognizer):
    """Finds an entity by a closed list of words, whatever the language of the text.

    Carries `terms` when it knows whole cells, and `prefilter` when it finds words inside a text; never both.

    Args:
        entity: what a find is called.
        words: words and stems (`diabet*`) found anywhere in a text.
        shapes: RE2 patterns found anywhere in a text, beside the words.
        terms: texts found only as the whole cell, as `term` makes them; used where there are neither words nor shapes.
        score: Presidio's score of a find.
        pattern: what `prefilter` makes of the words and shapes, where that is known.
    """

    name: str
    terms: frozenset[str]
    prefilter: str

    def __init__(  # noqa: PLR0913 - all but the first are told by name
        self,
        entity: str,
        *,
        words: Sequence[str] = (),
        shapes: Sequence[str] = (),
        terms: Iterable[str] = (),
        score: float = 0.5,
        pattern: str = "",
    ) -> None:
        self.entity, self.score, self._words, self._shapes = entity, score, tuple(words), tuple(shapes)
        self._last: tuple[str, tuple[str, ...]] = ("", ())
        if words or shapes:
            self.prefilter = pattern or prefilter(words, shapes)
        else:
            self.terms = frozenset(terms)
        form = "words" if words or shapes else "cells"
        super().__init__(supported_entities=[entity], supported_language="en", name=f"{entity} {form}")

    @cached_property
    def _cores(self) -> list[tuple[str, str]]:
        return [(word, _core(word)) for word in self._words]

    def load(self) -> None:
        """Nothing to load: the lists came with the object."""

    def narrowed(self, text: str) -> str:
        """The part of `prefilter` that can match in a text: made ready in no time, where the whole takes a hundredth of a second.

        Empty where none of it can.
        """
        words = self._in(text)
        return prefilter(words, self._shapes) if words or self._shapes else ""

    def _in(self, text: str) -> tuple[str, ...]:
        """The words that can stand in a text; remembered until the next one, for the prefilter asks before `analyze` does."""
        last, words = self._last
        if text is not last:
            key = _key(text)
            words = tuple(word for word, core in self._cores if core in key)
            if len(text) <= _LONG:
                self._last = text, words
        return words

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """The finds in a text, in order; of a whole-cell list none or one, without the punctuation around it."""
        if entities and self.entity not in entities:
            return []
        if self._words or self._shapes:
            if not _TURKIC.isdisjoint(text) and not _quietly(self.prefilter).search(text):
                return []
            words = self._in(text)
            if not words and not self._shapes:
                return []
            return [self._result(*found.span()) for found in _compiled(words, self._shapes).finditer(text)]
        if term(text) not in self.terms:
            return []
        return [self._result(len(text) - len(text.lstrip(AROUND)), len(text.rstrip(AROUND)))]

    def _result(self, start: int, end: int) -> RecognizerResult:
        why = AnalysisExplanation(recognizer=self.name, original_score=self.score, textual_explanation="on a closed list")
        return RecognizerResult(self.entity, start, end, self.score, why)
