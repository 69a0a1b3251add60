"""What reading a clean RIS file costs with rispy alone."""

import sys
from pathlib import Path

import rispy

with Path(sys.argv[1]).open(encoding="utf-8") as file:
    references = rispy.load(file)
if len(references) != int(sys.argv[2]):
    raise SystemExit(f"rispy read {len(references)} records")
