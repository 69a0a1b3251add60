"""Encodings and line ends are settled once, before any format."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import pytest

from tamis import formats
from tamis.formats.base import Log
from tamis.formats.decoding import PIECE, Text, spotless

from .helpers import read_all, repaired

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "TY  - JOUR\nTI  - Café über “quotes” – Łódź\nAU  - Müller, J\nER  - \n"
WESTERN = "TY  - JOUR\nTI  - Café über “die Möglichkeit” – société française\nAU  - Müller, J\nER  - \n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
     ("utf-16-le", b""), ("utf-16-be", b""), ("utf-32-le", b"\xff\xfe\0\0")],
)  # fmt: skip
def test_unicode_with_and_without_a_mark(encoding: str, mark: bytes) -> None:
    records, reading = read_all(mark + RECORD.encode(encoding))
    assert reading.encoding == encoding
    assert records[0].title == "Café über “quotes” – Łódź"


def test_windows_1252_is_guessed_and_said() -> None:
    records, reading = read_all(WESTERN.encode("cp1252") * 3)
    assert records[0].title == "Café über “die Möglichkeit” – société française"
    assert reading.encoding == "cp1252"
    assert "2: not UTF-8" in repaired(reading)


def test_a_byte_windows_1252_leaves_open_does_no_harm() -> None:
    records, _ = read_all(WESTERN.encode("cp1252") * 3 + b"TY  - JOUR\nTI  - a\x81b caf\xe9\nER  - \n")
    assert len(records) == 4


def test_a_few_wrong_bytes_do_not_spoil_a_utf8_file() -> None:
    data = RECORD.encode() * 5 + "TY  - JOUR\nTI  - naïve\nER  - \n".encode("cp1252")
    records, reading = read_all(data)
    assert records[0].title.startswith("Café")
    assert records[-1].title == "naïve"
    assert "not UTF-8 read as Windows-1252" in repaired(reading)


def test_cyrillic_in_its_old_encoding() -> None:
    title = "Состояние рецепторного аппарата эндометрия в позднем репродуктивном периоде"
    records, reading = read_all(f"TY  - JOUR\nTI  - {title}\nAB  - {title}\nER  - \n".encode("cp1251"))
    assert reading.encoding == "cp1251"
    assert records[0].title == title


def test_pieces_cut_anywhere_make_no_difference() -> None:
    """A character or a CRLF on the border of two pieces is read as if there were no border."""
    filler = "x" * (PIECE // 2)
    for shift in range(20, 34):
        text = (
            f"TY  - JOUR\r\nTI  - {filler}\r\nAB  - {filler[40:]}" + "é" * shift + "\r\nAU  - ü\r\nER  - \r\n"
        )
        records, _ = read_all(text)
        assert records[0].abstract == filler[40:] + "é" * shift
        assert records[0].authors == ("ü",)


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_blocks_join_to_the_whole(size: int) -> None:
    data = ("0123456789\r\n" * (size // 12 + 1))[:size].encode()
    text = Text(data, Log())
    assert "\n".join(text.blocks()).rstrip("\n") == data.decode().replace("\r\n", "\n").replace(
        "\r", "\n"
    ).rstrip("\n")


def test_a_memory_map_reads_like_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_bytes(RECORD.encode())
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        reading = formats.read(mapped, name="a.ris")
        assert len(list(reading)) == 1


@pytest.mark.parametrize(
    "text", ["a\tb", "a\u00a0b", "e\u0301", "\u202ea", "a\x7f", "\u2028", "a\u200bb", "\u212b"]
)
def test_what_must_be_cleaned_is_not_spotless(text: str) -> None:
    assert not spotless(f"TI  - {text}\n")


@pytest.mark.parametrize("text", ["plain", "Café – “x”", "中文标题", "👩‍🔬", "Łódź"])
def test_ordinary_text_is_spotless(text: str) -> None:
    assert spotless(f"TI  - {text}\nAB  - more\n")
