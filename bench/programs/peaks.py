"""Peaks of memory of reading files: JSON of bytes for each file, above that of reading a file of one record.

Arguments in threes: a format's name, a file of one record, and files with commas between them. Each file is
read in a process that is split off, so that the interpreter and its modules are started once for all.
"""

import gc
import json
import mmap
import os
import sys
from pathlib import Path

from tamis import formats


def read(path: str) -> None:
    """Read a file as an import does, keeping no record."""
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for _ in formats.read(data, name=path):
            pass


def peak(path: str) -> int:
    """The peak of a process that does nothing else."""
    pid = os.fork()
    if pid == 0:
        done = 1
        try:
            read(path)
            done = 0
        finally:
            os._exit(done)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{path} could not be read")
    return int(usage.ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


found = {}
for name, tiny, files in zip(sys.argv[1::3], sys.argv[2::3], sys.argv[3::3], strict=True):
    read(tiny)  # what is imported for this format stays with all that follow
    gc.collect()
    floor = peak(tiny)
    found[name] = [max(peak(path) - floor, mmap.PAGESIZE) for path in files.split(",")]
print(json.dumps(found))
