"""The documents of one person: which stand first, and how many of them count."""

from backend.documents.model.persons import Person
from backend.reception.deciding.ticks import Ticks
from backend.web.desk.document_lists import DocumentLists, documents_of
from tests.unit.test_checklist_view import DOCUMENTS, PAGES, a_sheet


def lists_of(*codes: str, wanted: tuple[str, ...] = ()) -> DocumentLists:
    """The applicant's documents after some were ticked."""
    sheet = a_sheet(Ticks("R1", applicant=codes, papers=("notice",)))
    return documents_of(sheet, Person.APPLICANT, codes, PAGES, DOCUMENTS, wanted)


def test_the_six_documents_stand_where_they_stood() -> None:
    """Keys are learnt by place: the office's documents keep the order of the rules, whatever was ticked before."""
    wanted = ("A09", "A05", "A03")
    empty, later = lists_of(wanted=wanted), lists_of("A12", "B20", wanted=wanted)
    assert [box.code for box in empty.first] == ["A01", "A02", "A03", "A04", "A05", "A09"]
    assert [box.code for box in later.first] == [box.code for box in empty.first]
    assert [(fold.kind, fold.ticked) for fold in later.folded] == [("A", 1), ("B", 1)]


def test_each_person_says_how_many_documents_count() -> None:
    """Each tab shows how many documents the person has shown, and how many the closest combination needs."""
    ticked: list[tuple[str, ...]] = [(), ("B20",), ("B20", "B21"), ("A03",)]
    counted = [(one.had, one.needed) for one in (lists_of(*codes) for codes in ticked)]
    assert counted == [(0, 1), (1, 2), (2, 2), (1, 1)]
