#!/usr/bin/env python3
"""How often the verdicts are right, on labelled columns, names and identifiers, beside other scanners; one scorer for all.

    python benchmarks/accuracy.py [--data DIR] [--set NAME ...] [--misses]
    python benchmarks/accuracy.py --peers all [--env DIR] [--write]

Reads from DIR, by default the folder `shared/data` beside the checkout, which is not part of the project: `col_tables_tune`
(whole tables), `col_github_cells` (single columns of five cells), `colnames_fides` (names alone), `id_stdnum` and `id_phones`
(single identifiers), `text_mozilla_queries` (search queries). Ambiguous columns are left out of the scores, and columns labelled GENERIC_ID.

Peers (`benchmarks/peers/labels.toml`) are installed on demand, each in a virtual environment under `--env`, where what they said is
kept, too: only the first run is slow. A peer that cannot be had is reported with the reason. `--write` writes docs/accuracy.md,
with what `benchmarks/spans.py` prints of personal data inside texts and `benchmarks/presidio_parity.py` of Presidio's unit tests.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]  # the checkout, from which this is run

from benchmarks import identifiers, queries  # noqa: E402
from benchmarks.examples import Situation, emptied, examples  # noqa: E402
from benchmarks.fit import crossed_errors  # noqa: E402
from benchmarks.judge import Judge, claims  # noqa: E402
from benchmarks.measures import OURS, VALUES_ONLY, Results, all_tables  # noqa: E402
from benchmarks.page import page  # noqa: E402
from benchmarks.peers.running import CACHE, Absent, Peer, Runner, peers  # noqa: E402
from benchmarks.scoring import Claim, Outcome  # noqa: E402
from benchmarks.sets import CELL_LABELS, CELLS, DATA, NAMES, TABLES, Labelled, scored_in_company, unnamed  # noqa: E402
from benchmarks.tables import as_text  # noqa: E402
from pii_scan.model import Finding  # noqa: E402

COLUMNS = (TABLES, CELLS, NAMES)
SINGLE = (identifiers.STDNUM, identifiers.PHONES)
PAGE = Path(__file__).resolve().parents[1] / "docs" / "accuracy.md"


def main() -> int:
    """Print the results of every set that is there."""
    chosen = _arguments()
    wanted = [name for name in (*COLUMNS, *SINGLE, queries.QUERIES) if not chosen.set or name in chosen.set]
    if not chosen.data.is_dir():
        print(f"no labelled data at {chosen.data}", file=sys.stderr)
        return 2
    results = Results()
    ask_ours(results, chosen.data, wanted)
    for peer in _chosen_peers(chosen.peers):
        ask_peer(results, chosen.data, wanted, peer, chosen.env)
    for table in all_tables(results):
        print(as_text(table))
    for title, reason in results.absent.items():
        print(f"{title} could not be asked: {reason}")
    if chosen.misses:
        tell_misses(results)
    if chosen.write:
        PAGE.write_text(
            page(
                results, chosen.peers, printed("spans.py", chosen.data), printed("presidio_parity.py", chosen.data, "--markdown")
            ),
            "utf-8",
        )
        print(f"written: {PAGE}")
    return 0


def ask_ours(results: Results, data: Path, wanted: Sequence[str]) -> None:
    """Our verdicts, with and without the names of columns, and our recognizers on single identifiers."""
    judge = Judge()
    for name in wanted:
        if name in SINGLE:
            results.identifiers[name] = {OURS: list(identifiers.ours(judge, identifiers.load(data, name)))}
            continue
        if name == queries.QUERIES:
            results.queries = queries.asked(judge, data)
            continue
        tools = results.said[name] = {}
        columns = scored_in_company(data, name)
        for tool, asked in ((OURS, columns), (OURS + VALUES_ONLY, unnamed(columns))):
            if name == NAMES and tool != OURS:
                continue
            found = [(truth, findings) for truth, findings in judge.verdicts(judge.seen(asked)) if truth.scored]
            tools[tool] = [outcome(truth, claims(findings)) for truth, findings in found]
            _promise(results, "names alone" if name == NAMES else "as it is" if tool == OURS else "values alone", found)
        if name != NAMES:
            _promise(results, "names alone", judge.verdicts(judge.seen(emptied(columns))))
    if {TABLES, CELLS, NAMES} <= {*wanted}:
        results.crossed = crossed_errors(list(examples(judge, data)), COLUMNS)


def _promise(results: Results, situation: Situation, found: Iterable[tuple[Labelled, Sequence[Finding]]]) -> None:
    surest = [(truth, findings[0]) for truth, findings in found if findings and truth.scored]
    results.promises.setdefault(situation, []).extend(surest)


def ask_peer(results: Results, data: Path, wanted: Sequence[str], peer: Peer, env: Path) -> None:
    """What a peer says of the same sets, as far as it can be asked."""
    try:
        runner = Runner(peer, env)
        results.versions[peer.title] = runner.version
        for name in wanted:
            print(f"asking {peer.title}: {name}", file=sys.stderr)
            if name in SINGLE and peer.cells:
                asked = identifiers.load(data, name)
                said = runner.ask([one.asked(place) for place, one in enumerate(asked)])
                results.identifiers[name][peer.title] = list(identifiers.of_peer(asked, said))
            elif name in COLUMNS and (name != NAMES or peer.names == "alone"):
                columns = scored_in_company(data, name)
                results.said[name][peer.title] = asked_of(runner, columns)
                if name != NAMES and peer.names != "no":
                    results.said[name][peer.title + VALUES_ONLY] = asked_of(runner, unnamed(columns))
    except Absent as reason:
        results.absent[peer.title] = str(reason)


def asked_of(runner: Runner, columns: Sequence[Labelled]) -> list[Outcome]:
    """A peer's outcomes on the columns that are scored."""
    return [outcome(truth, said) for truth, said in zip(columns, runner.ask(columns), strict=True) if truth.scored]


