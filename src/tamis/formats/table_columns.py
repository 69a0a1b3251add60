"""Columns of a table recognised by their names: case, blanks, accents and punctuation do not count.

The names are those of PubMed, Scopus, Web of Science, Embase, Cochrane, IEEE, ClinicalTrials.gov, Springer,
BVS and SciELO, Covidence, Rayyan, ASReview, ASySD, CoLRev, revtools, and of sheets people make themselves
in English, Spanish, Portuguese, French and German.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import fold
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAMES = {
    "title": (
        "title articletitle documenttitle itemtitle studytitle primarytitle papertitle referencetitle "
        "titleofarticle publicationtitleenglish titles reftitle ti t1 titulo titre titel englishtitle "
        "officialtitle publictitle scientifictitle brieftitle briefpublictitle originaltitle "
        "citationtitle displayname"
    ),
    "abstract": (
        "abstract abstracts abstracttext abstractnote notesabstract itemabstract ab n2 resumen resumo "
        "zusammenfassung resume abstractenglish originalabstract briefsummary summary "
        "citationabstract"
    ),
    "authors": (
        "authors author authornames authorlist firstauthors primaryauthors au a1 authorfullnames "
        "fullauthors autores autor auteurs auteur autoren verfasser creators creator bookauthors "
        "citationauthors contributors authorshipsauthordisplayname"
    ),
    "year": (
        "year publicationyear publishedyear pubyear py yearpublished yearofpublication publishyear ano "
        "annee jahr erscheinungsjahr anodepublicacion anodepublicacao citationpubyear"
    ),
    "date": (
        "date publicationdate pubdate publisheddate dateofpublication coverdate y1 da datepublished "
        "onlinedate earlyaccessdate firstposted dateregistration dateofregistration"
    ),
    "journal": (
        "journal journaltitle journalname sourcetitle journalbook secondarytitle publicationtitle "
        "publicationname publication jf t2 venue booktitle containertitle periodical revista "
        "journalfullname zeitschrift revue fulljournalname conferencename hosttitle so "
        "citationjournalname primarylocationsourcedisplayname"
    ),
    "volume": "volume journalvolume volumenumber vol vl volumen citationjournalvolume",
    "issue": "issue number journalissue issuenumber issueno no is numero",
    "pages": "pages pagerange pagination page pg paginas articlenumber artno articleno",
    "start": "startpage pagestart firstpage beginningpage beginpage sp bp spage",
    "end": "endpage pageend lastpage endingpage ep epage",
    "doi": ("doi itemdoi digitalobjectidentifier doilink doiurl do doinumber articledoi bookdoi di"),
    "pmid": "pmid pubmedid pubmed medlinepmid pm pubmedaccession pubmedpmid",
    "urls": (
        "url urls link links fulltexturl fulltextlink pdflink studyurl articleurl webaddress doilink doiurl "
        "ur openurllink htmllink weblink embaselink sourceurl sourceurls externalurl"
    ),
    "keywords": (
        "keywords keyword authorkeywords indexkeywords meshterms meshheadings mesh descriptors kw de "
        "ieeeterms palabrasclave palavraschave motscles schlagworter schlusselworter keywordsplus "
        "controlledterms controlledtermsinspec citationkeywords manualtags automatictags subjects "
        "subjectterms"
    ),
    "notes": "notes note n1 userdefinednotes anmerkungen",
    "issn": "issn isbnissn issnisbn issns sn printissn eissn electronicissn isbn isbns",
    "publisher": "publisher pb pu verlag editorial publishername",
    "language": (
        "language languages languageofarticle languageoforiginaldocument la idioma sprache langue "
        "articlelanguage"
    ),
    "accession": (
        "accessionnumber accession eid uniquewosid utuniquewosid uniqueid nctnumber trialid ut openalexid "
        "cochraneid an refid mainid"
    ),
    "database": "database nameofdatabase databasename db sourcedatabase databaseprovider",
    "type": (
        "type referencetype typeofreference entrytype documenttype publicationtype contenttype itemtype ty "
        "typeofwork reftype documenttypes"
    ),
    "month": "month publishedmonth publicationmonth pubmonth",
    "day": "day publishedday",
    "editors": "editors editor secondaryauthors bookeditors",
}
FIELDS = {field: names.split() for field, names in _NAMES.items()}
"""Field -> names that mean it, the surest first."""

_BY_NAME: dict[str, list[tuple[str, int]]] = {}
for _field, _names in FIELDS.items():
    for _rank, _name in enumerate(_names):
        _BY_NAME.setdefault(_name, []).append((_field, _rank))

ALONE = ("title", "abstract", "doi", "pmid")
"""One of these makes a table one of references."""

MAPPABLE = tuple(sorted({*FIELDS} - {"start", "end", "month", "day", "editors"}))
"""Fields a column can be mapped to by hand."""

Columns = dict[str, list[int]]
"""Field -> places of its columns, the surest first."""

_OTHER = re.compile(r"[\W_]+")
_TRAILING = re.compile(r"\([^)]*\)$")
_SHORT_NAMES = "so no is do an de da pm ut au di bp ep sp la pb pu"
_SHORT = frozenset(_SHORT_NAMES.split())
_TAG_LIKE = 5


def key(name: str) -> str:
    """The form two spellings of a column's name share."""
    return _OTHER.sub("", fold(name.removeprefix("\ufeff")))


