"""colscan column by column, with its bundled reference lists: the type that it prints, also where it says `undetermined`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stream import Labels, serve


def main() -> None:
    """Label each column, then what it contains besides."""
    import colscan
    from colscan import reference

    reference.load()

    def judge(_: str, columns: list[dict[str, Any]]) -> Iterable[Labels]:
        for column in columns:
            # an empty column has one empty cell: of none at all, it does not read the name
            found = colscan.scan_column(column["values"] or [None], name=column["column"])
            yield [(found["type"], 1.0), *((one["type"], one["fraction"]) for one in found["contains"])]

    serve(judge)


if __name__ == "__main__":
    main()
