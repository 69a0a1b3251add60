"""Cutting and parsing XML: what is broken costs itself alone, and what attacks is refused."""

from __future__ import annotations

import socket
import time
import tracemalloc
from typing import NoReturn

import pytest

from tamis import formats
from tamis.errors import FormatError
from tamis.formats import decoding
from tests.formats.helpers import one, read_all, repaired


def article(title: str, more: str = "") -> str:
    return (
        "<PubmedArticle><MedlineCitation><Article>"
        f"<ArticleTitle>{title}</ArticleTitle>{more}</Article></MedlineCitation></PubmedArticle>\n"
    )


def wrapped(*articles: str, head: str = "") -> str:
    return f"{head}<PubmedArticleSet>\n{''.join(articles)}</PubmedArticleSet>\n"


@pytest.mark.parametrize(
    "broken",
    [
        article("B").replace("</Article>", ""),
        article("B").replace("</ArticleTitle>", "</b>"),
        article("B").replace("</PubmedArticle>\n", ""),
        article("<un:bound>B</un:bound>"),
        article("<a b=c>B"),
    ],
)
def test_a_broken_record_is_a_problem_and_the_rest_is_read(broken: str) -> None:
    records, reading = read_all(wrapped(article("A"), broken, article("C")))
    assert [r.title for r in records] == ["A", "C"]
    assert reading.found == 3
    (problem,) = reading.problems
    assert problem.line == 3
    assert "B" in problem.text
    assert "export it again" in problem.why


def test_a_file_that_is_cut_off() -> None:
    whole = wrapped(*(article(f"T{n}") for n in range(4)))
    records, reading = read_all(whole[: whole.index("T3") + 1])
    assert [r.title for r in records] == ["T0", "T1", "T2"]
    assert [(p.line, "cut off" in p.why) for p in reading.problems] == [(5, True)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A & B", "A & B"), ("R&D; x", "R&D; x"), ("caf&eacute;", "café"), ("p < 0.05", "p < 0.05"),
        ("a&#x1F;b", "a\u241fb"),
        ("a\x01b", "a\u2401b"), ("a&#0;b", "a\u2400b"), ("&lt;5 &amp; 6", "<5 & 6"), ("x&#99999999;",
        "x&#99999999;"),
    ],
)  # fmt: skip
def test_characters_xml_does_not_allow_are_put_right(written: str, read: str) -> None:
    got, reading = read_all(wrapped(article("plain"), article(written)))
    assert got[1].title == read
    assert ("put right" in repaired(reading)) == (written != "&lt;5 &amp; 6")


def test_records_in_comments_and_cdata_do_not_count() -> None:
    inner = article("no")
    records, reading = read_all(
        wrapped(f"<!-- {inner} -->", article(f"<![CDATA[a {inner}]]>"), f"<?x {inner}?>")
    )
    assert (len(records), reading.found) == (1, 1)


def test_a_comment_that_never_ends_hides_no_record() -> None:
    _, reading = read_all(wrapped(article("A"), "<!-- ", article("B"), article("C")))
    assert reading.found == 3


