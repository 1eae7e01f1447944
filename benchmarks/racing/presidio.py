#!/usr/bin/env python3
"""Presidio's BatchAnalyzerEngine (batch_size=256) on the first rows of a file: `presidio.py FILE.parquet ROWS MODEL`.

Without a model the spaCy recognizer is left out and texts are only cut into words: its patterns alone. Its start is not counted.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from typing import Any


def analyzer(model: str) -> Any:
    """The analyzer as the documentation shows it."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider, SpacyNlpEngine

    if model:
        models = [{"lang_code": "en", "model_name": model}]
        engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
        return AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    import spacy

    class Words(SpacyNlpEngine):
        def load(self) -> None:
            self.nlp: Any = {"en": spacy.blank("en")}

    words = Words(models=[{"lang_code": "en", "model_name": "blank"}])
    words.load()
    made = AnalyzerEngine(nlp_engine=words, supported_languages=["en"])
    made.registry.remove_recognizer("SpacyRecognizer")
    return made


def main(path: str, rows: int, model: str) -> None:
    """Rows that were read and the CPU seconds that they took."""
    import pyarrow.parquet as pq
    from presidio_analyzer import BatchAnalyzerEngine

    engine = BatchAnalyzerEngine(analyzer(model))
    table = next(pq.ParquetFile(path).iter_batches(rows))
    data = {
        name: [str(value) for value in column.to_pylist() if value is not None]
        for name, column in zip(table.schema.names, table.columns, strict=True)
    }
    list(engine.analyze_dict({"warm": ["up"]}, language="en"))
    begun = time.process_time()
    for _ in engine.analyze_dict(data, language="en", batch_size=256):
        pass
    print(json.dumps({"rows": table.num_rows, "cpu": time.process_time() - begun}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
