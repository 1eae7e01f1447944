"""presidio-structured over data frames: its `PandasAnalysisBuilder` gives each column the entity most often found in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presidio_engine import analyzer
from stream import Labels, frame, serve


def main() -> None:
    """Label each table."""
    from presidio_structured import PandasAnalysisBuilder

    builder = PandasAnalysisBuilder(analyzer=analyzer(), batch_size=256)

    def judge(_: str, columns: list[dict[str, Any]]) -> Iterable[Labels]:
        found = builder.generate_analysis(frame(columns)).entity_mapping
        return [[(found[column["column"]], 1.0)] if column["column"] in found else [] for column in columns]

    serve(judge)


if __name__ == "__main__":
    main()
