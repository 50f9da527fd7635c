"""What a kiosk tells everybody to bring: by situations, general, from the same rules as the checklist."""

import re
from datetime import date
from pathlib import Path

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.bring import bring_list
from backend.documents.model.persons import VisitForm
from backend.documents.saying.visitor_words import bring_words
from backend.web.devices.bring_view import bring_guide
from backend.wire.messages import BringItem, BringSituation
from tests.shipped_rules import BOOK, DAY

NAMES = Catalogue("documents")


def situations(on: date = DAY, book: RuleBook = BOOK) -> dict[str, BringSituation]:
    """The situations of a day by their code."""
    return {one.code: one for one in bring_guide(book, on).situations}


def told(situation: BringSituation, language: Language = Language.JAPANESE) -> list[BringItem]:
    """Everything that is told of a situation."""
    return [*situation.bring[language], *situation.know[language]]


@pytest.mark.parametrize(("code", "recipient"), [("self", "R1"), ("lost", "R1-NL"), ("child", "R2")])
def test_a_situation_of_one_type_tells_all_of_it(code: str, recipient: str) -> None:
    """Protects against a list that leaves out what the clerk asks for."""
    rules = BOOK.on(DAY)
    said = [bring_words(line, rules, NAMES) for line in bring_list(rules, recipient, DAY)]
    assert sorted((one.thing, one.note) for one in said) == sorted(
        (one.thing, one.note) for one in told(situations()[code])
    )


def test_an_agent_is_told_what_every_agent_brings_and_asked_to_ask() -> None:
    """Protects the reason from being asked or shown in the hall: only what is common, with the advice to ask."""
    agent = situations()["agent"]
    bring = agent.bring["ja"]
    assert bring[-1].note == "来庁の前に窓口へお問い合わせください"
    rules = BOOK.on(DAY)
    agents = [one.code for one in rules.recipient_types() if one.visit is VisitForm.AGENT]
    assert len(agents) > 5
    for item in bring[:-1]:
        for code in agents:
            words = [bring_words(line, rules, NAMES) for line in bring_list(rules, code, DAY)]
            assert (item.thing, item.note) in {(one.thing, one.note) for one in words}, (code, item)
    reasons = re.compile("入院|施設|障害|介護|妊|留学|要支援|75歳")
    assert not [item for item in bring if reasons.search(item.thing + item.note)]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("on", [one.valid_from for one in BOOK.rule_sets()])
def test_nothing_names_a_type_a_list_or_a_hole(language: Language, on: date) -> None:
    """Protects visitors from codes, and from a place in a sentence that nobody filled, on the days of every rule set."""
    for one in situations(on).values():
        assert one.title[language]
        assert one.bring[language]
        for item in told(one, language):
            assert item.thing
            assert not re.search(r"[{}_]|\b[ABPR]\d\d?\b", item.thing + item.note), item


def test_a_day_without_rules_has_nothing_to_tell() -> None:
    """Protects a kiosk from an error page: no situations where no rules are in force."""
    assert bring_guide(BOOK, date(2015, 1, 5)).situations == []


def test_a_type_that_the_rules_refuse_is_no_situation(tmp_path: Path) -> None:
    """Protects visitors from a list for a way that this ward does not accept."""
    (tmp_path / "2027-04-01.yaml").write_text(
        'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\nrecipients:\n'
        "  R1-NL: {visit: never, evidence: S, sources: [SEED], instead: [R1]}\n",
        encoding="utf-8",
    )
    book = RuleBook.load(tmp_path, library=locate("rules"))
    assert "lost" in situations(date(2027, 3, 31), book)
    assert list(situations(date(2027, 4, 1), book)) == ["self", "child", "agent"]


def test_the_wards_policy_is_what_is_told(tmp_path: Path) -> None:
    """Protects visitors of a ward that wants two documents from being told that one will do."""
    policy = tmp_path / "ours.yaml"
    policy.write_text("format: 1\npolicies:\n  self_requires_two_docs: {ward: true}\n", encoding="utf-8")
    strict = RuleBook.load(locate("rules"), policy_file=policy)
    assert situations(book=strict)["self"].bring["ja"][1] != situations()["self"].bring["ja"][1]
