"""Text at the import border: nothing hostile gets in, no word gets lost, identifiers in one spelling."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain import text as module
from tamis.domain.text import clean_line, clean_text, doi, fold, hostile, http_url, pmid, slug, year

from .making import patient

CONTROLS = [*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0))]
INVISIBLES = [
    *"\xad\u061c\u180e\u200b\u200e\u200f\ufeff\u2060\u2066\u2069\u202a\u202e",
    "\U000e0041",
    "\U0001d173",
]
SURROGATES = ["\ud800", "\udfff"]
poison = st.text(
    st.sampled_from(
        [*CONTROLS, *INVISIBLES, *SURROGATES, *"ab \n\t", "\u0301", "\u200d", "\u2028", "\u3000", "é"]
    )
    | st.characters(),
    max_size=30,
)
words = st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True)


# Cleaning


@settings(patient, max_examples=300)
@given(poison)
def test_no_control_invisible_or_surrogate_is_left_by_either_cleaner(text: str) -> None:
    for cleaned in (clean_line(text), clean_text(text)):
        assert not any(char in cleaned for char in [*INVISIBLES, *SURROGATES])
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned.replace("\n", ""))
        assert not hostile(cleaned)
        cleaned.encode()
    assert "\n" not in clean_line(text)


@settings(patient, max_examples=300)
@given(poison)
def test_cleaning_twice_is_cleaning_once_and_gives_nfc(text: str) -> None:
    for clean in (clean_line, clean_text):
        cleaned = clean(text)
        assert clean(cleaned) == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert cleaned == cleaned.strip()
    assert clean_line(clean_text(text)) == clean_line(text)


@pytest.mark.parametrize("low", range(0, 0x20000, 0x4000))
def test_each_character_of_the_first_planes_is_cleaned_for_good(low: int) -> None:
    for code in range(low, low + 0x4000):
        cleaned = clean_line(f"a{chr(code)}b")
        assert cleaned.endswith("b")
        assert not hostile(cleaned)
        assert clean_line(cleaned) == cleaned


@patient
@given(
    st.lists(words, min_size=1, max_size=5), st.lists(st.sampled_from([*CONTROLS, *SURROGATES]), min_size=5)
)
def test_words_beside_controls_are_never_lost(parts: list[str], between: list[str]) -> None:
    text = "".join(word + control for word, control in zip(parts, between, strict=False))
    for clean in (clean_line, clean_text):
        assert re.findall(r"[a-z0-9]+", clean(text)) == parts


@patient
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30))
def test_the_short_way_for_plain_text_gives_what_the_long_way_gives(text: str) -> None:
    safe = module._safe(text)
    assert clean_line(text) == " ".join(safe.split())
    assert clean_text(text) == clean_text(text + "\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b]52;c;aGk=\x07Title", "␛]52;c;aGk=␇Title"),
        ("\x9b31mred", "␛31mred"),
        ("back\x08space\x7f", "back␈space␡"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("  two \t tabs\u00a0and\u3000blanks ", "two tabs and blanks"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one two three four five"),
        ("[18F]FDG [/b] [95% CI]", "[18F]FDG [/b] [95% CI]"),
        ("e\u0301tude", "étude"),
        ("e\u200b\u0301tude", "étude"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("", ""),
    ],
)
def test_a_line_is_safe_and_keeps_what_can_be_read(text: str, line: str) -> None:
    assert clean_line(text) == line


def test_paragraphs_are_kept_and_nothing_else_of_the_breaks() -> None:
    assert clean_text("One.\r\n\r\n  Two\tis \n \u3000\n\nThree.\n") == "One.\nTwo is\nThree."


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧 family", "نمی‌خواهم", "क्‍ष", "ක්‍ෂ", "ന്‍ ", "র‍্য", "❤️", "🏳️‍🌈", "🇫🇷", "👍🏽"]
)
def test_emoji_and_scripts_that_need_joiners_stay_whole(text: str) -> None:
    assert clean_line(text) == unicodedata.normalize("NFC", text).strip()


@pytest.mark.parametrize(
    "text", ["a\u200db", "肝\u200d转", " \u200d\u094d", "👩\u200da", "\u094d\u200d1", "क्\u200da"]
)
def test_a_joiner_hides_no_letter(text: str) -> None:
    """Terminals put what follows one into the cell before it."""
    assert clean_line(text) == text.replace("\u200d", "").strip()


@pytest.mark.parametrize("mark", ["\u0335", "\u0651", "\u200c", "\ufe0f", "\U000e0100"])
def test_no_letter_carries_a_tower_of_marks(mark: str) -> None:
    assert clean_line("a" + mark * 1000 + "b") == "a" + mark * 8 + "b"


def test_a_megabyte_is_cleaned_in_one_go() -> None:
    """Nothing here is quadratic; the suite's timeout would tell."""
    for piece in ("a\u0301" * 9, "\u0301", "\x1b[", "\u202e \n", "é  ", "\u200d"):
        clean_text(piece * (1_000_000 // len(piece)))


@settings(patient, max_examples=200)
@given(poison)
def test_folded_text_has_no_case_and_no_marks_and_folding_ends(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(map(unicodedata.combining, folded))
    assert fold(unicodedata.normalize("NFD", text)) == folded == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÉTUDE", "etude"),
        ("Straße", "STRASSE"),
        ("ﬁbrosis", "Fibrosis"),
        ("H₂O²", "h2o2"),
        ("ᴬΣ", "aσ"),
        ("Ｗide", "wide"),
    ],
)
def test_two_spellings_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


# Identifiers

SICI = "10.1002/(sici)1097-0142(19990101)85:1<1::aid-cncr1>3.0.co;2-x"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("10.1000/ABC.123", "10.1000/abc.123"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("http://dx.doi.org/10.1000/abc.", "10.1000/abc"),
        ("doi:10.1000/abc", "10.1000/abc"),
        ("DOI 10.1000/abc, see there", "10.1000/abc"),
        ("10.1000/abc [doi]", "10.1000/abc"),
        ("10.1000/abc[doi]", "10.1000/abc"),
        ("(doi: 10.1016/S0140-6736(98)12345-6).", "10.1016/s0140-6736(98)12345-6"),
        ("“10.1000/abc”", "10.1000/abc"),
        ("<a href='x'>10.1000/abc</a>", "10.1000/abc"),
        ("https://doi.org/10.1000%2Fabc%28d%29", "10.1000/abc(d)"),
        ("10.1000.10/abc", "10.1000.10/abc"),
        ("10.1002/(SICI)1097-0142(19990101)85:1<1::AID-CNCR1>3.0.CO;2-X", SICI),
        ("doi: 10.1002/(SICI)1097-0142(19990101)85:1&lt;1::AID-CNCR1&gt;3.0.CO;2-X.", SICI),
        ("https://doi.org/10.1002/(SICI)1097-0142(19990101)85:1%3C1::AID-CNCR1%3E3.0.CO;2-X", SICI),
        ("https://onlinelibrary.wiley.com/doi/10.1002/hep.123/full", "10.1002/hep.123"),
        ("https://www.tandfonline.com/doi/abs/10.1080/123?journalCode=x#top", "10.1080/123"),
        ("10.1000/full", "10.1000/full"),
        ("10.1000/x\u200by", "10.1000/xy"),
        ("10.1000/", ""),
        ("10.1000/...", ""),
        ("10.1/abc", ""),
        ("110.1000/abc", ""),
        ("version 3.10.1000/abc", ""),
        ("10.1000/%0aSet-Cookie", ""),
        ("10.1000/a\x1b]52;c", "10.1000/a"),
        ("PMID: 12345", ""),
        ("", ""),
    ],
)
def test_a_doi_is_found_in_the_spellings_of_real_files(text: str, name: str) -> None:
    assert doi(text) == name


