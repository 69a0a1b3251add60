"""Searches whose duplicates are known. The records are read from outside of the project, where they are.

The groups of `stroke` and `haematology` are those published with BibDedupe (MIT), as numbers of rows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tamis import formats
from tamis.domain.record import Record

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "dedup"

_STROKE = """
1-2 3-4 5-8 9-10 11-13 14-15 16-17 18-19 20,21,1147 22-25 26-27 28-30 31-33 34-36 37-40 41-42 43-44 45-46
47-48 49-51 52-56 57-58 59-61 62-63 64-66 67-69 70-72 73-74 80-81 82-83 84-85 86-87 88-89 90,91,282,283,284
92-94 95-97 98-99 100-104 105-108 109-112 113-114 115-116 117-118 119-120 121-123 124-125 126-129 130-131
132-133 134-137 138,139,140,143 141-142 144-146 147-149 150-151 152-153 154-157 158-159 160-161 162-163
164-165 166-167 168-170 171-172 173-174 175-176 177-178 179-180 181-182 183-184 185-188 189-190 191-194
195-198 199-200 201-204 205-206 207-208 209-211 212-213 214-215 216-220 221-222 223,225,226 224,227 228-230
231-232 233-235 236-238 239-240 241-244 245-246 247-249 250-251 252-253 254-255 256-257 258-259 260-263
264-265 266-268 269-270 271-272 273-275 276-277 278-279 280-281 285-286 287-288 289-291 292-293 294-295
296-299 300-301 302-303 304-306 307-308 309-311 312-314 315-316 317-319 320-321 322-324 325-327 328-329
330-331 332-333 334-335 336-337 338-339 340-342 343-344 345-348 349-350 351-352 353-355 356-359 360-361
362-366 367-371 372-375 376-377 378-379 380-381 382-385 386-388 391-394 395-396 397-398 399-400 401-402
403-405 406-407 408-409 410-412 413-414 415-416 417-418 419-421 422-423 424-425 426-427 428-429 430-432
433-434 435-438 439-440 441-443 444-445 446-449 450-451 452-453 454-455 456-457 458-459 460-463 464-466
467-469 470-472 473-474 475-476 477-478 479-481 482-483 484-485 486-489 490-491 492-494 495-498 499-500
501-502 503,504,507 505-506 75-79 943,1115 573,929
"""
_HAEMATOLOGY = """
1,3 99-100 4-5 6-7 8,9,39,40 10-11 12-13 14-15 16-17 18-19 20-21 22-23 24-25 26-27 28-29 30-31 32-33 34-36
37-38 41-42 43-44 45,92 46-47 48,51 49-50 53-54 55-56 59,61 60,62 66-67 68,70 69,71 72-75 76-77 78-79 80-81
82-83 84-85 86-87 88-89 90-91 93-96 97-98 101-102 103-104 105-106 107-108 109-110 111,113 112,114 115-116
118-119 120-121 122-123 124-125 126-127 128-129 130-131 132-133 134-135 136-138 139-140 141-142 143,145
144,146 149-150 147-148 151-152 153-154 155-156 157-158 159-160 161-162 163-164 165-166 167-168 169-170
171,174 172-173 175,190,191,1173 178-179 180-181 182-183 184-185 186-187 188-189 192-193 194-195 196-197
198-199 200-201 202-203 206-207 208-209 210-211 212-213 214-215 216-217 218-219 220-221 222-224 225-226
227-228 229-231 232-233 234-237 238-239 240-241 242-243 245-246 1188-1189 52,117,807,808 57,58,63,64,65
930,1237 1010-1011
"""

# Judged by reading the records: what the labels take for one report and is not, and what they leave out.
# 8, 9: letters of others, 39-40 the reply. 57-58, 162, 1173, 807, 808: errata. 128, 220: abstracts of the
# meeting in whose issue they stand. 134-135: two meetings. 234-237, 245-246: trials of other patients, of
# whom one has adults and one adolescents, one a resistant and one a sensitive disease. 2 has no title, and
# everything else of 1 and 3.
_HAEMATOLOGY_JUDGED = {
    "1,3": "1-3",
    "8,9,39,40": "39-40",
    "57,58,63,64,65": "57-58 63-65",
    "52,117,807,808": "52,117",
    "161-162": "",
    "175,190,191,1173": "175,190,191",
    "128-129": "",
    "220-221": "",
    "134-135": "",
    "234-237": "",
    "245-246": "",
}


def rows(text: str) -> list[list[str]]:
    """Groups of row numbers: `1-3` is three rows, `4,9` two."""
    groups = []
    for group in text.split():
        members: list[str] = []
        for part in group.split(","):
            first, _, last = part.partition("-")
            members += [str(n) for n in range(int(first), int(last or first) + 1)]
        groups.append(members)
    return groups


def read(file: str) -> list[Record]:
    """The records of a file of the corpus; the number of the row is the id."""
    path = FOLDER / file
    found = [item for item in formats.read(path.read_bytes(), name=path.name) if isinstance(item, Record)]
    for number, record in enumerate(found, 1):
        record.id = str(number)
    return found


def bib_dedupe(name: str, *, judged: bool = False) -> tuple[list[Record], list[list[str]]]:
    """The records and groups of `stroke` or `haematology`, as labelled or as judged here."""
    records = read(f"CoLRev-Environment-bib-dedupe/{name}__records_pre_merged.csv")
    text = {"stroke": _STROKE, "haematology": _HAEMATOLOGY}[name]
    if judged:
        text = " ".join(_HAEMATOLOGY_JUDGED.get(group, group) for group in text.split())
    return records, rows(text)


def diabetes() -> tuple[list[Record], set[str]]:
    """Hair et al.'s records, and those labelled as the one that stays of its group."""
    records = read("camaradesuk-ASySD/labelled_test_set.csv")
    return records, {r.id for r in records if r.extra["source"] == ("unique",)}


def tafenoquine() -> tuple[list[Record], set[str]]:
    """Beller et al.'s records, and those labelled as having a duplicate."""
    records = read("IEBH-dedupe-sweep/tafenoquine.xml")
    return records, {r.id for r in records if "Duplicate" in str(r.extra)}


def cases() -> list[tuple[str, Record, Record, bool]]:
    """BibDedupe's pairs with the expected answer."""
    text = (FOLDER / "CoLRev-Environment-bib-dedupe/test_cases.json").read_text(encoding="utf-8")
    return [
        (
            case["id"],
            _record("1", case["record_a"]),
            _record("2", case["record_b"]),
            case["expected_duplicate"],
        )
        for case in json.loads(text)["cases"]
    ]


def _record(name: str, doc: dict[str, Any]) -> Record:
    lines = [f"@{doc.get('ENTRYTYPE', 'misc')}{{k{name},"]
    lines += [f"  {key} = {{{value}}}," for key, value in doc.items() if key not in ("ENTRYTYPE", "ID")]
    data = "\n".join([*lines, "}"]).encode()
    record = next(item for item in formats.read(data, name="case.bib") if isinstance(item, Record))
    record.id = name
    return record
