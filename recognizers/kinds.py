"""The kinds of personal data: what they are called, where law puts them, and the words that name their columns."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pii_scan.contracts import Part
from pii_scan.header import words
from pii_scan.model import Kind

_DPV = "https://w3id.org/dpv/pd#"
_THEMES = ("people", "places", "documents", "money", "life", "digital", "special", "things", "systems", "nearby")


def part() -> Part:
    """Every kind that findings and policies name; no recognizers."""
    return Part(name="kinds", kinds=kinds(), check=check)


def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of `kinds.toml`, with the phrases of all languages."""
    table = _read("kinds")
    groups = {name: tuple(_split(text)) for name, text in table["tables"].items()}
    themes = [_read(f"headers_{theme}") for theme in _THEMES]
    return tuple(_kind(row, [theme[row["name"]] for theme in themes if row["name"] in theme], groups) for row in table["kind"])


def check() -> Iterator[str]:
    """One line for each phrase that names two kinds, names nothing, or is both a header and a hint of its kind."""
    owner: dict[tuple[str, ...], str] = {}
    for kind in kinds():
        if not kind.headers:
            yield f"{kind.name}: no header phrase"
        strong = {words(phrase) for phrase in kind.headers}
        yield from (f"{kind.name}: {phrase!r} is a header and a hint" for phrase in kind.hints if words(phrase) in strong)
        yield from (f"{kind.name}: {phrase!r} holds no word" for phrase in (*kind.headers, *kind.hints) if not words(phrase))
        for split in sorted(strong):
            if (other := owner.setdefault(split, kind.name)) != kind.name:
                yield f"{kind.name}: {' '.join(split)!r} is a header of {other} too"


def _kind(row: Mapping[str, str], phrases: Sequence[Mapping[str, Any]], groups: Mapping[str, tuple[str, ...]]) -> Kind:
    return Kind(
        name=row["name"],
        label=row["label"],
        category=_DPV + row["category"] if row.get("category") else "",
        tier=row["tier"],  # type: ignore[arg-type]  # a test holds the tiers of the file
        article=row.get("article", ""),
        headers=_phrases(phrases, "headers"),
        hints=_phrases(phrases, "hints"),
        tables=groups[row["tables"]] if "tables" in row else (),
    )


def _phrases(files: Sequence[Mapping[str, Any]], level: str) -> tuple[str, ...]:
    """The phrases of all files and languages, each once, in their order."""
    texts = (text for by_level in files for text in by_level.get(level, {}).values())
    return tuple(dict.fromkeys(phrase for text in texts for phrase in _split(text)))


def _split(text: str) -> Iterable[str]:
    return (phrase for part in text.split(",") if (phrase := " ".join(part.split())))


def _read(stem: str) -> dict[str, Any]:
    return tomllib.loads((files("pii_scan.recognizers") / f"{stem}.toml").read_text("utf-8"))
