"""Files of delimited text that are cells and what parts them, and nothing else: what stands in their bytes stands in a cell.

All but values that have such a mark in them themselves: these may lie across cells, and are looked for in the bytes as well.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np

from pii_scan.begins import WORDS
from pii_scan.blobs import READ, guarded

_QUOTE = ord('"')
_WORDS = WORDS.astype(np.uint8).tobytes()
_BEGUN = (WORDS | np.isin(np.arange(256), list(b"\\%"))).astype(np.uint8).tobytes()
"""Of each byte whether it is, or begins what stands for, a letter or digit."""


def only_cells(path: Path, start: int) -> bool:
    """Whether all bytes of a file from a place on are text that its cells hold as it lies there.

    They do not where it is damaged, has a NUL, or has a quote inside a word, which a reader may leave out.

    Args:
        path: the file; a reader found cells in it that a quote opens and closes, and that a doubled one stands for one in.
        start: where its rows begin.

    Raises:
        SourceError: it cannot be read.
    """
    decoder, before = codecs.getincrementaldecoder("utf-8")(), b"\n\n"
    with guarded(path), path.open("rb") as file:
        file.seek(start)
        while part := file.read(READ):
            try:
                decoder.decode(part)
            except UnicodeDecodeError:
                return False
            if b"\0" in part or _within_words(before + part):
                return False
            before = (before + part)[-2:]
    return not decoder.getstate()[0]


def _within_words(block: bytes) -> bool:
    quotes = np.frombuffer(block, np.uint8)[1:-1] == _QUOTE
    words, begun = (np.frombuffer(block.translate(table), bool) for table in (_WORDS, _BEGUN))
    return bool((quotes & words[:-2] & begun[2:]).any())
