"""What the type of an Arrow array says of its cells, and what they are as text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_MEDIA = (
    (b"\xff\xd8\xff", "data:image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "data:image/png"),
    (b"GIF8", "data:image/gif"),
    (b"BM", "data:image/bmp"),
    (b"II*\x00", "data:image/tiff"),
    (b"MM\x00*", "data:image/tiff"),
    (b"\x00\x00\x00\x0cjP  ", "data:image/jp2"),
    (b"%PDF-", "data:application/pdf"),
    (b"FMR\x00", "data:application/x-biometric"),  # ISO/IEC 19794-2, -4, -5, -6: minutiae, finger, face, iris
    (b"FIR\x00", "data:application/x-biometric"),
    (b"FAC\x00", "data:application/x-biometric"),
    (b"IIR\x00", "data:application/x-biometric"),
    (b"\xff\xa0\xff", "data:application/x-biometric"),  # WSQ, the compression of fingerprint images
)
_NUMBERS = {16: pa.uint16(), 32: pa.uint32(), 64: pa.uint64()}


def value_type(kind: pa.DataType) -> pa.DataType:
    """The type of the values, also where a dictionary holds them."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def is_text(kind: pa.DataType) -> bool:
    """Whether the values are texts."""
    return str(value_type(kind)) in {"string", "large_string", "string_view"}


def is_settled(kind: pa.DataType) -> bool:
    """Whether the type alone says that text patterns are pointless beyond a sample (dates, fractions, flags)."""
    return bool(pa.types.is_temporal(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def is_counted(kind: pa.DataType) -> bool:
    """Whether the values are of a settled type and no wider than a number (intervals are)."""
    return is_settled(kind) and (kind.bit_width == 1 or kind.bit_width in _NUMBERS)


def bits(values: pa.Array) -> npt.NDArray[np.uint64]:
    """The bits of values without nulls of a type that `is_counted`."""
    if pa.types.is_boolean(values.type):
        return np.asarray(values.cast(pa.uint8())).astype(np.uint64)
    return np.asarray(values.view(_NUMBERS[values.type.bit_width])).astype(np.uint64)


def as_text(array: pa.Array) -> pa.Array:
    """The cells as texts, those of a file of bytes as the media type that they begin like."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return as_text(array.dictionary_decode())
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return array.cast(pa.string())
    if _is_binary(kind):
        return pa.array([None if cell is None else _media_or_text(cell) for cell in array.to_pylist()], pa.string())
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if cell is None else str(cell) for cell in array.to_pylist()], pa.string())


def _media_or_text(cell: bytes) -> str:
    """Text where the bytes are UTF-8, else the media type that their first bytes tell."""
    for magic, media in _MEDIA:
        if cell.startswith(magic):
            return media
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return "data:application/octet-stream"


def _is_binary(kind: pa.DataType) -> bool:
    return str(kind).startswith(("binary", "large_binary", "fixed_size_binary"))
