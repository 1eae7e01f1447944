"""pii-scan: which columns hold whose personal data, how sure that is and why, and copies without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pii_scan.api import ScanReport, audit, explain, redact, restore, scan
    from pii_scan.errors import ConfigError, PiiScanError, RecognizerError, RedactionError, ReportError, SourceError
    from pii_scan.model import Finding, Report, Skipped
    from pii_scan.plan import Plan, load_plan
    from pii_scan.proving import verify
    from pii_scan.settings import Settings

_HOMES = {
    "pii_scan.api": ("ScanReport", "audit", "explain", "redact", "restore", "scan"),
    "pii_scan.errors": ("ConfigError", "PiiScanError", "RecognizerError", "RedactionError", "ReportError", "SourceError"),
    "pii_scan.model": ("Finding", "Report", "Skipped"),
    "pii_scan.plan": ("Plan", "load_plan"),
    "pii_scan.proving": ("verify",),
    "pii_scan.settings": ("Settings",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ConfigError",
    "Finding",
    "PiiScanError",
    "Plan",
    "RecognizerError",
    "RedactionError",
    "Report",
    "ReportError",
    "ScanReport",
    "Settings",
    "Skipped",
    "SourceError",
    "audit",
    "explain",
    "load_plan",
    "redact",
    "restore",
    "scan",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Public names are loaded when they are asked for: `pii-scan --help` must not wait for pandas."""
    if name in _HOME_OF:
        from importlib import import_module

        return getattr(import_module(_HOME_OF[name]), name)
    msg = f"module 'pii_scan' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
