"""An article or book of PubMed's XML: the values of its elements under tags.

Values get RIS's tags where RIS has one, MEDLINE's otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.text import clean_line
from tamis.formats.markup_tree import local, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    Take = Callable[["Article", Element], None]

_MONTHS = {
    "jan": "01", "feb": "02", "mar": "03", "apr": "04", "may": "05", "jun": "06",
    "jul": "07", "aug": "08", "sep": "09", "oct": "10", "nov": "11", "dec": "12",
}  # fmt: skip
_SIMPLE = {
    "PMID": "PMID", "ISOAbbreviation": "JA", "MedlineTA": "J2", "Volume": "VL", "Issue": "IS",
    "Language": "LA", "Country": "PL", "NlmUniqueID": "JID", "CitationSubset": "SB",
    "PublicationStatus": "PST", "Edition": "ET", "CoiStatement": "COIS", "GeneralNote": "N1",
    "OtherID": "OID", "PublisherName": "PB", "PublisherLocation": "CY", "CollectionTitle": "T3",
    "Isbn": "ISBN", "PublicationType": "PT", "Title": "JF", "SpaceFlightMission": "SFM", "GeneSymbol": "GS",
    "SupplMeshName": "NM", "NumberOfReferences": "RF", "ReportNumber": "ReportNumber",
}  # fmt: skip
_COMMENTS = {
    "CommentOn": "CON", "CommentIn": "CIN", "ErratumIn": "EIN", "ErratumFor": "EFR",
    "CorrectedandRepublishedFrom": "CRF", "CorrectedandRepublishedIn": "CRI", "PartialRetractionIn": "PRIN",
    "PartialRetractionOf": "PROF", "RepublishedFrom": "RPF", "RepublishedIn": "RPI", "RetractionOf": "ROF",
    "RetractionIn": "RIN", "RetractedandRepublishedFrom": "RRF", "RetractedandRepublishedIn": "RRI",
    "UpdateIn": "UIN", "UpdateOf": "UOF", "SummaryForPatientsIn": "SPIN", "OriginalReportIn": "ORI",
    "ExpressionOfConcernIn": "ECI", "ExpressionOfConcernFor": "ECF", "DatasetIn": "DDIN",
    "DatasetDescribedIn": "DRIN", "Cites": "CR",
}  # fmt: skip
_NESTED = frozenset({
    "MedlineCitation", "Article", "Journal", "JournalIssue", "MedlineJournalInfo", "PubmedData",
    "PublicationTypeList", "BookDocument", "Publisher", "PubmedBookData", "GeneSymbolList", "SupplMeshList",
    "BookDocumentSet",
})  # fmt: skip


class Article:
    """The values of one article or book under their tags, while its elements are gone through."""

    __slots__ = ("book", "fields", "later")

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.later: dict[str, list[str]] = {}
        self.book = False

    def walk(self, element: Element) -> None:
        """Take each child where it belongs; an element nobody knows is kept under its own name."""
        for child in element:
            name = local(child)
            if tag := _SIMPLE.get(name):
                self.put(tag, text_of(child))
            elif take := _TAKES.get(name):
                take(self, child)
            elif name in _NESTED:
                if name == "MedlineCitation":
                    self.citation(child)
                self.walk(child)
            else:
                self.put(name, " ".join(child.itertext()))

    def put(self, tag: str, value: str) -> None:
        """Keep a value that says something."""
        if value and (value := clean_line(value)):
            values = self.fields.setdefault(tag, [])
            if value not in values[-3:]:
                values.append(value)

    def hold(self, tag: str, value: str) -> None:
        """Keep a value until all others are known."""
        if value := clean_line(value):
            self.later.setdefault(tag, []).append(value)

    def citation(self, element: Element) -> None:
        """What a citation says of itself in attributes."""
        self.put("OWN", element.get("Owner", ""))
        self.put("STAT", element.get("Status", ""))

    def title(self, element: Element) -> None:
        """The article's own title."""
        self.put("TI", text_of(element))

    def vernacular(self, element: Element) -> None:
        """The title in the article's own language."""
        self.put("TT", text_of(element))

    def journal_issn(self, element: Element) -> None:
        """A number of the journal; the linking one is only kept when it is another."""
        value = clean_line(text_of(element))
        if value and value not in self.fields.get("SN", ()):
            self.put("SN", value)

    def abstract(self, element: Element) -> None:
        """The abstract, one paragraph a part, with the parts' labels."""
        parts = []
        for part in element:
            text = clean_line(text_of(part))
            if local(part) != "AbstractText":
                self.put("CI" if local(part) == "CopyrightInformation" else local(part), text)
            elif text:
                label = clean_line(part.get("Label", ""))
                parts.append(f"{label}: {text}" if label and label.upper() != "UNLABELLED" else text)
        if not len(element):
            parts.append(clean_line(text_of(element)))
        if whole := "\n".join(filter(None, parts)):
            self.fields.setdefault("AB", []).append(whole)

    def authors(self, element: Element) -> None:
        """Authors or, in books, editors."""
        editors = element.get("Type") == "editors"
        for author in element:
            names = {local(child): text_of(child) for child in author}
            name = person(names)
            if editors:
                self.put("A2", name)
            elif name:
                self.fields.setdefault("AU", []).append(name)
            self._about_person(author)

    def _about_person(self, author: Element) -> None:
        for child in author:
            kind = local(child)
            if kind == "AffiliationInfo":
                for part in child:
                    self.put("AD" if local(part) == "Affiliation" else local(part), text_of(part))
            elif kind == "Affiliation":
                self.put("AD", text_of(child))
            elif kind == "Identifier":
                self.put("AUID", f"{child.get('Source', '')}: {text_of(child)}".lstrip(": "))

    def investigators(self, element: Element) -> None:
        """People who took part and are no authors."""
        for someone in element:
            self.put("FIR", person({local(child): text_of(child) for child in someone}))
            self._about_person(someone)

    def subjects(self, element: Element) -> None:
        """People the article is about."""
        for someone in element:
            self.put("PS", person({local(child): text_of(child) for child in someone}))

    def headings(self, element: Element) -> None:
        """MeSH headings as MEDLINE writes them: `Term/qualifier/*main qualifier`."""
        for heading in element:
            words = [_starred(part) for part in heading]
            self._keyword("/".join(filter(None, words)) if words else clean_line(text_of(heading)))

    def keywords(self, element: Element) -> None:
        """The authors' keywords."""
        for keyword in element:
            self._keyword(_starred(keyword))

    def _keyword(self, word: str) -> None:
        if word and word not in self.fields.setdefault("KW", []):
            self.fields["KW"].append(word)

    def pages(self, element: Element) -> None:
        """`MedlinePgn`, or first and last page."""
        parts = {local(child): clean_line(text_of(child)) for child in element}
        start, end = parts.pop("StartPage", ""), parts.pop("EndPage", "")
        whole = parts.pop("MedlinePgn", "") or parts.pop("Pages", "")
        self.put("SP", whole or (f"{start}-{end}" if start and end and start != end else start or end))
        for name, value in parts.items():
            self.put(name, value)

    def published(self, element: Element) -> None:
        """The date of the issue or book."""
        self.hold("DP", date_words(element))

    def electronic(self, element: Element) -> None:
        """The date it came out electronically."""
        self.put("DEP", _date_digits(element, ""))

    def location(self, element: Element) -> None:
        """An identifier the publisher gave: DOI, article number."""
        value, kind = clean_line(text_of(element)), element.get("EIdType", "")
        if kind == "doi" and element.get("ValidYN") != "N":
            self.hold("doi", value)
        else:
            self.put("LID", f"{value} [{kind}]" if kind and value else value)

    def identifiers(self, element: Element) -> None:
        """The article's own identifiers."""
        for child in element:
            value, kind = clean_line(text_of(child)), child.get("IdType", "")
            if kind == "doi":
                self.hold("doi", value)
            elif kind == "pubmed":
                self.hold("pmid", value)
            elif kind in ("pmc", "mid", "url"):
                self.put({"pmc": "PMC", "mid": "MID", "url": "UR"}[kind], value)
            else:
                self.put("AID", f"{value} [{kind}]" if kind and value else value)

    def history(self, element: Element) -> None:
        """Dates of the article's way to PubMed."""
        for child in element:
            self.put("PHST", f"{_date_digits(child, '/')} [{child.get('PubStatus', '')}]")

    def completed(self, element: Element) -> None:
        """When the record was completed or revised."""
        self.put("DCOM" if local(element) == "DateCompleted" else "LR", _date_digits(element, ""))

    def comments(self, element: Element) -> None:
        """Corrections, retractions, comments."""
        for child in element:
            source = next((text_of(part) for part in child if local(part) == "RefSource"), "")
            number = next((text_of(part) for part in child if local(part) == "PMID"), "")
            kind = child.get("RefType", "")
            value = f"{clean_line(source)}{' PMID: ' + clean_line(number) if number else ''}"
            self.put(_COMMENTS.get(kind, kind or "Comment"), value or " ".join(child.itertext()))

    def references(self, element: Element) -> None:
        """The works cited."""
        for reference in element:
            if local(reference) == "ReferenceList":
                for inner in reference:
                    self._reference(inner)
            else:
                self._reference(reference)

    def _reference(self, element: Element) -> None:
        if local(element) != "Reference":
            self.put(local(element), text_of(element))
            return
        words = [clean_line(text_of(part)) for part in element if local(part) == "Citation"]
        for ids in element:
            if local(ids) == "ArticleIdList":
                words += [f"[{part.get('IdType', '')} {clean_line(text_of(part))}]" for part in ids]
        self.put("CR", " ".join(words))

    def chemicals(self, element: Element) -> None:
        """Substances with their registry numbers."""
        for child in element:
            parts = {local(part): clean_line(text_of(part)) for part in child}
            name = parts.get("NameOfSubstance", "")
            self.put(
                "nbib RN", f"{parts.get('RegistryNumber', '')} ({name})" if name else " ".join(parts.values())
            )

    def grants(self, element: Element) -> None:
        """Money behind the article."""
        for child in element:
            self.put("GR", "/".join(filter(None, (clean_line(text_of(part)) for part in child))))

    def databanks(self, element: Element) -> None:
        """Registrations, such as trials'."""
        for bank in element:
            name = next((clean_line(text_of(part)) for part in bank if local(part) == "DataBankName"), "")
            numbers = [
                clean_line(text_of(n)) for part in bank if local(part) == "AccessionNumberList" for n in part
            ]
            for number in numbers or [""]:
                self.put("SI", "/".join(filter(None, (name, number))))

    def book_of(self, element: Element) -> None:
        """The book something is a part of, or that the record is about."""
        self.book = True
        inner = Article()
        inner.walk(element)
        for tag, values in inner.later.items():
            self.later.setdefault(tag, []).extend(values)
        people = inner.fields.pop("AU", [])
        self.later.setdefault("book AU", []).extend(people)
        for tag, values in inner.fields.items():
            self.fields.setdefault(tag, []).extend(values)

    def sections(self, element: Element) -> None:
        """The headings of a book's parts."""
        for section in element.iter():
            if local(section) in ("Section", "Sections"):
                words = [
                    clean_line(text_of(p)) for p in section if local(p) in ("LocationLabel", "SectionTitle")
                ]
                self.put("Section", " ".join(words))


