"""PubMed's XML, quirk by quirk."""

from __future__ import annotations

import pytest

from tamis import formats
from tamis.domain.record import Flag
from tamis.errors import FormatError
from tests.formats.helpers import one, read_all

DOCTYPE = (
    '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">123</PMID>
<DateCompleted><Year>2020</Year><Month>07</Month><Day>3</Day></DateCompleted>
<Article PubModel="Print"><Journal><ISSN IssnType="Electronic">1234-5678</ISSN>
<JournalIssue CitedMedium="Internet">
<Volume>12</Volume><Issue>3</Issue><PubDate><Year>2019</Year><Month>Nov</Month><Day>2</Day></PubDate>
</JournalIssue>
<Title>Journal of sieves</Title><ISOAbbreviation>J Sieves</ISOAbbreviation></Journal>
<ArticleTitle>Uptake of <i>Oryza</i> in CO<sub>2</sub>: a
trial.</ArticleTitle><Pagination><StartPage>10</StartPage><EndPage>14</EndPage>
<MedlinePgn>10-4</MedlinePgn></Pagination>
<ELocationID EIdType="pii" ValidYN="Y">S1</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/AbC.1</ELocationID>
<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Rice is <b>bold</b>.</AbstractText>
<AbstractText Label="UNLABELLED">It was sieved.</AbstractText><AbstractText>p &lt; 0.05.</AbstractText>
<CopyrightInformation>© 2019 Sievers.</CopyrightInformation></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Núñez</LastName><ForeName>Ana B</ForeName>
<Initials>AB</Initials>
<Suffix>Jr</Suffix><Identifier Source="ORCID">0000-0001</Identifier><AffiliationInfo>
<Affiliation>Sieve House</Affiliation>
</AffiliationInfo></Author><Author><LastName>Doe</LastName><Initials>J</Initials></Author>
<Author><CollectiveName>The Sieve Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<GrantList><Grant><GrantID>G1</GrantID><Agency>NIH</Agency></Grant></GrantList>
<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
<AccessionNumber>NCT01</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType UI="D1">Journal Article</PublicationType></PublicationTypeList>
<VernacularTitle>Aufnahme von Reis.</VernacularTitle></Article>
<MedlineJournalInfo><Country>England</Country><MedlineTA>J Sieve</MedlineTA>
<ISSNLinking>1234-0000</ISSNLinking>
</MedlineJournalInfo><ChemicalList><Chemical><RegistryNumber>0</RegistryNumber>
<NameOfSubstance>Water</NameOfSubstance>
</Chemical></ChemicalList><CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn">
<RefSource>J Sieves 2021</RefSource>
<PMID>99</PMID></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="N">Rice</DescriptorName>
<QualifierName MajorTopicYN="Y">growth</QualifierName>
<QualifierName MajorTopicYN="N">uptake</QualifierName></MeshHeading>
<MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading></MeshHeadingList>
<KeywordList Owner="NOTNLM"><Keyword>sieve; fine</Keyword></KeywordList>
<NewElement>kept as well</NewElement></MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="pubmed"><Year>2019</Year><Month>1</Month><Day>2</Day>
</PubMedPubDate></History>
<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">123</ArticleId>
<ArticleId IdType="pmc">PMC77</ArticleId><ArticleId IdType="doi">10.1000/abc.1</ArticleId></ArticleIdList>
<ReferenceList><Reference><Citation>Roe 2001.</Citation><ArticleIdList>
<ArticleId IdType="pubmed">888</ArticleId>
<ArticleId IdType="doi">10.1000/other</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle>"""


def wrapped(*articles: str) -> str:
    return f"{DOCTYPE}<PubmedArticleSet>\n{''.join(articles)}</PubmedArticleSet>\n"


def small(*inside: str, number: int = 1) -> str:
    """An article of a few elements."""
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article>{''.join(inside)}</Article>"
        "</MedlineCitation></PubmedArticle>\n"
    )


def test_an_article_field_by_field() -> None:
    record = one(wrapped(ARTICLE))
    assert (record.type, record.title) == ("JOUR", "Uptake of Oryza in CO2: a trial.")
    assert record.abstract == "BACKGROUND: Rice is bold.\nIt was sieved.\np < 0.05."
    assert record.authors == ("Núñez, Ana B, Jr", "Doe, J", "The Sieve Group")
    assert (record.year, record.date) == (2019, "2019 Nov 2")
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "Journal of sieves",
        "12",
        "3",
        "10-4",
    )
    assert (record.doi, record.pmid, record.issn, record.language) == (
        "10.1000/abc.1",
        "123",
        "1234-5678",
        "eng",
    )
    assert record.keywords == ("Rice/*growth/uptake", "Humans", "sieve; fine")
    assert record.database == "PubMed"
    assert record.flags == ()
    assert record.line == 4


def test_what_has_no_field_is_kept_under_its_tag() -> None:
    extra = one(wrapped(ARTICLE)).extra
    assert extra["TT"] == ("Aufnahme von Reis.",)
    assert (extra["PMC"], extra["LID"], extra["JA"]) == (("PMC77",), ("S1 [pii]",), ("J Sieves",))
    assert (extra["GR"], extra["SI"]) == (("G1/NIH",), ("ClinicalTrials.gov/NCT01",))
    assert (extra["RIN"], extra["nbib RN"]) == (("J Sieves 2021 PMID: 99",), ("0 (Water)",))
    assert (extra["AD"], extra["AUID"], extra["CI"]) == (
        ("Sieve House",),
        ("ORCID: 0000-0001",),
        ("© 2019 Sievers.",),
    )
    assert (extra["PHST"], extra["DCOM"], extra["PT"]) == (
        ("2019/01/02 [pubmed]",),
        ("20200703",),
        ("Journal Article",),
    )
    assert extra["CR"] == ("Roe 2001. [pubmed 888] [doi 10.1000/other]",)
    assert extra["NewElement"] == ("kept as well",)


def test_a_cited_work_lends_the_article_no_identifier() -> None:
    data = wrapped(ARTICLE).replace('<ArticleId IdType="doi">10.1000/abc.1</ArticleId>', "")
    data = data.replace('<ELocationID EIdType="doi" ValidYN="Y">10.1000/AbC.1</ELocationID>', "")
    assert one(data).doi == ""


def test_without_a_title_the_vernacular_one_is_the_title() -> None:
    record = one(wrapped(small("<ArticleTitle/><VernacularTitle>Reis.</VernacularTitle>")))
    assert (record.title, record.extra.get("TT")) == ("Reis.", None)


def test_other_abstracts_follow_the_abstract() -> None:
    record = one(wrapped(small(
        "<ArticleTitle>A</ArticleTitle><Abstract><AbstractText>English.</AbstractText></Abstract>"
        '<OtherAbstract Language="spa"><AbstractText>Español.</AbstractText></OtherAbstract>'
    )))  # fmt: skip
    assert record.abstract == "English.\nEspañol."


def test_an_abstract_that_is_bare_text() -> None:
    assert one(wrapped(small("<ArticleTitle>A</ArticleTitle><Abstract>Bare.</Abstract>"))).abstract == "Bare."


@pytest.mark.parametrize(
    ("date", "year", "words"),
    [
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998, "1998 Dec-1999 Jan"),
        ("<Year>2001</Year><Season>Spring</Season>", 2001, "2001 Spring"),
        ("<Year>2001</Year>", 2001, ""),
    ],
)
def test_dates(date: str, year: int, words: str) -> None:
    issue = f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue><Title>J</Title></Journal>"
    record = one(wrapped(small(issue, "<ArticleTitle>A</ArticleTitle>")))
    assert (record.year, record.date) == (year, words)


def test_mathml_becomes_its_text() -> None:
    math = (
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mrow><mml:msub><mml:mi>η</mml:mi>'
        "<mml:mn>2</mml:mn></mml:msub></mml:mrow></mml:math>"
    )
    record = one(wrapped(small(f"<ArticleTitle>Of {math}.</ArticleTitle>")))
    assert record.title == "Of η2."


def test_a_prefix_declared_at_the_root() -> None:
    data = wrapped(small("<ArticleTitle>Of <mml:mi>x</mml:mi></ArticleTitle>"))
    data = data.replace(
        "<PubmedArticleSet>", '<PubmedArticleSet xmlns:mml="http://www.w3.org/1998/Math/MathML">'
    )
    assert one(data).title == "Of x"


def test_a_book_and_a_chapter() -> None:
    book = """<PubmedBookArticle><BookDocument><PMID>7</PMID><ArticleIdList>
<ArticleId IdType="bookaccession">NBK1</ArticleId>
</ArticleIdList><Book><Publisher><PublisherName>Sieve Press</PublisherName>
<PublisherLocation>Ulm</PublisherLocation></Publisher>
<BookTitle book="x">All Sieves</BookTitle><PubDate><Year>2009</Year></PubDate><AuthorList Type="editors">
<Author>
<LastName>Ed</LastName><ForeName>I</ForeName></Author></AuthorList><Isbn>9780000000002</Isbn>
</Book>%s<Language>eng</Language>
<PublicationType>Review</PublicationType><Abstract><AbstractText>About.</AbstractText></Abstract><Sections>
<Section>
<LocationLabel Type="chapter">1</LocationLabel><SectionTitle>Start</SectionTitle></Section></Sections>
</BookDocument>
<PubmedBookData><ArticleIdList><ArticleId IdType="pubmed">7</ArticleId></ArticleIdList></PubmedBookData>
</PubmedBookArticle>"""
    chapter = (
        book
        % "<ArticleTitle>One</ArticleTitle><AuthorList><Author><LastName>Au</LastName></Author></AuthorList>"
    )
    (whole, part), _ = read_all(wrapped(book % "", chapter))
    assert (whole.type, whole.title, whole.publisher, whole.issn) == (
        "BOOK",
        "All Sieves",
        "Sieve Press",
        "9780000000002",
    )
    assert (whole.year, whole.pmid, whole.abstract, whole.extra["A2"]) == (2009, "7", "About.", ("Ed, I",))
    assert whole.extra["Section"] == ("1 Start",)
    assert (part.type, part.title, part.journal, part.authors) == ("CHAP", "One", "All Sieves", ("Au",))


def test_results_fetched_in_batches_and_put_into_one_file() -> None:
    records, reading = read_all(wrapped(small("<ArticleTitle>A</ArticleTitle>")) * 3)
    assert [r.title for r in records] == ["A"] * 3
    assert reading.found == 3


@pytest.mark.parametrize("root", ["PubmedArticle", "MedlineCitation"])
def test_a_record_that_is_the_whole_file(root: str) -> None:
    inside = (
        "<MedlineCitation><PMID>5</PMID></MedlineCitation>" if root == "PubmedArticle" else "<PMID>5</PMID>"
    )
    record = one(f"<{root}>{inside}</{root}>")
    assert (record.pmid, record.flags) == ("5", (Flag.NO_TITLE.value, Flag.NO_ABSTRACT.value))


def test_an_empty_article_is_a_problem() -> None:
    _, reading = read_all(wrapped("<PubmedArticle>\n</PubmedArticle><PubmedArticle/>"))
    assert [p.why for p in reading.problems] == ["this record is empty"] * 2


def test_a_set_without_articles_is_refused() -> None:
    with pytest.raises(FormatError, match=r"without any record.*export"):
        formats.read(b"<PubmedArticleSet></PubmedArticleSet>", name="x.xml")


def test_a_broken_doi_is_kept_as_it_is() -> None:
    record = one(
        wrapped(small('<ArticleTitle>A</ArticleTitle><ELocationID EIdType="doi">none</ELocationID>'))
    )
    assert (record.doi, record.extra["AID"]) == ("", ("none [doi]",))
