"""A real browser for tests: Debian's chromium, headless, spoken to over a pipe (no port, no driver, no download)."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 60
"""Seconds to wait for an answer: a loaded machine starts chromium slowly."""
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)


@dataclass
class Page:
    """What a page did while it was open, and how it looked."""

    png: bytes = b""
    pdf: bytes = b""
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Everything it asked for, but for itself and `data:` URLs."""
    answer: Any = None
    """What the asked expression gave."""


class Browser:
    """One chromium process; each `open` is a fresh tab."""

    def __init__(self, program: str, profile: Path) -> None:
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        # chromium reads commands from descriptor 3 and answers on 4
        command = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, program, *QUIET, f"--user-data-dir={profile}"],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer, self._last, self._events = b"", 0, list[dict[str, Any]]()

    def open(
        self,
        address: str,
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        media: str = "",
        whole: bool = False,
        pdf: bool = False,
        ask: str = "",
    ) -> Page:
        """The page at that address, once it is loaded: pixels, console lines, requests, the value of the expression `ask`."""
        self._events.clear()
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        tab = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._call(f"{domain}.enable", {}, tab)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._call("Emulation.setEmulatedMedia", {"media": media, "features": scheme}, tab)
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", metrics, tab)
        self._call("Page.navigate", {"url": address}, tab)
        self._wait("Page.loadEventFired", tab)
        page = Page()
        if ask:
            page.answer = self._call("Runtime.evaluate", {"expression": ask, "returnByValue": True, "awaitPromise": True}, tab)[
                "result"
            ].get("value")
        shot = self._call(
            "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole} | self._clip(whole, tab), tab
        )
        page.png = base64.b64decode(shot["data"])
        if pdf:
            page.pdf = base64.b64decode(self._call("Page.printToPDF", {"preferCSSPageSize": True}, tab)["data"])
        self._call("Target.closeTarget", {"targetId": target})
        page.console = [line for event in self._events if (line := _console(event))]
        urls = (event["params"]["request"]["url"] for event in self._events if event.get("method") == "Network.requestWillBeSent")
        page.requests = [url for url in urls if url != address and not url.startswith("data:")]
        return page

    def close(self) -> None:
        """Ends the process."""
        os.close(self._to)
        self._process.terminate()
        self._process.wait(10)
        os.close(self._from)

    def _clip(self, whole: bool, tab: str) -> dict[str, Any]:
        if not whole:
            return {}
        size = self._call("Page.getLayoutMetrics", {}, tab)["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16_000), "scale": 1}}

    def _call(self, method: str, params: dict[str, Any], tab: str = "") -> dict[str, Any]:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params} | ({"sessionId": tab} if tab else {})
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while (answer := self._next()).get("id") != self._last:
            self._events.append(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def _wait(self, method: str, tab: str) -> None:
        if any(event.get("method") == method and event.get("sessionId") == tab for event in self._events):
            return
        while (event := self._next()).get("method") != method:
            self._events.append(event)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], PATIENCE)
            assert ready, f"chromium said nothing for {PATIENCE} s"
            more = os.read(self._from, 1 << 20)
            assert more, "chromium ended"
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


def inked(png: bytes) -> float:
    """The share of pixels that differ from the first: 0 for a blank page. Reads the PNGs that chromium writes."""
    width, height, _, color = struct.unpack(">IIBB", png[16:26])
    size = {2: 3, 6: 4}[color]
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    rows = _unfiltered(zlib.decompress(data), width * size, size)
    first = rows[0][:size]
    same: int = sum(row[at : at + size] == first for row in rows for at in range(0, width * size, size))
    return float(1 - same / (width * height))


def _unfiltered(data: bytes, stride: int, size: int) -> list[bytearray]:
    rows: list[bytearray] = []
    above = bytearray(stride)
    for start in range(0, len(data), stride + 1):
        row = bytearray(data[start + 1 : start + 1 + stride])
        for at in range(stride) if data[start] else ():
            left = row[at - size] if at >= size else 0
            corner = above[at - size] if at >= size else 0
            row[at] = (row[at] + _predicted(data[start], left, above[at], corner)) & 0xFF
        rows.append(row)
        above = row
    return rows


def _predicted(method: int, left: int, up: int, corner: int) -> int:
    if method == 4:
        estimate = left + up - corner
        return min((left, up, corner), key=lambda near: abs(estimate - near))
    return (0, left, up, (left + up) // 2)[method]


def _console(event: dict[str, Any]) -> str:
    params = event.get("params", {})
    match event.get("method"):
        case "Log.entryAdded":
            return str(params["entry"]["text"])
        case "Runtime.consoleAPICalled":
            return str(params["args"])
        case "Runtime.exceptionThrown":
            return str(params["exceptionDetails"])
    return ""


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A running chromium."""
    running = Browser(chromium(), tmp_path_factory.mktemp("chromium"))
    yield running
    running.close()


def chromium() -> str:
    """Where chromium is; without one the test is skipped, unless PII_SCAN_REQUIRE_BROWSER=1 says that it must be there."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        reason = "no chromium on this machine (apt-get install chromium)"
        if os.environ.get("PII_SCAN_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return program