@settings(patient, max_examples=300)
@given(
    st.lists(st.sampled_from([*"10./()<>:;%2fFaé?#\"' ]\n\x1b\u202e", "[doi]", "&lt;", "/full"])).map("".join)
)
def test_a_doi_has_one_form_without_blanks_quotes_and_controls(tail: str) -> None:
    for text in (f"10.1000/{tail}", f"https://doi.org/10.1000/{tail}"):
        found = doi(text)
        assert doi(found) == found == found.lower()
        assert not hostile(found)
        assert not re.search(r"[\s\"]", found)


@pytest.mark.parametrize("piece", ["%25", "<a::", "(", "10.1000", "10.1000/a)", ".1", "[doi]", "<::>"])
def test_a_long_doi_field_takes_no_time(piece: str) -> None:
    doi("10.1000/" + piece * 100_000)
    doi("10.1000" + piece * 100_000)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("31452104", "31452104"),
        (" 0031452104 ", ""),
        ("00314521.", "314521"),
        ("PMID: 31452104", "31452104"),
        ("PMID- 31452104", "31452104"),
        ("pmid:31452104; PMCID: PMC6790", "31452104"),
        ("31452104 [pmid]", "31452104"),
        ("J Clin 2019;3:12. PMID 31452104", "31452104"),
        ("https://pubmed.ncbi.nlm.nih.gov/31452104/", "31452104"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/31452104", "31452104"),
        ("PubMed ID: 77", "77"),
        ("PubMed: 77", "77"),
        ("MEDLINE:31452104", "31452104"),
        ("Published 2019 in BMJ", ""),
        ("Indexed in PubMed 2020", ""),
        ("2020 Mar 3", ""),
        ("pp. 12-19", ""),
        ("PMID: 123456789", ""),
        ("PMC6790123", ""),
        ("WOS:000123456700001", ""),
        ("00000", ""),
        ("٣٤٥", ""),
        ("", ""),
    ],
)
def test_a_pmid_is_a_number_that_says_so_or_stands_alone(text: str, number: str) -> None:
    assert pmid(text) == number


