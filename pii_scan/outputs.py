"""Where copies go: the folders of a partition and the names of files are cells as well, and lose what identifies someone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import pyarrow as pa

from pii_scan.changes import Finder
from pii_scan.contracts import Edit, Source
from pii_scan.errors import RedactionError
from pii_scan.model import Catalogue, Skipped
from pii_scan.plan import Plan
from pii_scan.redaction import Redactor

_WORTH = re.compile(r"@|\d{6}|[^\W\d_]{2,}[ ._+-]+[^\W\d_]{2,}", re.UNICODE)
"""What a name must have to be looked at, which costs a second: single words and short numbers tell of nobody."""
_NOBODY = re.compile(
    r"""(?ix)
    (?<![0-9]) (?:19|20)[0-9]{2} [-_.]? (?:0[1-9]|1[0-2]) (?: [-_.]? (?:0[1-9]|[12][0-9]|3[01])
        (?: [-_.T\ ]? [0-2][0-9] [-_.:h]? [0-5][0-9] (?:[-_.:]?[0-5][0-9])? Z? )? )? (?![0-9])
    | (?<![0-9a-f]) [0-9a-f]{8} (?:-[0-9a-f]{4}){3} - [0-9a-f]{12} (?![0-9a-f])
    | (?<![0-9]) 000 [0-9]{1,5} (?![0-9])
    | (?<![0-9]) [1-9][0-9]{0,2} 0{3,9} (?![0-9])
    """
)
"""Moments, random numbers of files, numbers of parts, and round numbers."""
_OF_FILES = re.compile(
    r"(?i)(?<![^\W\d_])(?:export|exports|import|data|dataset|dump|backup|archive|snapshot|report|list|table|sheet|file|log|logs|"
    r"part|parts|batch|chunk|page|copy|final|new|old|all|full|raw|clean|tmp|test|sample|example|version|daily|weekly|monthly|"
    r"yearly|customer|customers|client|clients|user|users|member|members|patient|patients|employee|employees|person|people|"
    r"contact|contacts|order|orders|item|items|invoice|invoices|payment|payments|visit|visits|product|products|sales|support|"
    r"tickets|messages|events|snappy|zstd|utf)(?![^\W\d_])"
)
"""Words of files: one word beside them is a single word."""
_KEPT = re.compile(r"[^\w@.+-]")
_SAFE = " @+:,;!'()[]{}&$#~"
"""What stands in the name of a folder as it is; what else there was comes escaped, as it came."""
_PART = ".copying"


@dataclass
class Ways:
    """The way of each copy below a folder. Equal values get equal names, different ones different names.

    Args:
        plan: says what becomes of a partition column that it names (`name=Ada` is one called `name`).
        work: carries it out.
        finder: made when a name is worth looking at; finds personal data in names that no rule is about.
        catalogue: tells the kind of what was found.
    """

    plan: Plan
    work: Redactor
    finder: Callable[[], Finder]
    catalogue: Catalogue
    _given: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _parts: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def of(self, source: Source, way: str) -> str:
        """The way from the folder of all copies, its parts edited."""
        *folders, name = Path(way).parts or ("",)
        return str(Path(*(self._part(source, part, self._folder) for part in folders), self._part(source, name, self._file)))

    def _part(self, source: Source, part: str, edited: Callable[[Source, str], str]) -> str:
        place = (source.address, part)
        if place not in self._parts:
            self._parts[place] = edited(source, part) if "=" in part or _is_worth(part) else part
        return self._parts[place]

    def _folder(self, source: Source, part: str) -> str:
        key, mark, value = part.partition("=")
        if not (key and mark and value):
            return self._text(part)
        table = next((unit.table for unit in source.units()), "")
        if self.plan.rules_of(source.address, table, unquote(key)):
            return f"{key}={self._ruled(source, table, unquote(key), unquote(value))}"
        return f"{key}={self._text(value) if _is_worth(value) else value}"

    def _file(self, _source: Source, part: str) -> str:
        stem, ending = _split(part)
        return self._text(stem) + ending

    def _text(self, part: str) -> str:
        """A name in which no rule is about anything."""
        text = unquote(part) if "%" in part else part
        # names part their words by what a text has blanks for
        plain = text.replace("_", " ") if " " not in text and "@" not in text else text
        spans = [span for span in self.finder()([plain])[0] or () if self._replaced(span.entity)]
        if not spans:
            return part
        for span in sorted(spans, key=lambda one: -one.start):
            name = self._numbered(self._kind(span.entity), plain[span.start : span.end])
            text = text[: span.start] + name + text[span.end :]
        return text

    def _ruled(self, source: Source, table: str, column: str, value: str) -> str:
        try:
            edited = self.work.edit(source.address, table, pa.RecordBatch.from_arrays([pa.array([value])], [column]))
            new = edited.column(0)[0].as_py()
        except RedactionError:
            new = None  # the plan drops the column, or moves its dates by a subject that a folder has not
        if new == value:
            return quote(value, safe=_SAFE)
        if new and not _KEPT.search(new):
            return str(new)
        return self._numbered(_KEPT.sub("", str(new or "")).lower() or "redacted", value)

    def _replaced(self, entity: str) -> bool:
        kind = self.catalogue.kinds.get(self._kind(entity))
        return kind is not None and kind.tier in {"direct", "special"} and self.plan.operator(entity, kind.name) != "keep"

    def _kind(self, entity: str) -> str:
        known = self.catalogue.entities.get(entity)
        return known.kind if known else entity.lower()

    def _numbered(self, kind: str, value: str) -> str:
        """`email-0001` for the first value of a kind."""
        if (kind, value) not in self._given:
            number = 1 + sum(other == kind for other, _ in self._given)
            self._given[kind, value] = f"{kind}-{number:04}"
        return self._given[kind, value]


def placed(source: Source, folder: str, way: str, edit: Edit) -> Iterator[Path | Skipped]:
    """Copy a file to `folder/way`, whatever its own name is; complete or absent.

    Raises:
        RedactionError: the copy exists already, or cannot be written.
    """
    if "://" in folder:
        yield from source.copy(folder, edit)  # a database of that address; no path is made of it, which would tell its password
        return
    target = Path(folder, way)
    if target.name == Path(source.address).name:
        yield from source.copy(str(target.parent), edit)
        return
    beside = target.parent / f".{target.name}{_PART}"
    for outcome in source.copy(str(beside), edit):
        yield _moved(outcome, target) if isinstance(outcome, Path) else outcome


def _moved(made: Path, target: Path) -> Path:
    end = target.with_name(_split(target.name)[0] + _split(made.name)[1])
    try:
        if os.path.lexists(end):
            made.unlink()
            made.parent.rmdir()
            raise RedactionError("exists already", where=str(end), way_out="choose another folder, or move it away")
        made.replace(end)
        made.parent.rmdir()
    except OSError as error:
        raise RedactionError(f"cannot be written: {error.strerror}", where=str(end), way_out="check its permissions") from None
    return end


def ways_of(places: Sequence[Source | Skipped], folders: Sequence[str], to: str) -> list[str]:
    """The way of each copy from the folder of all, as its source has it."""
    return [
        "" if isinstance(place, Skipped) else os.path.join(os.path.relpath(folder, to), Path(place.address).name)  # noqa: PTH118
        for place, folder in zip(places, folders, strict=True)
    ]


def _is_worth(name: str) -> bool:
    """Whether a name could tell of somebody."""
    stem = _split(unquote(name))[0]
    return _WORTH.search(_OF_FILES.sub(" ", _NOBODY.sub(" ", stem))) is not None


def _split(name: str) -> tuple[str, str]:
    """A name, and its endings: those of at most seven letters without a digit before them, `.csv.gz`."""
    found = re.search(r"(?:\.[A-Za-z][A-Za-z0-9]{0,6}){1,2}$", name)
    if not found or not found.start():
        return name, ""
    ending = found[0]
    if ending.count(".") == 2 and not re.search(r"\.(?:gz|bz2|xz|zst|lz4)$", ending, re.IGNORECASE):
        ending = ending[ending.rindex(".") :]
    return name[: len(name) - len(ending)], ending
