#!/usr/bin/env python3
"""What our connector needs to read a database, every batch of every table and nothing else: `reading.py ADDRESS`.

Prints CPU seconds as `read`, the start left out.
"""

from __future__ import annotations

import json
import sys
import time

from pii_scan.connectors.sql import SqlConnector
from pii_scan.light import allow, ours, settled
from pii_scan.model import Skipped


def read(address: str) -> float:
    """CPU seconds for all batches, one after the other."""
    source = SqlConnector().open(address)
    units = [*source.units()]  # what it is read by is imported now
    settled()
    begun = time.process_time()
    for unit in units:
        for batch in () if isinstance(unit, Skipped) else source.read(unit):
            if isinstance(batch, Skipped):
                raise SystemExit(batch.why)
    return time.process_time() - begun


if __name__ == "__main__":
    ours()
    allow()
    print(json.dumps({"read": read(sys.argv[1])}))
