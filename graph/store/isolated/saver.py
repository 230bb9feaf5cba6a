"""Makes a backup of a checkpoint in a process of its own: sorting it holds up neither readers nor the writer."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graph.errors import GraphError
from graph.store.backup import backup
from graph.store.isolated import guard
from graph.store.snapshot import Snapshot

#: Arguments: pid of the parent, checkpoint, base, data folder, target.
if __name__ == "__main__":
    guard.die_with_parent(int(sys.argv[1]))
    guard.no_network_no_exec()
    os.nice(10)
    try:
        manifest = backup(Snapshot(Path(sys.argv[2]), sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5]))
        told: dict[str, Any] = {"manifest": asdict(manifest)}
    except GraphError as error:
        told = {"code": error.code, "message": error.message, "hint": error.hint}
    print(json.dumps(told))
