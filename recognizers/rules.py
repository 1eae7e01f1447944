"""What confirms a match: python-stdnum's modules by name, and the published rules that it does not have.

A rule says yes or no to a matched text, separators included. It never raises: an exception of a validator is a no.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from pii_scan.errors import RecognizerError

Rule = Callable[[str], bool]

_SEPARATORS = re.compile(r"[\s./\-]+")
_ANY_SEPARATORS = re.compile(r"[\s.,:/\-]+")
_TAKEN_OUT = {one: {code: None for code in range(128) if one.match(chr(code))} for one in (_SEPARATORS, _ANY_SEPARATORS)}
"""What of ASCII the patterns match, as tables: of a short text these take it out in half the time."""
_OWN = tuple(
    f"pii_scan.recognizers.{room}"
    for room in ("rules_general", "rules_europe", "rules_world", "rules_dated", "rules_health", "rules_medicine", "mrz")
)


@cache
def rule(name: str) -> Rule:
    """The rule of that name: `stdnum.es.dni`, or `rules.card` for a public function of one of our rule modules.

    A text of one repeated character is refused whatever its check digit says: it is a placeholder.

    Raises:
        RecognizerError: there is no such rule.
    """
    accepts = _found(name)

    def judged(text: str) -> bool:
        if text.isalnum():  # asked millions of times: nothing to take out of it
            return text.count(text[0]) < len(text) and _holds(accepts, text)
        if len(set(_without(text, _SEPARATORS))) <= 1:
            return False
        compact = _without(text, _ANY_SEPARATORS)
        return _holds(accepts, text) or (compact != text and _holds(accepts, compact))

    return judged


def _without(text: str, separators: re.Pattern[str]) -> str:
    return text.translate(_TAKEN_OUT[separators]) if text.isascii() else separators.sub("", text)


def _found(name: str) -> Rule:
    room, _, leaf = name.partition(".")
    try:
        modules = [import_module(name)] if room == "stdnum" else [import_module(own) for own in _OWN]
    except ImportError:
        modules = []
    wanted = "is_valid" if room == "stdnum" else leaf
    for module in modules:
        found: Rule | None = getattr(module, wanted, None)
        if callable(found):
            return found
    raise RecognizerError(f"there is no rule {name!r}", where="recognizers/rules.py")


def _holds(accepts: Rule, text: str) -> bool:
    try:
        return bool(accepts(text))
    except Exception:  # noqa: BLE001 - validators raise whatever they like on odd input; all of it means no
        return False
