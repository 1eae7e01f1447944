"""Rules of a plan by the sort of data: what happens to a kind, an entity, an article or a column wherever it is found."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pii_scan.model import Catalogue, Column, Tier
from pii_scan.treatment import NONE, Operator, Options


def _listed(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Globs = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One glob, or a list of which one has to match; none given means everything."""


class Policy(BaseModel):
    """What happens to some sort of data, wherever no `[[column]]` says so itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)

    kind: Globs = ()
    entity: Globs = ()
    article: Globs = ()
    """`Art. 9`, `GDPR Art. 10`, or `*` for every special category."""
    tier: tuple[Tier, ...] = ()
    """How near the kind is to a person: `direct`, `quasi`, `attribute`, `special`, `none`."""
    source: Globs = ()
    table: Globs = ()
    column: Globs = ()
    operator: Operator
    options: Options = Field(default=NONE, alias="with")
    note: str = Field(default="", exclude=True)

    def means(self, kind: str, entity: str, column: Column, catalogue: Catalogue) -> bool:
        """Whether it is about that sort of data in that column."""
        known = catalogue.kinds.get(kind)
        article, tier = (known.article, known.tier) if known else ("", "")
        articles = [glob.removeprefix("GDPR ").strip() for glob in self.article]
        return (
            _any(self.kind, kind)
            and _any(self.entity, entity)
            and (not articles or (bool(article) and _any(articles, article)))
            and (not self.tier or tier in self.tier)
            and _any(self.source, column.source)
            and _any(self.table, column.table)
            and _any(self.column, column.column)
        )


def _any(globs: Iterable[str], name: str) -> bool:
    given = tuple(globs)
    return not given or any(glob == name or fnmatchcase(name, glob) for glob in given)
