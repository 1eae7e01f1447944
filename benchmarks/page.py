"""docs/accuracy.md, from the results of one run."""

from __future__ import annotations

from importlib.metadata import version
from itertools import chain

from benchmarks.measures import FEW, OURS, VALUES_ONLY, Results, all_tables, types, weakest
from benchmarks.peers.running import LEAST, peers
from benchmarks.sets import CELLS, TABLES
from benchmarks.tables import as_markdown

PACKAGES = ("presidio-analyzer", "spacy", "python-stdnum", "phonenumbers")
INTRODUCTION = """\
# How accurate is it?

Every number on this page was printed by one run of

    python benchmarks/accuracy.py{options} --write

on labelled data that is not part of the project: columns of real tables, names of columns, and the examples that python-stdnum and
phonenumbers publish. The weights and words of pii-scan were tuned with these sets in view: expect somewhat less on yours.
Numbers in brackets are 95 % intervals of the bootstrap, drawn by table; with so few tables they are wide, and differences
inside them mean little.

pii-scan counts a finding from the band `likely` on. *Values only* means that every column is called `c7`, `c8` ... in a table `t`.
The other scanners run as installed, with their default thresholds, each in its own environment; a column counts as each label
that at least {least:.0%} of its non-empty cells got, the commonest first. How their labels are read as kinds is in
`benchmarks/peers/labels.toml`: a label that does not claim to be personal (a date, a web address) counts where it is right and is
held against nobody elsewhere."""


def page(results: Results, asked: str, texts: str, parity: str) -> str:
    """The whole page; the same text for the same results."""
    options = f" --peers {asked}" if asked else ""
    parts = [
        INTRODUCTION.format(options=options, least=LEAST),
        _versions(results),
        *map(as_markdown, all_tables(results)),
        _texts(texts),
        _parity(parity),
        _weak(results),
    ]
    return "\n\n".join(parts) + "\n"


def _versions(results: Results) -> str:
    mine = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [f"- {OURS} {version('pii_scan')} ({mine})"]
    lines += [f"- {title}: {told}" for title, told in results.versions.items() if title not in results.absent]
    lines += [f"- {title}: **could not be asked** - {reason}" for title, reason in results.absent.items()]
    known = {peer.title: peer for peer in peers().values()}
    if any(known[title].env == "datahub" for title in results.versions):
        lines.append(
            "\ndatahub-classify asks for 50 values of a column; here 1 is enough, or it would say nothing of five cells."
        )
    return "## Versions\n\n" + "\n".join(lines)


def _texts(printed: str) -> str:
    shown = f"```text\n{printed}\n```" if printed else "Not measured in this run."
    return f"## Personal data inside texts\n\n`python benchmarks/spans.py`, beside stock Presidio with the same model.\n\n{shown}"


def _parity(printed: str) -> str:
    asked = "`python benchmarks/presidio_parity.py`: what Presidio's own recognizers must and must not find, and ours on the same texts."
    return f"## Presidio's own unit tests\n\n{asked}\n\n{printed or 'Not measured in this run.'}"


def _weak(results: Results) -> str:
    """The kinds that ours is worst at, as the numbers say."""
    lines = [
        f"- {name}: {kind}, F1 {rates.f1:.2f} (precision {rates.precision:.2f}, recall {rates.recall:.2f}, {rates.wanted} columns)"
        for name, kind, rates in chain.from_iterable(map(weakest, results.said.items()))
    ]
    return "\n\n".join(
        (
            "## Weak sides",
            f"The kinds with at least {FEW} columns at which {OURS} does worst here:",
            "\n".join(lines) or "- none below an F1 of 0.9",
            _without_names(results),
        )
    )


def _without_names(results: Results) -> str:
    """How much hangs on the names of columns."""
    lost = []
    for name in (TABLES, CELLS):
        tools = results.said.get(name, {})
        if OURS in tools:
            named, alone = (types(tools[tool], name) for tool in (OURS, OURS + VALUES_ONLY))
            lost.append(f"{named:.2f} to {alone:.2f} on {name}")
    return f"Without the names of columns the type F1 falls from {' and from '.join(lost)}." if lost else ""
