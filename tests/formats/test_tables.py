"""Tables as databases, screening tools and people make them: each quirk a small file."""

from __future__ import annotations

import time

import pytest

from tamis import formats
from tamis.domain.record import Record
from tamis.errors import FormatError, UsageError
from tests.formats.helpers import one, read_all, repaired

ROWS = [
    ("A trial of tea", "We drank tea; it helped, mostly.", "2019"),
    ("Biscuits | and tea", 'He said "yes".', "2020"),
]


def table(delimiter: str, newline: str = "\n") -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = [delimiter.join(["Title", "Abstract", "Year"])]
    lines += [delimiter.join(map(cell, row)) for row in ROWS]
    return newline.join(lines) + newline


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_newlines_encodings(delimiter: str, newline: str, encoding: str) -> None:
    records, reading = read_all(table(delimiter, newline).encode(encoding))
    assert reading.format == "table"
    assert [(r.title, r.abstract, str(r.year)) for r in records] == ROWS


def test_pubmed() -> None:
    record = one(
        "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create "
        "Date,PMCID,NIHMS ID,DOI\n"
        '"11","Tea",'
        '"Doe JA, de la Roe B, Li C Jr.","J Tea. 2020;1(2):3. doi: 10.1000/x.","Doe JA","J '
        'Tea","2020","2020/01/02",'
        '"PMC9","","10.1000/x"\n'
    )
    assert (record.pmid, record.title, record.year, record.journal) == ("11", "Tea", 2020, "J Tea")
    assert record.authors == ("Doe JA", "de la Roe B", "Li C Jr.")
    assert record.doi == "10.1000/x"
    assert record.extra["First Author"] == ("Doe JA",)
    assert record.extra["Create Date"] == ("2020/01/02",)


def test_scopus() -> None:
    record = one(
        "Authors,Author full names,Author(s) ID,Title,Year,Source title,Volume,Issue,Art. "
        "No.,Page start,Page end,"
        "Cited by,DOI,Link,Abstract,Author Keywords,Index Keywords,Document Type,Source,EID\n"
        '"Doe J.; Roe R.","Doe, Jane (1); Roe, Rick (2)","1; 2","Tea",2020,"J. Tea",3,4,,'
        '10,19,5,"10.1000/x",'
        '"https://s.example/1","We drank.","tea; cup","Human; Tea",Article,Scopus,2-s2.0-1\n'
    )
    assert record.authors == ("Doe J.", "Roe R.")
    assert (record.journal, record.volume, record.issue, record.pages) == ("J. Tea", "3", "4", "10-19")
    assert record.keywords == ("tea", "cup", "Human", "Tea")
    assert (record.type, record.accession, record.urls) == ("JOUR", "2-s2.0-1", ("https://s.example/1",))
    assert record.extra["Author full names"] == ("Doe, Jane (1); Roe, Rick (2)",)
    assert record.extra["Source"] == ("Scopus",)


def test_embase_with_its_search_above_the_header() -> None:
    records, reading = read_all(
        '"SEARCH QUERY","tea:ti"\n-------------------------------------\n\n'
        '"Title","Author Names","Source","Abstract","Medline PMID","Emtree Medical Index Terms"\n'
        '"Tea","Liu R., Adler D.G.","Endoscopic Tea (2014) 3:3 (152-160). Date of '
        'Publication: 1 Dec 2014","Drunk","123",'
        '"article, tea (drug therapy, drink), cup"\n'
    )
    (record,) = records
    assert record.authors == ("Liu R.", "Adler D.G.")
    assert (record.journal, record.year, record.volume, record.pages) == (
        "Endoscopic Tea",
        2014,
        "3",
        "152-160",
    )
    assert (record.date, record.pmid) == ("1 Dec 2014", "123")
    assert record.extra["Source"][0].startswith("Endoscopic Tea (2014)")
    assert "above the header passed over, the first: SEARCH QUERY, tea:ti" in repaired(reading)


def test_a_title_row_above_the_header() -> None:
    records, _ = read_all('783 papers from a library (tea AND cup)\nTitle,Abstract,Year\n"A","B",2001\n')
    assert [(r.title, r.year) for r in records] == [("A", 2001)]