def recognise(header: Sequence[str]) -> Columns:
    """Which columns hold which field, by name."""
    keys = [key(name) for name in header]
    tags = sum(1 for name in header if re.fullmatch(r"\s*[A-Z][A-Z0-9]\s*", name)) >= _TAG_LIKE
    found: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(keys):
        if name in _SHORT and not tags:  # words of two letters mean a tag among tags only
            continue
        for field, rank in _BY_NAME.get(name) or _BY_NAME.get(
            key(_TRAILING.sub("", header[place].strip())), []
        ):
            found.setdefault(field, []).append((rank, place))
    return {field: [place for _, place in sorted(places)] for field, places in found.items()}


def mapped(columns: Columns, header: Sequence[str], by_hand: Mapping[str, str]) -> Columns:
    """`columns` with what a person said of some of them.

    Raises:
        UsageError: there is no such field; the message lists them.
    """
    keys = [key(name) or name for name in header]
    result = {field: list(places) for field, places in columns.items()}
    for name, field in by_hand.items():
        wanted = field_name(field)
        for place in [i for i, k in enumerate(keys) if k == (key(name) or name)]:
            for places in result.values():
                if place in places:
                    places.remove(place)
            result.setdefault(wanted, []).insert(0, place)
    return {field: places for field, places in result.items() if places}


def field_name(field: str) -> str:
    """The field a person means.

    Raises:
        UsageError: there is no such field.
    """
    name = key(field)
    for known in MAPPABLE:
        if name in (known, known.removesuffix("s")) or name == known + "s":
            return known
    known_names = ", ".join(MAPPABLE)
    raise UsageError(f"a column cannot be mapped to {field.strip()!r}; the fields are {known_names}")


_TYPES = {
    "journalarticle": "JOUR", "article": "JOUR", "articleinpress": "JOUR", "review": "JOUR",
    "reviewarticle": "JOUR", "researcharticle": "JOUR", "jour": "JOUR", "originalarticle": "JOUR",
    "ejour": "EJOUR", "book": "BOOK", "bookchapter": "CHAP", "chapter": "CHAP", "booksection": "CHAP",
    "incollection": "CHAP", "inbook": "CHAP", "inproceedings": "CPAPER", "conferencepaper": "CPAPER",
    "conferenceproceedings": "CONF", "proceedings": "CONF", "proceedingspaper": "CPAPER",
    "conferenceandworkshoppapers": "CPAPER", "thesis": "THES", "phdthesis": "THES",
    "mastersthesis": "THES", "dissertation": "THES", "dissertationthesis": "THES", "report": "RPRT",
    "techreport": "RPRT", "webpage": "ELEC", "dataset": "DATA", "preprint": "UNPB",
    "conferenceabstract": "ABST", "patent": "PAT", "generic": "GEN", "misc": "GEN",
    "journalarticles": "JOUR", "informalandotherpublications": "GEN",
}  # fmt: skip


def ris_type(value: str, known: frozenset[str]) -> str:
    """The RIS type a cell means, where that is certain."""
    if value.strip().upper() in known:
        return value.strip().upper()
    return _TYPES.get(key(value), "")