def outcome(truth: Labelled, said: Iterable[Claim]) -> Outcome:
    """Where only personal or not is known (names alone), no claim is neutral: there is no right kind to tell by."""
    return Outcome(truth, tuple(Claim(claim.kinds) if truth.set == NAMES else claim for claim in said))


def printed(name: str, data: Path, *options: str) -> str:
    """What another script of this folder prints; empty where there is none, or where it fails."""
    script = Path(__file__).with_name(name)
    if not script.exists():
        return ""
    print(f"asking {name}", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, str(script), "--data", str(data), *options], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def tell_misses(results: Results) -> None:
    """Where ours went wrong: names of columns and verdicts, never a value."""
    for one in results.said.get(TABLES, {}).get(OURS, ()):
        if one.flagged if one.truth.tier == "none" else not one.right:
            said = ", ".join(claim.kinds[0] for claim in one.claims) or "nothing"
            print(f"  {one.truth.tier:9} {one.truth.label:14} {one.truth.group}.{one.truth.column}: {said}")
    pairs = Counter((one.truth.label, one.said(CELL_LABELS)) for one in results.said.get(CELLS, {}).get(OURS, ()))
    for (label, said), count in pairs.most_common():
        if label != said:
            print(f"  {count:4} {label} taken for {said}")
    for one in results.said.get(NAMES, {}).get(OURS, ()):
        if one.flagged is not one.truth.personal:
            said = ", ".join(claim.kinds[0] for claim in one.claims) or "nothing"
            print(f"  {'user' if one.truth.personal else 'system':6} {one.truth.group}.{one.truth.column}: {said}")
    for name, tools in results.identifiers.items():
        for valid, fault in ((True, "valid ones missed"), (False, "invalid ones accepted")):
            for kind, (lost, total) in identifiers.missed(tools[OURS], valid=valid).items():
                print(f"  {name} {kind}: {lost} of {total} {fault}")


def _chosen_peers(names: str) -> list[Peer]:
    known = peers()
    wanted = list(known) if names == "all" else [name for name in names.split(",") if name]
    if unknown := sorted(set(wanted) - known.keys()):
        sys.exit(f"no such peer: {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in wanted]


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument(
        "--set", action="append", default=[], choices=(*COLUMNS, *SINGLE, queries.QUERIES), help="only this set; may be repeated"
    )
    options.add_argument("--misses", action="store_true", help="tell where ours went wrong")
    options.add_argument("--peers", default="", help=f"`all`, or some of {', '.join(peers())}")
    options.add_argument("--env", type=Path, default=CACHE, help="where peers are installed and what they said is kept")
    options.add_argument("--write", action="store_true", help="write docs/accuracy.md")
    return options.parse_args()


if __name__ == "__main__":
    sys.exit(main())