def test_covidence() -> None:
    record = one(
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,"
        "Accession Number,DOI,Ref,"
        "Covidence #,Study,Notes,Tags\n"
        'Tea,"Doe, J.; Roe, R.","We\rdrank",2020,May,J Tea,1,2,3-4,PM1,10.1000/x,1,#12,Doe 2020,'
        "Exclusion reason: Wrong drink; ,\n"
    )
    assert record.authors == ("Doe, J.", "Roe, R.")
    assert (record.abstract, record.date) == ("We\ndrank", "2020/05")
    assert record.extra["Covidence #"] == ("#12",)


def test_rayyan() -> None:
    record = one(
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,"
        "publisher,location,abstract,notes,"
        "doi,keywords,pubmed_id,pmc_id\n"
        'rayyan-1,Tea,2020,5,2,J Tea,"[""1234-5678"", ""8765-4321""]",1,2,3,"Doe, J. and '
        'Roe, R.",https://a.example/,English,'
        ',,Drunk,"RAYYAN-INCLUSION: {""Ann""=>""Included""}",10.1000/x,tea;cup,77,\n'
    )
    assert record.authors == ("Doe, J.", "Roe, R.")
    assert (record.date, record.issn, record.pmid) == ("2020/05/02", "1234-5678", "77")
    assert record.extra["key"] == ("rayyan-1",)


def test_asreview() -> None:
    record = one(
        ",record_id,primary_title,first_authors,notes_abstract,keywords,label_included,publication_year\n"
        "0,5,Tea,\"['Doe, J', 'Roe, R']\",Drunk,\"['tea', 'cup']\",1,2014//\n"
    )
    assert (record.authors, record.keywords, record.year) == (("Doe, J", "Roe, R"), ("tea", "cup"), 2014)
    assert record.extra["column 1"] == ("0",)


def test_clinical_trials() -> None:
    record = one(
        "NCT Number,Study Title,Study Status,Conditions\nNCT01,A Trial of Tea,COMPLETED,Thirst|Fatigue\n"
    )
    assert (record.title, record.accession) == ("A Trial of Tea", "NCT01")
    assert record.extra["Conditions"] == ("Thirst|Fatigue",)
    assert record.flags == ("no-abstract",)


def test_columns_named_like_ris_tags() -> None:
    record = one('TY,AU,PY,TI,JO,SP,EP,DO,AB\nJOUR,"Doe, J and Roe, R",2019,Tea,J Tea,1,9,10.1000/x,Drunk\n')
    assert (record.type, record.authors, record.pages) == ("JOUR", ("Doe, J", "Roe, R"), "1-9")


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["Smith A, Walter B"], ("Smith A", "Walter B")),
        (["Liu R., Adler D.G., O'Neil-Smith J.-P."], ("Liu R.", "Adler D.G.", "O'Neil-Smith J.-P.")),
        (["Jane Doe, Rick Roe, Li Wei"], ("Jane Doe", "Rick Roe", "Li Wei")),
        (["Doe, Jane"], ("Doe, Jane",)),
        (["Garcia Marquez, Ana, Doe, Jane"], ("Garcia Marquez, Ana", "Doe, Jane")),
        (["Adeli K.Lewis G. F.Roe B."], ("Adeli K.", "Lewis G. F.", "Roe B.")),
        (["E. S. Mitema, F. W. Oehme and L. Roe"], ("E. S. Mitema", "F. W. Oehme", "L. Roe")),
        (["Doe, Jane and World Tea Council"], ("Doe, Jane", "World Tea Council")),
        (["Doe, J; Roe, R;"], ("Doe, J", "Roe, R")),
        (["Doe, J|Roe, R"], ("Doe, J", "Roe, R")),
        (['"Doe, J\nRoe, R"'], ("Doe, J", "Roe, R")),
        (["World Health Organization"], ("World Health Organization",)),
        (["NA"], ()),
    ],
)
def test_authors(cells: list[str], read: tuple[str, ...]) -> None:
    quoted = cells[0] if cells[0].startswith('"') else f'"{cells[0]}"'
    assert one(f"title,authors\nTea,{quoted}\n").authors == read


def test_springer_joins_names() -> None:
    data = "Item Title,Item DOI,Authors,Content Type\nTea,10.1000/x,Jane DoeRick McRoe,Article\n"
    assert one(data).authors == ("Jane Doe", "Rick McRoe")


