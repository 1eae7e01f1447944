"""Hashes of many texts at once, 64 bits each: for counting and comparing, not for hiding anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FACTOR = 0x9E3779B97F4A7C15
"""An odd number without a pattern in its bits."""
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_BELOW = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)
_TOGETHER = 1 << 14
"""Texts hashed at once: few enough for what that takes to stay near."""
_LENGTHY = 256
"""Bytes of a text beyond which one call for it alone costs less."""
NULL = np.uint64(0x6A09E667F3BCC909)
"""The hash of a cell that is null."""


def mixed(keys: np.ndarray) -> np.ndarray:
    """Every bit of a key in every bit of another one."""
    keys = (keys ^ keys >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ keys >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    last: np.ndarray = keys ^ keys >> np.uint64(31)
    return last


def windows(data: np.ndarray) -> np.ndarray:
    """The eight bytes from each place of some bytes on, as a little-endian number; beyond the end there are zeros."""
    padded = np.concatenate([data, np.zeros(8, np.uint8)])
    return np.ndarray((len(data) + 1,), "<u8", padded, strides=(1,))


def joined(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The hash of two things in that order."""
    return mixed(one * np.uint64(FACTOR) + two)


def keys(words: np.ndarray, places: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The hash of each of some stretches of bytes, eight bytes at a time; the last eight of a stretch may overlap those before.

    Args:
        words: what `windows` makes of the bytes.
        places: where stretches begin.
        lengths: their bytes.
    """
    made = np.empty(len(places), np.uint64)
    for start in range(0, len(places), _TOGETHER):
        some = slice(start, start + _TOGETHER)
        made[some] = mixed(_folded(words, places[some], lengths[some]))
    return made


def _folded(words: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    made = lengths.astype(np.uint64)
    made *= np.uint64(FACTOR)
    _fold(made, words[starts] & _BELOW[np.minimum(lengths, 8)] if int(lengths.min()) < 8 else words[starts], 0)
    longest, rows = int(lengths.max()), np.arange(0)
    for begin in range(8, longest, 8):
        # those that go on; as long as nearly all do, and then only of those that did
        rows = rows[lengths[rows] > begin] if len(rows) else np.flatnonzero(lengths > begin)
        some = made[rows]
        _fold(some, words[starts[rows] + np.minimum(begin, lengths[rows] - 8)], begin)
        made[rows] = some
    return made


def _fold(made: np.ndarray, window: np.ndarray, begin: int) -> None:
    """Take eight more bytes of each text into its hash; which of the eights they are tells, too."""
    window += np.uint64(begin)
    window *= _SECOND
    window ^= window >> np.uint64(29)
    made ^= window
    made *= np.uint64(FACTOR)


def hashes(texts: pa.Array) -> np.ndarray:
    """The hash of each text, of all of its bytes; null has one of its own. Those of a dictionary are hashed once."""
    if pa.types.is_dictionary(texts.type):
        once = np.append(hashes(texts.dictionary), NULL)
        return once.take(np.asarray(pc.fill_null(texts.indices, len(texts.dictionary))))
    made = whole(*bytes_of(pc.fill_null(texts, "").cast(pa.large_string())))
    return np.where(np.asarray(texts.is_null()), NULL, made) if texts.null_count else made


def whole(bounds: np.ndarray, data: np.ndarray) -> np.ndarray:
    """The hash of all bytes of each text.

    Args:
        bounds: where each begins, and the last one ends.
        data: the bytes.
    """
    lengths = np.diff(bounds)
    made = keys(windows(data), bounds[:-1], np.minimum(lengths, _LENGTHY))
    for place in np.flatnonzero(lengths > _LENGTHY).tolist():
        found = hashlib.blake2b(data[bounds[place] : bounds[place + 1]].data, digest_size=8).digest()
        made[place] = mixed(np.array([int.from_bytes(found, "little")], np.uint64))[0]
    return made


def bytes_of(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where each of some large texts begins, and the last one ends; and their bytes."""
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return offsets - offsets[0], np.frombuffer(texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]


def stretches(bounds: np.ndarray, most: int) -> Iterator[tuple[int, int]]:
    """The first text of each stretch of so many bytes, or of one longer text, and the one behind its last."""
    start = 0
    while start < len(bounds) - 1:
        end = max(int(np.searchsorted(bounds, bounds[start] + most, side="right")) - 1, start + 1)
        yield start, end
        start = end


def runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each run of true begins, and where it ends."""
    steps = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    edges = [[0] * bool(mask[:1].any()), steps, [len(mask)] * bool(mask[-1:].any())]
    steps = np.concatenate([np.array(edge, np.int64) for edge in edges])
    return steps[0::2], steps[1::2]
