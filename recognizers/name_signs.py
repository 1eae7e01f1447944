"""Whether a name of a person or place may stand in a text at all: cheap signs, so that a model need not read every text."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

import regex as re

from pii_scan.recognizers.likeness import likeness
from pii_scan.recognizers.scripts import AnyScript
from pii_scan.recognizers.wording import vocabulary

LIKE = -3.0
"""Nats from which a word that opens a sentence is enough like a name: most that are none are far below."""
_CAPITAL = AnyScript(r"[\p{Lu}\p{Lt}][\p{L}\p{M}]*(?:['’.-][\p{L}\p{M}]+)*|\p{Lo}")
_OPENS = re.compile(r"(?:^|[.!?;\n\r\"“”«»(\[{\\|>*•])[\s'’‘\"“(-]*$")
_BEFORE = 6
"""Characters before a word that tell whether a sentence begins with it."""
DULL = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march july september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun i i'm i've i'll i'd ok "
    "eur usd gbp chf iban pdf vat id ssn sms url faq api usb sim pin dob sku am pm gmt utc".split()
)
"""Capitalised wherever they stand, and no name."""


class NameSigns:
    """Tells texts that may name a person or place from those that cannot.

    A sign is a capitalised word inside a sentence, unless it is a weekday or the like; a capitalised word that opens one and
    is on a list, like a name by its letters, all in capitals, or before another capitalised word; a letter of a script without
    case. A text all in small letters has none: models find no name there that they do not take back.
    `benchmarks/name_signs.py` measures how many of a model's finds have a sign.

    Args:
        names: lists of first names, family names and towns, case-folded.
        countries: countries and regions, case-folded; they are signs even where they are on the list of common words.
    """

    def __init__(self, names: Sequence[AbstractSet[str]], countries: AbstractSet[str]) -> None:
        self._names, self._countries = tuple(names), countries
        self._common = vocabulary().words["no_names"]

    def __call__(self, text: str) -> bool:
        """Whether there is a sign; about 15 microseconds a sentence."""
        last = -2
        for found in _CAPITAL.finditer(text):
            word, start = found.group(), found.start()
            if not (word[0].isupper() or word[0].istitle()):
                return True
            folded = word.casefold()
            if folded in DULL:
                continue
            opens = _OPENS.search(text, max(0, start - _BEFORE), start)
            if not opens or start - last == 1 or (len(word) > 1 and word.isupper()) or self._opening(folded):
                return True
            last = found.end()
        return False

    def _opening(self, word: str) -> bool:
        """Whether a word that opens a sentence is more than that."""
        if word in self._countries:
            return True
        return word not in self._common and (any(word in names for names in self._names) or _like(word))


@lru_cache(maxsize=1 << 14)
def _like(word: str) -> bool:
    return likeness(word).name >= LIKE
