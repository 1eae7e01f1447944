"""What personal data there is: its kinds, the entities that recognizers find, and the words for how sure a finding is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Band = Literal["certain", "likely", "possible", "undetermined"]
ColumnKind = Literal["values", "free_text", "mixed", "empty"]
Proof = Literal["checked", "shape", "name"]
Tier = Literal["direct", "quasi", "attribute", "special", "none"]
Told = Literal["birth_date", "birth_year", "sex", "region", "nationality"]

BANDS: tuple[Band, ...] = ("certain", "likely", "possible", "undetermined")
"""From the surest to the least sure."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of personal data, as users read it and policies name it (`passport`, `health`)."""

    name: str
    label: str
    """Words for people: `Passport number`."""
    category: str
    """The W3C DPV `pd` IRI it maps to."""
    tier: Tier
    article: str = ""
    """`Art. 9` or `Art. 10` of the GDPR, or empty."""
    headers: tuple[str, ...] = ()
    """Phrases that name it in a column header, any language, as `header.words` splits them."""
    hints: tuple[str, ...] = ()
    """Phrases that only suggest it (`title` for a job title); weighed less."""
    ambiguous: tuple[str, ...] = ()
    """Those of its headers that name other things as well (`race`, `stroke`): values of another sort refute them."""
    signs: tuple[str, ...] = ()
    """Phrases of something else that lets one guess it (`church tax` for a religion): never more than `possible`."""
    tables: tuple[str, ...] = ()
    """Table-name phrases that make it likelier."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What one recognizer finds, in Presidio's style of name (`ES_NIF`), and how much a find is worth."""

    name: str
    kind: str
    """The name of a `Kind`; `none` for the identifiers of things (an ISBN, a company number)."""
    proof: Proof
    """`checked`: a checksum or a closed rule confirms it; `shape`: only its form; `name`: a word list or a model."""
    chance: float = 1.0
    """Share of random text of this shape that passes; 1.0 where nothing is checked."""
    country: str = ""
    """ISO 3166-1 alpha-2, or empty for an international entity."""
    headers: tuple[str, ...] = ()
    """Header phrases of this very entity (`nif`), over and above those of its kind."""
    label: str = ""
    """What it is, in words: `Spanish tax number (NIF)`."""
    source: str = ""
    """Where the shape and the rule are published."""
    suggests: bool = False
    """Whether a find only lets one guess the kind (a kosher meal for a religion): never more than `possible`."""
    tells: tuple[Told, ...] = ()
    """What the number itself gives away of its owner (a PESEL the birth date and sex); never what it says of whom."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Every kind and entity that a scan knows, and the version of that knowledge."""

    kinds: Mapping[str, Kind]
    entities: Mapping[str, Entity]
    version: str = ""
    """A hash of all rows: evidence gathered under another version is not reused."""