def person(names: dict[str, str]) -> str:
    """A name as `Family, Given`, or that of a group."""
    group = clean_line(names.get("CollectiveName", ""))
    family = clean_line(names.get("LastName", ""))
    given = clean_line(names.get("ForeName") or names.get("FirstName") or names.get("Initials") or "")
    suffix = clean_line(names.get("Suffix", ""))
    return ", ".join(filter(None, (family, given, suffix))) or group


def date_words(element: Element) -> str:
    """A date as MEDLINE writes it: `2015 Dec 1`, `1998 Dec-1999 Jan`."""
    parts = {local(child): clean_line(text_of(child)) for child in element}
    if "MedlineDate" in parts:
        return parts["MedlineDate"]
    words = (parts.get("Year", ""), parts.get("Season") or parts.get("Month", ""), parts.get("Day", ""))
    return " ".join(filter(None, words))


def _date_digits(element: Element, between: str) -> str:
    parts = {local(child): clean_line(text_of(child)) for child in element}
    month = parts.get("Month", "")
    month = _MONTHS.get(month[:3].lower(), month.zfill(2) if month else "")
    day = parts.get("Day", "")
    return between.join(filter(None, (parts.get("Year", ""), month, day.zfill(2) if day else "")))


def _starred(element: Element) -> str:
    word = clean_line(text_of(element))
    return f"*{word}" if word and element.get("MajorTopicYN") == "Y" else word


def _book_title(article: Article, element: Element) -> None:
    article.put("BT", text_of(element))


_TAKES: dict[str, Take] = {
    "ArticleTitle": Article.title,
    "VernacularTitle": Article.vernacular,
    "ISSN": Article.journal_issn,
    "ISSNLinking": Article.journal_issn,
    "Abstract": Article.abstract,
    "OtherAbstract": Article.abstract,
    "AuthorList": Article.authors,
    "InvestigatorList": Article.investigators,
    "PersonalNameSubjectList": Article.subjects,
    "MeshHeadingList": Article.headings,
    "KeywordList": Article.keywords,
    "Pagination": Article.pages,
    "PubDate": Article.published,
    "ArticleDate": Article.electronic,
    "ELocationID": Article.location,
    "ArticleIdList": Article.identifiers,
    "History": Article.history,
    "DateCompleted": Article.completed,
    "DateRevised": Article.completed,
    "CommentsCorrectionsList": Article.comments,
    "ReferenceList": Article.references,
    "ChemicalList": Article.chemicals,
    "GrantList": Article.grants,
    "DataBankList": Article.databanks,
    "Book": Article.book_of,
    "BookTitle": _book_title,
    "Sections": Article.sections,
}
