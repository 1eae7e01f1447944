"""The kinds of personal data: what they are called, where law puts them, and the words that name their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any, cast
from unicodedata import unidata_version

import regex

from pii_scan import header
from pii_scan.contracts import Part
from pii_scan.header import words
from pii_scan.model import Kind
from pii_scan.shelf import read_table, remembered

_DPV = "https://w3id.org/dpv/pd#"
_THEMES = (*("people", "places", "documents", "money", "life", "digital", "special", "sensitive", "things", "systems", "nearby"),)


def part() -> Part:
    """Every kind that findings and policies name; no recognizers."""
    return Part(name="kinds", kinds=kinds(), check=check)


def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of `kinds.toml`, with the phrases of all languages; as they were put together the last time."""
    texts = [_text(stem) for stem in ("kinds", *(f"headers_{theme}" for theme in _THEMES))]
    code = [Path(file).read_text("utf-8") for file in (__file__, header.__file__)]
    rows = remembered(
        "\n".join((unidata_version, regex.__version__, *code, *texts)), lambda: [asdict(one) for one in _made(texts)]
    )
    return tuple(map(_read, rows))


def _read(row: Mapping[str, Any]) -> Kind:
    return Kind(**{name: cast("Any", tuple(value) if isinstance(value, list) else value) for name, value in row.items()})


def _made(texts: Sequence[str]) -> tuple[Kind, ...]:
    table, *themes = map(read_table, texts)
    groups = {name: tuple(_split(text)) for name, text in table["tables"].items()}
    return tuple(_kind(row, [theme.get(row["name"], {}) for theme in themes], groups) for row in table["kind"])


def check() -> Iterator[str]:
    """One line for each phrase that names two kinds, names nothing, or is both a header and a hint of its kind."""
    owner: dict[tuple[str, ...], str] = {}
    for kind in kinds():
        if not kind.headers:
            yield f"{kind.name}: no header phrase"
        strong = {words(phrase) for phrase in kind.headers}
        yield from (f"{kind.name}: {phrase!r} is a header and a hint" for phrase in kind.hints if words(phrase) in strong)
        every = (*kind.headers, *kind.hints, *kind.signs)
        yield from (f"{kind.name}: {phrase!r} holds no word" for phrase in every if not words(phrase))
        yield from (f"{kind.name}: {phrase!r} is no header" for phrase in kind.ambiguous if words(phrase) not in strong)
        for split in sorted(strong):
            if (other := owner.setdefault(split, kind.name)) != kind.name:
                yield f"{kind.name}: {' '.join(split)!r} is a header of {other} too"


def _kind(row: Mapping[str, str], files: Sequence[Mapping[str, Any]], groups: Mapping[str, tuple[str, ...]]) -> Kind:
    """A kind with its phrases out of every file; what is on its list of signs is no more than a sign wherever else it stands."""
    headers, hints, ambiguous, signs = (
        tuple(dict.fromkeys(phrase for file in files for phrase in _phrases(file.get(level, {}))))
        for level in ("headers", "hints", "ambiguous", "signs")
    )
    guesses = frozenset(map(words, signs))
    return Kind(
        name=row["name"],
        label=row["label"],
        category=_DPV + row["category"] if row.get("category") else "",
        tier=row["tier"],  # type: ignore[arg-type]  # a test holds the tiers of the file
        article=row.get("article", ""),
        headers=tuple(phrase for phrase in headers if words(phrase) not in guesses) if guesses else headers,
        hints=tuple(phrase for phrase in hints if words(phrase) not in guesses) if guesses else hints,
        ambiguous=ambiguous,
        signs=signs,
        tables=groups[row["tables"]] if "tables" in row else (),
    )


def _phrases(by_language: Mapping[str, str]) -> tuple[str, ...]:
    """The phrases of all languages, each once, in the order of the file."""
    return tuple(dict.fromkeys(phrase for text in by_language.values() for phrase in _split(text)))


def _split(text: str) -> Iterable[str]:
    return (phrase for part in text.split(",") if (phrase := " ".join(part.split())))


def _text(stem: str) -> str:
    return (files("pii_scan.recognizers") / f"{stem}.toml").read_text("utf-8")
