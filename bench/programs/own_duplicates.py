"""Finds duplicates with tamis in a process of its own: as `peer_duplicates`, with pairs for groups."""

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.families.dedup import read

from tamis.services.dedup import find

records = read(Path(sys.argv[1]))
for number, record in enumerate(records, 1):
    record.id = str(number)
begin = time.perf_counter()
pairs = find(records)
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
found = [[p.first, p.second, p.score, p.certain] for p in pairs]
print(json.dumps({"seconds": seconds, "peak": peak, "pairs": found}))
