"""What stands in a plan: a rule for a column, what was seen of a table, how a mask looks."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pii_scan.model import Band, Column
from pii_scan.treatment import NONE, Operator, Options

Scope = Literal["cell", "text"]

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class Rule(BaseModel):
    """What happens to one column, or to all columns that its globs match."""

    model_config = _STRICT

    source: str = "*"
    table: str = "*"
    column: str
    path: str = ""
    """The way into nested data (`address.city`), as reports print it; empty for the cell itself."""
    keys: bool = False
    """Whether the keys of the object are data too, as those of `{"ada@x.example": 1}`; its path then ends in `*`."""
    kind: str = ""
    """Names the label (`<EMAIL>`) and the pseudonyms: two columns of one kind give a value the same token."""
    entity: str = ""
    band: Band | None = None
    """How sure the scan was; for the reader only."""
    scope: Scope = "cell"
    """`cell`: whole cells are replaced; `text`: only what is found inside them."""
    mixed: bool = False
    """Whether the cells hold more than the kind says: what `[[rule]]` would leave of the kind is then not left."""
    operator: Operator | None = None
    """None: what `[[rule]]` and then `[entities]` say."""
    options: Options = Field(default=NONE, alias="with")
    """How the operator does it."""
    note: str = Field(default="", exclude=True)
    """Why, in words; written as a comment."""

    def matches(self, source: str, table: str, column: str) -> bool:
        """Whether the rule is about that column or some path in it."""
        return fits(self.source, source) and fits(self.table, table) and fits(self.column, column)


class Seen(BaseModel):
    """The columns that the scan saw in a table. A copy refuses a column that neither this nor a rule names."""

    model_config = _STRICT

    source: str = "*"
    table: str = "*"
    columns: tuple[str, ...]
    """Names or globs; fields of structs as `column.path`."""
    without_rule: Literal["keep", "examine"] = "keep"
    """What happens to listed columns that no rule names: kept byte for byte, or each cell examined as text."""
    subject: str = ""
    """The column that tells whose row it is: `date_shift` moves all dates of one subject alike, in every table."""
    fingerprint: str = ""
    """The source as it was when the plan was made; a source that has changed is not copied unseen. Of several sources that
    a glob means, all of theirs."""
    note: str = Field(default="", exclude=True)


class Masking(BaseModel):
    """How the operator `mask` looks."""

    model_config = _STRICT

    keep_last: int = Field(default=4, ge=0)
    """Characters left in sight, though never more than a third of a text."""
    character: str = Field(default="*", min_length=1, max_length=1)


def fits(pattern: str, name: str) -> bool:
    """Whether a glob means the name; a name that reads like a glob (`price [EUR]`) means itself too."""
    return pattern == name or fnmatchcase(name, pattern)


def address(rule: Rule) -> Column:
    """The address that a rule without globs is about."""
    return Column(rule.source, rule.table, rule.column, rule.path)