@pytest.mark.parametrize("piece", [1, 2, 7, 64, 65, 200])
def test_pieces_cut_anywhere_make_no_difference(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = wrapped(
        article("A"), f"<!-- {article('no')} -->", article("<![CDATA[B]]>"), "<PubmedArticle/>", article("C")
    )
    monkeypatch.setattr(decoding, "PIECE", piece)
    records, reading = read_all(data)
    assert [r.title for r in records] == ["A", "B", "C"]
    assert [r.line for r in records] == [2, 4, 5]
    assert len(reading.problems) == 1


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://a.example/x.dtd"> %p;]>'
HIDDEN = '<!DOCTYPE x [<!ENTITY a "]><PubmedArticle>">]>'


@pytest.mark.parametrize("head", [LAUGHS, EXTERNAL, PARAMETER, HIDDEN])
def test_entities_are_refused(head: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        pytest.fail("something was fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    for data in (
        wrapped(article("&c;&e;"), head=head),
        wrapped(article("A")) + wrapped(article("&c;"), head=head),
    ):
        with pytest.raises(FormatError, match=r"entities|XML"):
            read_all(data)


def test_entities_declared_behind_the_head_stay_unknown() -> None:
    """A DOCTYPE inside a record is an error of that record."""
    records, reading = read_all(wrapped(article("A"), article(f"{LAUGHS}&c;")))
    assert [r.title for r in records] == ["A"]
    assert len(reading.problems) == 1


@pytest.mark.parametrize("end", [True, False])
def test_a_record_nested_100_000_deep_is_a_problem(end: bool) -> None:
    deep = article("<b>" * 100_000 + ("</b>" * 100_000 if end else ""))
    records, reading = read_all(wrapped(article("A"), deep, article("C")))
    assert [r.title for r in records] == ["A", "C"]
    assert [p.why for p in reading.problems] == ["this record's XML is nested too deeply; export it again"]


def test_a_file_nested_deeply_before_any_record_is_a_sentence() -> None:
    with pytest.raises(FormatError, match="export"):
        formats.read(b"<PubmedArticleSet>" + b"<a>" * 100_000, name="x.xml")


def test_a_flood_of_attributes_is_read() -> None:
    flood = " ".join(f'a{n}="1"' for n in range(20_000))
    assert one(wrapped(article(f"<b {flood}>A</b>"))).title == "A"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_declaration_that_lies_does_no_harm(encoding: str) -> None:
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    assert one(wrapped(article("Füße und Ærø"), head=head).encode(encoding)).title == "Füße und Ærø"


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("cp1252", "ISO-8859-1", "Füße und Ærø"),
        ("cp1251", "windows-1251", "Решето и мука"),
        ("gb18030", "GB2312", "筛子和米粉"),
    ],
)
def test_a_declaration_decides_where_the_bytes_leave_it_open(encoding: str, declared: str, text: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n'
    assert one(wrapped(article(text), head=head).encode(encoding)).title == text


@pytest.mark.parametrize("declared", ["no-such-code", "base64", "utf-7", "rot13", "UTF-16"])
def test_a_declaration_of_what_is_no_text_encoding_is_passed_over(declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n'
    assert "und" in one(wrapped(article("Füße und Bäume"), head=head).encode("cp1252")).title


def test_one_enormous_value_is_cut_and_said() -> None:
    abstract = f"<Abstract><AbstractText>{'word ' * 400_000}</AbstractText></Abstract>"
    (record, second), reading = read_all(wrapped(article("A", abstract), article("B")))
    assert 1_000_000 < len(record.abstract) < 1_100_000
    assert record.flags == ("abstract-cut-off",)
    assert second.title == "B"
    assert "million" in repaired(reading)


def _time(data: bytes) -> float:
    start = time.process_time()
    read_all(data)
    return time.process_time() - start


@pytest.mark.parametrize(
    "part",
    [
        "<!-- x ",
        "<![CDATA[ y ",
        "<?z ",
        "<PubmedArticle>",
        "</PubmedArticle>",
        "&",
        "<",
        "<b>",
        "text ",
        "<a b='",
        "]]>",
        "<!DOCTYPE ",
    ],
)
def test_time_grows_with_size_and_not_faster(part: str) -> None:
    """Twice the rubbish takes about twice the time; a square law would take four."""

    def body(times: int) -> bytes:
        return (wrapped(article("A")) + "<PubmedArticle><MedlineCitation>" + part * times).encode()

    small, large = (min(_time(body(n)) for _ in range(2)) for n in (20_000, 40_000))
    assert large < small * 3.5 + 0.3


def test_a_long_file_of_one_line_needs_little_memory() -> None:
    data = wrapped(
        *(
            article("A title of some words", "<Abstract><AbstractText>x y</AbstractText></Abstract>")
            for _ in range(9000)
        )
    )
    raw = data.replace("\n", "").encode()
    reading = formats.read(raw, name="x.xml")
    tracemalloc.start()
    assert sum(1 for _ in reading) == 9000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
