"""How documents and journal lines are written as bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.store.lines import decode, decode_changes, encode, encode_changes, frame, unframe

_text = st.text(st.characters(codec=None, exclude_categories=()))
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_docs = st.dictionaries(_text, _values, max_size=3).map(encode)
_changes = st.dictionaries(
    st.text(), st.none() | st.dictionaries(st.integers(), st.none() | _docs, max_size=3), max_size=3
)


@given(_values)
def test_a_value_is_read_back_as_json_keeps_it(value: Any) -> None:
    """Also with control characters and lone surrogates; always in one line without tabs."""
    raw = encode(value)
    assert b"\n" not in raw
    assert b"\t" not in raw
    assert repr(decode(raw)) == repr(json.loads(json.dumps(value)))


@given(_changes)
def test_changes_are_read_back_without_decoding_documents(changes: Any) -> None:
    text = encode_changes(changes)
    assert b"\n" not in text
    assert decode_changes(text) == changes
    assert isinstance(json.loads(text), dict)


@given(_changes, st.integers(0, 2**32 - 1), st.data())
def test_an_altered_line_is_noticed(changes: Any, previous: int, data: st.DataObject) -> None:
    line, crc = frame(encode_changes(changes), previous)
    assert unframe(line, previous) == (encode_changes(changes), crc)
    at = data.draw(st.integers(0, len(line) * 8 - 1))
    altered = bytearray(line)
    altered[at // 8] ^= 1 << at % 8
    assert unframe(bytes(altered), previous) is None
    assert unframe(line[:-1], previous) is None
    assert unframe(line, previous ^ 1) is None, "a line that does not follow the one before it"


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"{\t}\t", b'{\t"a":{\t}', b'{\t"a":1\t}', b'{\t"a":{\t"x":{}\t}\t}']
)
def test_another_layout_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - nobody reads what it says
        decode_changes(text)


def test_a_document_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        encode({"a": {1j}})
