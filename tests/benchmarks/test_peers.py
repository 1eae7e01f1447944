"""What peers say is read fairly, and a peer that breaks is told with its reason."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peers import running
from benchmarks.peers.stream import shares, tables
from benchmarks.scoring import Claim
from benchmarks.sets import Labelled
from pii_scan.registry import InstalledRules

PEER = running.Peer("peer", "A peer", "env", (), ("pip",), "no", "stub", claims={"A": Claim(("email",)), "B": Claim(("phone",))})


def test_every_label_of_every_peer_is_read_as_kinds_of_ours() -> None:
    kinds = InstalledRules().load()[1].kinds
    for peer in running.peers().values():
        assert (Path(running.HERE) / f"{peer.runner}.py").exists(), peer.name
        for label, claim in peer.claims.items():
            assert claim.kinds, label
            assert set(claim.kinds) <= kinds.keys(), (peer.name, label, set(claim.kinds) - kinds.keys())


def test_a_label_counts_by_the_share_of_cells_that_got_it() -> None:
    assert shares([["A", "A"], ["A", "B"], [], ["A"]]) == [("A", 0.75), ("B", 0.25)]
    assert shares([]) == []


def test_columns_of_one_table_come_together() -> None:
    lines = [{"group": "x", "id": 0}, {"group": "x", "id": 1}, {"group": "y", "id": 2}]
    assert [[line["id"] for line in table] for table in tables(lines)] == [[0, 1], [2]]


def column(name: str) -> Labelled:
    return Labelled("set", "t", "t", name, ("x",), "none")


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> running.Runner:
    """A peer that runs in this very interpreter and calls every column A, with the share that its name says."""
    for name in ("stream", "presidio_engine"):
        (tmp_path / f"{name}.py").write_text((running.HERE / f"{name}.py").read_text("utf-8"), "utf-8")
    (tmp_path / "stub.py").write_text(
        "from stream import serve\n"
        "print('chatter')\n"
        "serve(lambda _, columns: [[('B', 0.2), ('A', float(one['column'])), ('unheard of', 1)] for one in columns])\n",
        "utf-8",
    )
    monkeypatch.setattr(running, "HERE", tmp_path)
    monkeypatch.setattr(running, "_environment", lambda *_: Path(sys.executable))
    return running.Runner(PEER, tmp_path)


def test_half_of_the_cells_make_a_label_count(runner: running.Runner) -> None:
    assert runner.ask([column("0.5"), column("0.49"), column("1")]) == [(Claim(("email",)),), (), (Claim(("email",)),)]


def test_what_was_said_is_kept_without_values(runner: running.Runner, tmp_path: Path) -> None:
    said = runner.ask([column("1")])
    (kept,) = (tmp_path / "said").glob("*.jsonl")
    assert json.loads(kept.read_text("utf-8")) == {"id": 0, "labels": [["B", 0.2], ["A", 1.0], ["unheard of", 1]]}
    (tmp_path / "stub.py").write_text((tmp_path / "stub.py").read_text("utf-8") + "# changed\n", "utf-8")
    assert runner.ask([column("1")]) == said
    assert len(list((tmp_path / "said").glob("*.jsonl"))) == 2


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise ValueError('a cell')", "ValueError"),
        ("", "answered for 0 of 1 columns"),
    ],
)
def test_a_peer_that_breaks_is_absent_and_says_why_without_values(
    runner: running.Runner, tmp_path: Path, code: str, reason: str
) -> None:
    (tmp_path / "stub.py").write_text(code, "utf-8")
    with pytest.raises(running.Absent) as caught:
        runner.ask([column("1")])
    assert str(caught.value) == reason
    assert not list((tmp_path / "said").glob("*.jsonl"))


def test_a_peer_that_cannot_be_installed_is_absent_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(running.Absent) as caught:
        running.Runner(replace(PEER, install=("./no-such-folder-here/",)), tmp_path)
    assert "no-such-folder-here" in str(caught.value)
    assert not (tmp_path / "env" / "installed.json").exists()
