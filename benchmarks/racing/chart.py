"""Rows per CPU second as bars on a logarithmic scale: one SVG that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import floor, log10

WIDTH, BAR, LABEL = 840, 22, 320
OURS, OTHER, LIMIT = "#1f6f8b", "#b0b7bd", "#d9a441"


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """A bar for each (label, rows per CPU second, colour), as they come."""
    known = [rate for _, rate, _ in rows if rate > 0]
    low, high = floor(log10(min(known))), log10(max(known)) + 0.1
    scale = (WIDTH - LABEL - 90) / max(1e-9, high - low)
    height = 44 + BAR * len(rows) + 24
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/><text x="8" y="20" font-size="14">{escape(title)}</text>',
    ]
    for decade in range(low, int(high) + 1):
        x = LABEL + (decade - low) * scale
        parts.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="32" y2="{height - 20}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{height - 6}" text-anchor="middle" fill="#555">{10**decade:,g}</text>')
    for place, (label, rate, colour) in enumerate(rows):
        y = 38 + place * BAR
        length = max(1.0, (log10(rate) - low) * scale) if rate > 0 else 1.0
        parts.append(f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(label)}</text>')
        parts.append(f'<rect x="{LABEL}" y="{y}" width="{length:.0f}" height="{BAR - 6}" fill="{colour}"/>')
        parts.append(f'<text x="{LABEL + length + 6:.0f}" y="{y + 13}">{rate:,.0f}</text>')
    return "\n".join([*parts, "</svg>", ""])
