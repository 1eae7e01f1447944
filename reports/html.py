"""The report as one self-contained page: no script, no request, nothing that a name in the data could turn on."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pii_scan.model import Report
from pii_scan.reports.chart import chart
from pii_scan.reports.coverage import coverage, examined, left_out, outcome
from pii_scan.reports.inventory import BLANKS, inventory
from pii_scan.reports.order import by_column
from pii_scan.reports.wording import count, label, percent, plural, printable, probability, shortened, term

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

_SEAM = re.compile(r"(?<=[\w/])(?<=[/._:-])(?=[^/._:-])")


class HtmlWriter:
    """Writes the page for people: a data protection officer reads, prints and files it.

    Its content security policy allows its own style sheet, by hash, and nothing else.

    Args:
        framed: leaves out every link, for the `srcdoc` frame of a notebook: a link inside would load the notebook into it.
    """

    suffixes: tuple[str, ...] = (".html", ".htm")

    def __init__(self, framed: bool = False) -> None:
        self.framed = framed

    def render(self, report: Report) -> str:
        """The page as text."""
        from markupsafe import Markup

        style = _style()
        return _template().render(
            style=Markup(style),  # noqa: S704 (our own file)
            style_hash=_hash(style),
            framed=self.framed,
            report=report,
            run=report.run,
            outcome=outcome(report),
            examined=examined(report),
            left_out=left_out(report),
            coverage=coverage(report),
            special=by_column(finding for finding in report.findings if finding.special),
            ordinary=by_column(finding for finding in report.findings if not finding.special),
            chart=chart(report),
            inventory=inventory(report),
            blanks=BLANKS,
            settings={name: json.dumps(value, ensure_ascii=False) for name, value in report.run.settings.items()},
        )


@cache
def _style() -> str:
    return files("pii_scan.reports").joinpath("report.css").read_text("utf-8")


def _hash(style: str) -> str:
    """What the policy names the style by; it covers every character between the tags."""
    return f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": count,
        "label": label,
        "percent": percent,
        "plural": plural,
        "probability": probability,
        "breakable": _breakable,
        "shortened": lambda text, limit=160: shortened(printable(text), limit),
        "term": term,
    }
    return environment.from_string(files("pii_scan.reports").joinpath("report.html").read_text("utf-8"))


def _breakable(text: str, limit: int = 160) -> Markup:
    """A name that wraps where its parts end; copied, it is still the name."""
    from markupsafe import Markup, escape

    return Markup("<wbr>").join(escape(part) for part in _SEAM.split(shortened(printable(text), limit)))


def _visible(value: Any) -> Any:
    """Every text that the template prints passes here; our own markup is told by its type."""
    from markupsafe import Markup

    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
