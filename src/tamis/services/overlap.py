"""What each source found that no other did, and what they share. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tamis.domain.ledger import source_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Source


def overlap(sources: Sequence[Source], ledger: Ledger) -> dict[str, Any]:
    """Reports by the sources that found them, as a JSON object; files of one name and kind are one source.

    Keys: `sources` (for each `name`, `kind`; `records` imported, `reports` among them, `unique` reports that
    no other source found, `shared` ones that others found, too), `pairs` (`a` and `b`, places in `sources`,
    and how many reports both found), `sets` (`sources`, places ascending, and how many `reports` exactly
    these found, most first; all of them together are all reports). `reports == unique + shared`, and
    `records - reports` are duplicates within the source. The cost grows with the number of clusters.
    """
    names = list(dict.fromkeys((source.kind, source.name) for source in sources))
    place = {source.prefix: names.index((source.kind, source.name)) for source in sources}
    records: Counter[int] = Counter()
    for source in sources:
        records[place[source.prefix]] += source.imported
    again: Counter[int] = Counter()
    shared: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    sets: Counter[tuple[int, ...]] = Counter()
    for members in ledger.clusters():
        found = Counter(place[prefix] for m in members if (prefix := source_prefix(m)) in place)
        for n, times in found.items():
            again[n] += times - 1
            shared[n] += len(found) > 1
        pairs.update((a, b) for a in found for b in found if a < b)
        if len(found) > 1:
            sets[tuple(sorted(found))] += 1
    sets.update({(n,): alone for n in range(len(names)) if (alone := records[n] - again[n] - shared[n])})
    return {
        "sources": [
            {
                "name": name,
                "kind": kind,
                "records": records[n],
                "reports": records[n] - again[n],
                "unique": records[n] - again[n] - shared[n],
                "shared": shared[n],
            }
            for n, (kind, name) in enumerate(names)
        ],
        "pairs": [{"a": a, "b": b, "reports": n} for (a, b), n in sorted(pairs.items())],
        "sets": [
            {"sources": list(places), "reports": n}
            for places, n in sorted(sets.items(), key=lambda item: (-item[1], item[0]))
        ],
    }