def test_numbers_of_a_spreadsheet_lose_their_zeros() -> None:
    record = one("title,year,volume,pmid\nTea,2015.0,12.0,123.0\n")
    assert (record.year, record.date, record.volume, record.pmid) == (2015, "", "12", "123")


def test_two_columns_of_one_name_and_one_without() -> None:
    record = one("title,labeled_at,,labeled_at\nTea,1,x,2\n")
    assert record.extra == {"labeled_at": ("1", "2"), "column 3": ("x",)}


def test_rows_with_more_or_fewer_cells_are_kept_and_listed() -> None:
    records, reading = read_all("title,year,doi\nTea,2001\nCup,2002,10.1000/x,more\nPot,2003,\n")
    assert [r.title for r in records] == ["Tea", "Cup", "Pot"]
    assert records[1].extra["column 4"] == ("more",)
    assert "1 row with fewer cells" in repaired(reading)
    assert "1 row with more cells" in repaired(reading)


def test_line_breaks_and_delimiters_inside_quotes() -> None:
    records, _ = read_all(
        'title,abstract,year\n"Tea, hot","First,\n\nsecond\x0c ""line""",2001\nCup,x,2002\n'
    )
    assert [(r.title, r.line) for r in records] == [("Tea, hot", 2), ("Cup", 5)]
    assert records[0].abstract == 'First,\nsecond␌ "line"'


def test_rows_without_anything_known_are_problems() -> None:
    records, reading = read_all("title,year,remark\nTea,2001,\n,,exported by Ann\n,,\n")
    assert len(records) == 1
    assert [(p.line, p.text) for p in reading.problems] == [(3, "exported by Ann")]


def test_a_record_with_neither_title_nor_abstract_is_one() -> None:
    records, _ = read_all("title,abstract,pmid\n,,12\n")
    assert records[0].flags == ("no-title", "no-abstract")


def test_headers_in_the_middle_are_no_records() -> None:
    records, reading = read_all("title,year\nTea,2001\ntitle,year\nCup,2002\n")
    assert [r.title for r in records] == ["Tea", "Cup"]
    assert "1 repeated header" in repaired(reading)


def test_a_tab_table_with_loose_quotes() -> None:
    records, _ = read_all('title\tabstract\tyear\n"Tea\tx "y" z\t2001\nCup\t"fine"\t2002\n')
    assert [(r.title, r.year) for r in records] == [('"Tea', 2001), ("Cup", 2002)]


def test_a_quote_that_never_closes_is_said() -> None:
    _, reading = read_all('title,abstract,year\nTea,"never closed,2001\nCup,x,2002\nPot,y,2003\n')
    assert "never closed" in repaired(reading)


@pytest.mark.parametrize("data", ["title\nTea\nCup\n", "doi\n10.1000/x\n10.1000/y\n"])
def test_a_single_column(data: str) -> None:
    assert len(read_all(data)[0]) == 2


UNKNOWN = "Artikel;Herkunft;Wann\nTee;Assam;2001\nKaffee;Kenia;2002\n"


def test_a_table_nobody_knows_is_refused_with_its_columns_and_what_to_do() -> None:
    with pytest.raises(FormatError) as caught:
        formats.read(UNKNOWN.encode(), name="tee.csv")
    sentence = str(caught.value)
    assert sentence.startswith("tee.csv: ")
    assert "Artikel, Herkunft, Wann" in sentence
    assert "--map 'Artikel=title'" in sentence


def test_columns_named_by_hand() -> None:
    reading = formats.read(UNKNOWN.encode(), name="tee.csv", columns={"artikel": "title", "Wann": "year"})
    records = [r for r in reading if isinstance(r, Record)]
    assert [(r.title, r.year, r.extra) for r in records] == [
        ("Tee", 2001, {"Herkunft": ("Assam",)}),
        ("Kaffee", 2002, {"Herkunft": ("Kenia",)}),
    ]


def test_what_is_said_by_hand_goes_before_what_a_name_says() -> None:
    data = b"Title,Title in English,Abstract\nTee,Tea,x\n"
    (record,) = formats.read(data, name="x", columns={"Title in English": "title"})
    assert isinstance(record, Record)
    assert (record.title, record.extra["Title"]) == ("Tea", ("Tee",))


