"""DataProfiler's labeler for structured data (its neural network), cell by cell."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable
from typing import Any

from stream import Labels, filled, serve, shares


def main() -> None:
    """Label each cell, and count."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    import dataprofiler
    import pandas as pd

    labeler = dataprofiler.DataLabeler("structured")

    def judge(_: str, columns: list[dict[str, Any]]) -> Iterable[Labels]:
        texts = [filled(column["values"]) for column in columns]
        together = [text for column in texts for text in column]
        labels = iter(labeler.predict(pd.Series(together))["pred"] if together else [])
        return [shares([str(next(labels))] for _ in column) for column in texts]

    serve(judge)


if __name__ == "__main__":
    main()
