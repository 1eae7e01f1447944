"""Into how many parts something large is divided: as few as its limits allow, and as many for each of two processes."""

from __future__ import annotations


def shares(amount: int, most: int) -> int:
    """How many parts of at most so much there are; an even number, so that two processes end together."""
    parts = max(1, -(-amount // most))
    return parts + (parts > 1 and parts % 2)
