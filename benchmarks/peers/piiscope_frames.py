"""piiscope over data frames, as `piiscope.scan` does it, all jurisdictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from stream import Labels, filled, frame, serve


def main() -> None:
    """Label each table: a detector's hits as a share of the column's cells."""
    import piiscope

    def judge(_: str, columns: list[dict[str, Any]]) -> Iterable[Labels]:
        found: dict[str, list[tuple[str, float]]] = defaultdict(list)
        cells = {column["column"]: max(1, len(filled(column["values"]))) for column in columns}
        for finding in piiscope.scan(frame(columns), include_metrics=False).findings:
            found[finding.column].append((finding.detector, min(1.0, finding.count / cells[finding.column])))
        return [sorted(found[column["column"]], key=lambda pair: (-pair[1], pair[0])) for column in columns]

    serve(judge)


if __name__ == "__main__":
    main()
