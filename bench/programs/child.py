"""Runs a program and prints its seconds and its peak of memory in bytes.

A process of its own, and a small one: a program's peak counts from that of the process that started it.
"""

import os
import sys
import time

quiet = os.open(os.devnull, os.O_RDWR)
streams = [(os.POSIX_SPAWN_DUP2, quiet, fd) for fd in (0, 1, 2)]
begin = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=streams)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - begin
if status:
    raise SystemExit(f"{sys.argv[1:]} ended with status {status}")
print(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
