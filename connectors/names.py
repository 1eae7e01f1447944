"""Column names that can be told apart."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names in order, an empty one as `c<place>`, a repeated one with `_2`, `_3` ... after it.

    >>> distinct(["id", "", "id", "id_2"])
    ('id', 'c2', 'id_3', 'id_2')
    """
    wanted = [name or f"c{place}" for place, name in enumerate(names, 1)]
    taken = set(wanted)
    seen: set[str] = set()
    found: list[str] = []
    for name in wanted:
        found.append(free(name, taken) if name in seen else name)
        seen.add(name)
        taken.add(found[-1])
    return tuple(found)


def free(name: str, taken: Container[str]) -> str:
    """The name with the first number after it that none of the taken ones has."""
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def meant(names: Iterable[str], columns: Collection[str] | None) -> list[str]:
    """Of some columns those that are meant, by themselves or by a path in them; all where None is said.

    >>> meant(["id", "address", "note"], ["id", "address.city"])
    ['id', 'address']
    """
    return [name for name in names if columns is None or any(one == name or one.startswith(f"{name}.") for one in columns)]
