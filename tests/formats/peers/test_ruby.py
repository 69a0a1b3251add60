"""Ruby's hashes: every dialect that exports have, and nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.formats.peers.ruby import read_hash


@pytest.mark.parametrize(
    "text",
    [
        '{"Ann B."=>"Included", "m.el-gohary"=>"Maybe"}',
        '{"Ann B." => "Included", "m.el-gohary" => "Maybe"}',
        '{ "Ann B."\n=> "Included" ,\n "m.el-gohary"=>"Maybe", }',
        "{'Ann B.'=>'Included', 'm.el-gohary'=>'Maybe'}",
        '{"Ann B.": "Included", "m.el-gohary": "Maybe"}',
        r"{\"Ann B.\"=\>\"Included\", \"m.el-gohary\"=\>\"Maybe\"}",
        r'\{"Ann B."={\textgreater}"Included", "m.el-gohary"={\textgreater}"Maybe"\}',
        '"Ann B."=>"Included", "m.el-gohary"=>"Maybe"',
        "{“Ann B.”=>“Included”, “m.el-gohary”=>“Maybe”}",
    ],
)
def test_dialects_say_the_same(text: str) -> None:
    found = read_hash(text + " | more", 0)
    assert found is not None
    pairs, end = found
    assert pairs == {"Ann B.": "Included", "m.el-gohary": "Maybe"}
    assert (text + " | more")[end:].lstrip("\\ }") == "| more"


def test_escapes_lists_and_signs_inside_names() -> None:
    found = read_hash(r'{"O\"Hara, | {x}=>[y]"=>["a\nb", "\u00e9\u{1F600}", "\\"], "b"=>[]}')
    assert found is not None
    assert found[0] == {'O"Hara, | {x}=>[y]': ("a\nb", "é😀", "\\"), "b": ()}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a"',
        '{"a"=>',
        '{"a"=>"b"',
        '{"a" "b"}',
        '{"a"=>"b" "c"=>"d"}',
        '{"a"=>["b"}',
        "text: more",
        "{{}}",
    ],
)
def test_what_is_no_whole_hash_is_none(text: str) -> None:
    assert read_hash(text) is None


NAMES = st.text(max_size=12)


def ruby(text: str) -> str:
    """Text as Ruby inspects it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@given(st.dictionaries(NAMES, NAMES | st.lists(NAMES, max_size=3), max_size=4))
def test_what_ruby_writes_is_read_back(pairs: dict[str, str | list[str]]) -> None:
    body = ", ".join(
        f"{ruby(k)}=>{ruby(v) if isinstance(v, str) else '[' + ', '.join(map(ruby, v)) + ']'}"
        for k, v in pairs.items()
    )
    found = read_hash("{" + body + "} tail")
    assert found is not None
    assert found[0] == {k: v if isinstance(v, str) else tuple(v) for k, v in pairs.items()}
    assert found[1] == len(body) + 2


@given(st.text(alphabet="{}[]\"'\\=>,: aéu\n0", max_size=40))
def test_nothing_raises(text: str) -> None:
    found = read_hash(text)
    assert found is None or found[1] <= len(text)


def test_long_text_takes_linear_time() -> None:
    assert read_hash("{" + '"a' * 200_000) is None
    assert read_hash('{"a"=>' + "[" * 200_000) is None
    assert read_hash("{" + "\\" * 200_000) is None
