"""Workers begin to start before the command is imported, where a command line says that there is work for them."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from pii_scan import cli_scan, command, server
from pii_scan.settings import settings

linux = pytest.mark.skipif(sys.platform != "linux", reason="fork servers are used on Linux")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["scan", "large"], True),
        (["scan", "--no-ner", "small", "large", "--report", "out.html"], True),
        (["scan", "large", "--workers", "2"], True),
        (["scan", "small"], False),
        (["scan"], False),
        ([], False),
        (["audit", "large"], False),
        (["scan", "large", "--workers", "1"], False),
        (["scan", "--workers=1", "large"], False),
        (["scan", "large", "--dry-run"], False),
        (["scan", "large", "--budget", "10m"], False),
        (["scan", "large", "--budget=10m"], False),
    ],
)
def test_a_command_line_tells_whether_workers_are_wanted(
    words: list[str], *, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "much", lambda addresses: "large" in list(addresses))
    assert command.wants_workers(words) is wanted


def said(code: str) -> str:
    """What a Python of its own prints, where the program has chosen a fork server."""
    begin = """
        import multiprocessing, os
        from concurrent.futures import ProcessPoolExecutor
        multiprocessing.set_start_method("forkserver")
        from pii_scan import server
        def asked(function, *arguments):
            with ProcessPoolExecutor(1, multiprocessing.get_context("forkserver")) as pool:
                return pool.submit(function, *arguments).result(60)
    """
    made = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(begin) + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=Path(__file__).parents[1],
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


READY = "import pii_scan.prepared as prepared; print(len(prepared._ready), 'pydantic' in __import__('sys').modules)"
"""Run in a child: how many detectors it finds made, and whether it took what checks settings."""


@linux
@pytest.mark.parametrize("early", [True, False])
def test_what_a_server_hears_stands_ready_in_its_children(*, early: bool) -> None:
    code = f"""
        {"server.begin()" if early else ""}
        assert server.begun() is {early}
        from pii_scan.registry import InstalledRules
        from pii_scan.settings import Settings
        server.start(Settings(ner=False).detection, InstalledRules())
        assert not server.begun()
        server.start(Settings(ner=False).detection, InstalledRules())
        asked(exec, {READY!r})
    """
    assert said(code) == "1 False"


@linux
@pytest.mark.parametrize("heard", ["b''", "b'nonsense'"])
def test_a_server_that_hears_nothing_leaves_it_to_its_children(heard: str) -> None:
    code = f"""
        server.begin()
        told = server._waiting.pop()
        os.write(told, {heard})
        os.close(told)
        asked(exec, {READY!r})
    """
    assert said(code) == "0 False"


@linux
def test_a_server_that_waits_ends_with_the_one_that_began_it() -> None:
    place = Path("/proc") / said("server.begin(); print(server._process())") / "stat"
    for _ in range(200):
        try:
            if " Z " in place.read_text():
                return
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("it is still there")


@pytest.mark.parametrize(
    ("chosen", "heard"), [({}, True), ({"workers": 2}, True), ({"workers": 1}, False), ({"budget": "10m"}, False)]
)
def test_workers_that_have_begun_hear_what_they_will_need_unless_settings_want_them_later_or_not_at_all(
    chosen: dict[str, object], *, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(server, "begun", lambda: True)
    monkeypatch.setattr(server, "start", lambda *of: told.append(of))
    cli_scan._hurry(settings(chosen), redacting=True)
    assert bool(told) is heard
