"""A given or a family name as a whole cell: on a list, or like one by its letters."""

from __future__ import annotations

from typing import Literal

from pii_scan.recognizers.lexicon import AROUND, LexiconRecognizer
from pii_scan.recognizers.likeness import likeness
from pii_scan.recognizers.particles import PARTICLES
from pii_scan.recognizers.scripts import AnyScript

Sort = Literal["given", "family"]

LIKE = 0.0
"""Nats a word, on average, from which the words of a cell look like names rather than other words."""
WORST = -1.5
"""Nats of the least likely word."""
RATHER = -1.5
"""Nats by which they may look more like the other sort of name."""
_FORM = AnyScript(r"\s*[\pL\pM][\pL\pM'’-]+\.?(?:[ ]+[\pL\pM][\pL\pM'’-]*\.?){0,5}\s*|\s*[\p{Han}\p{Hangul}]\s*")
MOST = 40
"""Letters of a cell beyond which it is not one name."""


class OneNameRecognizer(LexiconRecognizer):
    """Finds the names of a list; of a column's sample also says which cells are like one.

    A single word says little: that it is like a name is good for counting a column's cells, not for a find.
    """

    def __init__(self, entity: str, sort: Sort, terms: frozenset[str], score: float) -> None:
        super().__init__(entity, terms=terms, score=score)
        self._sort = sort

    def judge(self, text: str) -> bool:
        """Whether a whole cell of one to three words is like a name of this sort."""
        if len(text) > MOST or not _FORM.fullmatch(text):
            return False
        words = [word for word in text.strip(AROUND).split() if word.casefold() not in PARTICLES]
        if not 1 <= len(words) <= 3:
            return False
        likes = [likeness(word) for word in words]
        if sum(like.name for like in likes) < LIKE * len(likes) or min(like.name for like in likes) < WORST:
            return False
        rather = sum(like.given - like.family for like in likes) / len(likes)
        return (rather if self._sort == "given" else -rather) >= RATHER
