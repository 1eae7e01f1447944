"""Presidio's BatchAnalyzerEngine over columns; it takes the name of a column as context for its recognizers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presidio_engine import analyzer
from stream import Labels, filled, serve, shares


def main() -> None:
    """Label each cell, and count."""
    engine = analyzer()
    from presidio_analyzer import BatchAnalyzerEngine

    batch = BatchAnalyzerEngine(engine)

    def judge(_: str, columns: list[dict[str, Any]]) -> Iterable[Labels]:
        for column in columns:
            texts = filled(column["values"])
            cells = batch.analyze_iterator(texts, language="en", batch_size=256, context=[column["column"]]) if texts else []
            yield shares([found.entity_type for found in cell] for cell in cells)

    serve(judge)


if __name__ == "__main__":
    main()