def test_a_wrong_field_or_column_by_hand_is_said() -> None:
    with pytest.raises(UsageError, match="fields are abstract, accession, authors"):
        formats.read(UNKNOWN.encode(), name="x", columns={"Artikel": "colour"})
    with pytest.raises(FormatError, match="no column 'Farbe'; the columns are: Artikel, Herkunft"):
        formats.read(UNKNOWN.encode(), name="x", columns={"Farbe": "title"})
    with pytest.raises(FormatError, match="RIS, which has no columns"):
        formats.read(b"TY  - JOUR\nTI  - A\nER  - \n", name="x", columns={"A": "title"})


OTHERS = {
    "ris": "TY  - JOUR\nTI  - Title, abstract, year\nAB  - a, b, c\nER  - \n",
    "nbib": "PMID- 1\nOWN - NLM\nTI  - Title, abstract; year\nAB  - x, y\nSO  - J. 2001\n",
    "bibtex": "@article{a,\n title = {A, b, c},\n abstract = {title, abstract}\n}\n",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_formats_are_not_taken_for_tables(kind: str) -> None:
    assert read_all(OTHERS[kind])[1].format == kind


@pytest.mark.parametrize(
    "prose",
    [
        "Dear Ann, the trial, which you know, is done.\nIt was long, hard, and cold.\n",
        "The title, the year and the abstract matter.\nSo do authors, journals and pages.\n",
        "One\ttwo\nthree\n",
        "Title: a story\n\nOnce upon a time; there was tea.\n",
        "a,b\n1,2\n",
    ],
)
def test_prose_is_no_table(prose: str) -> None:
    with pytest.raises(FormatError):
        formats.read(prose.encode(), name="x")


@pytest.mark.parametrize("cell", ["x" * 5_000_000, '""' * 1_500_000, "a, b and c; " * 300_000, "[" * 400_000])
def test_an_enormous_cell_takes_little_time(cell: str) -> None:
    start = time.process_time()
    records, _ = read_all(f'title,authors,abstract,keywords\nTea,"{cell}","{cell}","{cell}"\n')
    assert records[0].title == "Tea"
    assert time.process_time() - start < 30


def test_zotero() -> None:
    record = one(
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","ISSN",'
        '"DOI","Url","Abstract Note",'
        '"Date","Pages","Manual Tags"\n'
        '"AB12","journalArticle","2020","Doe, Jane; Roe, R","Tea","J Tea","1234-5678",'
        '"10.1000/x","https://a.example/",'
        '"Drunk","2020-05-01","1-9","tea; cup"\n'
    )
    assert (record.type, record.title, record.journal, record.abstract) == ("JOUR", "Tea", "J Tea", "Drunk")
    assert (record.date, record.keywords, record.extra["Key"]) == ("2020-05-01", ("tea", "cup"), ("AB12",))


def test_ieee() -> None:
    record = one(
        '"Document Title",Authors,"Publication Title","Publication Year","Volume","Issue",'
        '"Start Page","End Page",'
        '"Abstract","ISSN",ISBNs,"DOI",PDF Link,"Author Keywords","IEEE Terms","Document Identifier"\n'
        '"Tea","J. Doe; R. Roe","IEEE Tea","2020","3","2","10","19","Drunk","1234-5678","","10.1109/x",'
        '"https://i.example/1","tea;cup","Liquids","IEEE Conferences"\n'
    )
    assert (record.authors, record.pages) == (("J. Doe", "R. Roe"), "10-19")
    assert record.keywords == ("tea", "cup", "Liquids")


def test_a_source_is_the_journal_where_no_other_column_is() -> None:
    journals = ["J Tea", "J Cup", "Acta Thea", "Tea Letters", "J Tea", "Pot Review"]
    rows = "".join(f"Paper {i},2020,{journal}\n" for i, journal in enumerate(journals))
    assert [r.journal for r in read_all("Title,Year,Source\n" + rows)[0]] == journals
    rows = "".join(f"Paper {i},2020,{'Embase' if i % 2 else 'PubMed'}\n" for i in range(8))
    assert {r.journal for r in read_all("Title,Year,Source\n" + rows)[0]} == {""}