@patient
@given(poison | st.from_regex(r"(pmid|pubmed|medline)?[:/ -]{0,2}[0-9]{0,10} ?(\[pmid\])?", fullmatch=True))
def test_a_pmid_is_nothing_or_digits_without_leading_zeros(text: str) -> None:
    assert re.fullmatch(r"(?:[1-9][0-9]{0,7})?", pmid(text))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2022/9/1", 2022),
        ("1998 Mar-Apr", 1998),
        ("20220901", 2022),
        ("Epub 2021 Dec 3, 2022", 2021),
        ("c1987", 1987),
        ("1500", 1500),
        ("2100//", 2100),
        ("1499", None),
        ("2101", None),
        ("12019", None),
        ("20229901", None),
        ("in press", None),
        ("", None),
    ],
)
def test_the_year_of_a_date(text: str, number: int | None) -> None:
    assert year(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?b=c#d",
        "HTTP://EXAMPLE.ORG",
        "http://localhost:8080/",
        "http://[::1]/",
        "https://xn--e1afmkfd.example/",
        "https://example.org/été",
        " https://example.org/blanks/around ",
    ],
)
def test_a_web_address_is_kept_as_it_is_written(text: str) -> None:
    assert http_url(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "smb://host/share",
        r"\\host\share",
        "//example.org/x",
        "-flag",
        "example.org",
        "https://",
        "https://.",
        "https://user@example.org/",
        "https://example.org:pw@evil.org/",
        r"https://example.org\@evil.org/",
        r"https://evil.org\.example.org/",
        "https://ex\u0430mple.org/",
        "https://example\u3002org/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/\x1b]52",
        "https://example.org/\u202egpj",
        "https://exam\tple.org/",
        "https://example.org/a b",
        "https://example.org/\nfile:",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused(text: str) -> None:
    assert http_url(text) == ""


@settings(patient, max_examples=200)
@given(st.sampled_from(["http://", "https://", "", "javascript:", "http://a@", "http://[", "http:/"]), poison)
def test_an_address_that_is_kept_is_ascii_up_to_its_path(start: str, rest: str) -> None:
    kept = http_url(start + rest)
    if kept:
        host = re.fullmatch(r"https?://([^/?#]+).*", kept, re.IGNORECASE)
        assert host is not None
        assert host[1].isascii()
        assert "@" not in host[1]
        assert not hostile(kept)


@patient
@given(poison | st.text("ab -é", max_size=60), st.integers(0, 12))
def test_a_slug_is_short_plain_and_new(text: str, twins: int) -> None:
    taken: list[str] = []
    for _ in range(twins + 1):
        taken.append(slug(text, taken))
    assert len(set(taken)) == twins + 1
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= 40 for name in taken)


def test_a_slug_is_made_of_the_words() -> None:
    assert slug("  Wrong Population (é) ") == "wrong-population-e"
    assert slug("语言") == "x"
