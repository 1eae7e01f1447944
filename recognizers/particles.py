"""Words that stand beside names."""

from __future__ import annotations

PARTICLES = frozenset(
    "de da do dos das del della di du des la le van von der den ter ten zu zur af av bin ibn ben al el abu abd bint".split()
)
"""Between or before the words of a name (`van den Berg`)."""
SUFFIXES = frozenset("jr sr ii iii iv md phd esq dds rn".split())
"""Behind a name."""
JOINERS = frozenset({"and", "&", "of", "the", "in", "on", "for", "to", "with", "or", "et", "vs", "v"})
"""In phrases, and in no name."""
