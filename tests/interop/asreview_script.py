# mypy: ignore-errors
"""Run by a Python that has ASReview: loads a file as it does, prints what it saw, writes an export of it.

    python asreview_script.py FILE LABELS EXPORT

LABELS is a JSON list with 1, 0 or null a record: what was decided in ASReview before the export. The export
is made as its web application makes it: the columns of the file, its own beside them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from asreview.data.loader import _get_reader, _get_writer, load_records

path, labels, export = Path(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3])
records = load_records(path, dataset_id="x")
seen = [
    {"title": r.title, "abstract": r.abstract, "authors": r.authors, "doi": r.doi, "included": r.included}
    for r in records
]
frame = _get_reader(path).read_data(path)
frame = frame.loc[:, ~frame.columns.str.startswith("asreview_")]
frame["asreview_label"] = pd.Series(labels, dtype=object)
_get_writer(export).write_data(frame, export)
print(json.dumps(seen))
