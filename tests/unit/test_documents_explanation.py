"""Why the checklist says what it says: each line once, in the order of the clerk's list, with its own source."""

from datetime import date

import pytest

from backend.common.catalogue import Catalogue
from backend.documents.judging.explanation import RuleLine, explain
from backend.documents.model.ages import BirthDate
from backend.documents.model.combinations import Combination
from backend.documents.model.document import Document
from backend.documents.model.errors import UnknownCodeError
from backend.documents.model.fact import Fact
from backend.documents.model.persons import Person
from backend.documents.model.policy import Evidence
from backend.documents.model.recipient import RecipientType
from backend.documents.model.visit import Visit
from backend.documents.saying.visitor_words import option_text, rule_text, value_text
from tests.shipped_rules import DAY, RULES


def explained(
    recipient: str, applicant: str = "", visitor: str = "", papers: str = "", facts: str = ""
) -> tuple[RuleLine, ...]:
    """Explain a visit written in a few words."""
    return explain(
        RULES,
        Visit.of(
            recipient,
            DAY,
            born=BirthDate(2016) if recipient.startswith("R2") else None,
            applicant=applicant.split(),
            visitor=visitor.split(),
            papers=papers.split(),
            facts=facts.split(),
        ),
    )


def by_rule(lines: tuple[RuleLine, ...]) -> dict[str, RuleLine]:
    """The lines by their rules."""
    return {line.rule: line for line in lines}


def test_lines_follow_the_clerks_list_from_the_type_to_the_wards_policies() -> None:
    """Whoever reads along finds each thing where the list has it: documents by person, papers, extras, policies."""
    lines = explained("P6", "BX B27", "A03 B20", "notice nyusho_shomei", "facility_staff renewal")
    assert [(line.rule, line.says, line.person) for line in lines] == [
        ("recipients.P6", "recipient", None),
        ("documents.B27", "counts", Person.APPLICANT),
        ("documents.BX", "document_needs_staff", Person.APPLICANT),
        ("combinations.A2", "open", Person.APPLICANT),
        ("combinations.A1B1", "open", Person.APPLICANT),
        ("combinations.B3p", "open", Person.APPLICANT),
        ("documents.A03", "counts", Person.VISITOR),
        ("documents.B20", "counts", Person.VISITOR),
        ("combinations.A2", "open", Person.VISITOR),
        ("combinations.A1B1", "met", Person.VISITOR),
        ("recipients.P6.notice", "there", None),
        ("recipients.P6.authority", "not_there", None),
        ("recipients.P6.proof_any", "there", None),
        ("recipients.P6.extras", "not_there", None),
        ("facts.renewal.extra", "not_there", None),
        ("policies.proxy_without_notice", "policy", None),
        ("policies.passbook_is_B", "policy", None),
        ("policies.agent_visitor_id", "policy", None),
        ("policies.facility_receipt_proves", "policy", None),
    ]
    rows: dict[str, RecipientType | Document | Combination | Fact] = {
        **{f"recipients.{code}": one for code, one in RULES.recipient_table.items()},
        **{f"documents.{code}": one for code, one in RULES.document_table.items()},
        **{f"combinations.{code}": one for code, one in RULES.combination_table.items()},
        **{f"facts.{code}": one for code, one in RULES.fact_table.items()},
    }
    for line in lines[:-4]:
        row = rows[".".join(line.rule.split(".")[:2])]
        assert (line.evidence, line.sources) == (row.evidence, row.sources), line.rule


def test_a_lost_notice_is_explained_by_the_type_that_judged() -> None:
    """The clerk asked for R2 and reads that R2-NL judged, whose papers and sources are named from there on."""
    lines = explained("R2", "A05 B20", "A03", "koseki")
    assert [(line.rule, line.says) for line in lines[:2]] == [
        ("recipients.R2", "recipient"),
        ("recipients.R2-NL", "judged_as"),
    ]
    kept = RULES.recipient_table["R2-NL"]
    assert (lines[1].about, lines[1].evidence, lines[1].sources) == (("R2-NL",), kept.evidence, kept.sources)
    assert lines[1].sources != lines[0].sources
    assert by_rule(lines)["recipients.R2-NL.authority"].says == "there"
    assert "recipients.R2.notice" not in by_rule(lines)


def test_an_extra_paper_that_is_there_is_said_to_be_there() -> None:
    """Whoever brought the old card and the staff card is not told that they are missing."""
    lines = by_rule(
        explained("P6", "A03 B27", "A03 B20", "notice facility_staff_id old_card", "facility_staff renewal")
    )
    assert (lines["facts.renewal.extra"].says, lines["recipients.P6.extras"].says) == ("there", "there")
    lost = by_rule(explained("R1-NL", "A03 B20"))
    assert "recipients.R1-NL.notice" not in lost


def test_a_paper_in_place_of_the_notice_is_named_as_such() -> None:
    """紹介書 instead of the notice: the line is about the paper that is there, and none says that the notice is not."""
    lines = by_rule(explained("P8", "A03 B21", "A03 B20", "shokaisho ininjo"))
    assert (lines["recipients.P8.notice_or"].says, lines["recipients.P8.notice_or"].about) == (
        "there",
        ("shokaisho",),
    )
    assert "recipients.P8.notice" not in lines
    without = by_rule(explained("P8", "A03 B21", "A03 B20", "ininjo"))
    assert (without["recipients.P8.notice"].says, without["recipients.P8.notice"].about) == (
        "not_there",
        ("notice",),
    )
    assert "recipients.P8.notice_or" not in without


@pytest.mark.parametrize(("applicant", "visitor"), [("B27 B20", "A03"), ("A03", "B27 B20"), ("B27", "B27")])
def test_a_policy_has_a_say_whoever_shows_the_document(applicant: str, visitor: str) -> None:
    """The explanation names a policy that affects a document, whether the child or the parent shows it."""
    lines = by_rule(explained("R2", applicant, visitor, "notice koseki"))
    policy = RULES.policy_table["passbook_is_B"]
    line = lines["policies.passbook_is_B"]
    assert (line.about, line.value, line.evidence) == (("passbook_is_B",), policy.ward, Evidence.DESIGN)
    assert line.sources == tuple(dict.fromkeys(source for seen in policy.seen for source in seen.sources))
    assert "policies.passbook_is_B" not in by_rule(explained("R2", "A03", "A03", "notice koseki"))


def test_a_card_that_ended_is_explained_with_the_source_of_that_rule() -> None:
    """The last line of a refusal is about the rule that refused, not about the type."""
    lines = explain(RULES, Visit.of("R1", DAY, card_expires=date(2026, 1, 1)))
    assert RULES.card_expiry is not None
    assert [(line.rule, line.says) for line in lines] == [
        ("recipients.R1", "recipient"),
        ("card_expiry", "card_expired"),
    ]
    assert (lines[1].evidence, lines[1].sources) == (RULES.card_expiry.evidence, RULES.card_expiry.sources)
    assert lines[1].sources != lines[0].sources


def test_any_other_refusal_is_explained_with_the_source_of_its_own_rule() -> None:
    """A refusal by the type or by a fact never cites the rule about cards that have ended."""
    refused = explained("X1")[1]
    row = RULES.recipient_table["X1"]
    assert (refused.rule, refused.evidence, refused.sources) == ("recipients.X1", row.evidence, row.sources)
    stopping = [fact for fact in RULES.fact_table.values() if fact.stops is not None]
    assert stopping
    for fact in stopping:
        line = explained("R1", "A03", papers="notice", facts=fact.code)[1]
        assert (line.rule, line.evidence, line.sources) == (f"facts.{fact.code}", fact.evidence, fact.sources)


@pytest.mark.parametrize("field", ["applicant", "visitor", "papers", "facts"])
def test_nothing_unknown_is_explained(field: str) -> None:
    """A code that the rules do not know is refused with its name, as by the verdict."""
    with pytest.raises(UnknownCodeError, match="'Z99' is unknown"):
        explained("R2", **{field: "Z99"})
    with pytest.raises(UnknownCodeError, match="The flaw code 'torn' is unknown"):
        explained("R2", "A03:torn", "A03", "notice koseki")


def test_a_rule_that_nobody_has_read_says_so_and_a_decision_of_the_ward_does_not() -> None:
    """The clerk asks for the ward's practice where there is no source; the ward's own decision needs none."""
    unread = {evidence for evidence in Evidence if RuleLine("x", "x", (), evidence).unverified}
    assert unread == {Evidence.MEMORY, Evidence.DESIGN}
    assert not RuleLine("policies.x", "policy", ("x",), None).unverified


def test_a_line_is_said_with_its_rule_its_source_and_how_it_is_known() -> None:
    """Each line is one sentence with the rule's place, its source, and the letter of its evidence."""
    words = Catalogue("documents")
    lines = by_rule(explained("P6", "B27", "A03 B20", "notice nyusho_shomei", "facility_staff"))

    def said(rule: str) -> str:
        return rule_text(lines[rule], RULES, words)

    titles = words.text("list.item").join(
        RULES.source_table[code].title for code in lines["documents.B27"].sources
    )
    read = said("documents.B27")
    assert read.startswith("本人（カードを受け取る方）: 預金通帳：1点として数えます")
    assert read.endswith(words.text("explain.rule", rule="documents.B27", source=f"{titles}、[V]"))
    assert "[D]" in said("policies.passbook_is_B")
    assert words.text("explain.unverified") in said("policies.passbook_is_B")
    assert words.text("explain.unverified") not in read
    own = RuleLine("policies.passbook_is_B", "policy", ("passbook_is_B",), None, value=True)
    assert rule_text(own, RULES, words).endswith(
        words.text("explain.rule", rule="policies.passbook_is_B", source=words.text("explain.ward"))
    )


def test_what_the_ward_does_is_said_by_its_kind() -> None:
    """Policies are described by their kind: yes or no, months (0 for no limit), or the names of combinations."""
    words = Catalogue("documents")
    yes, no = (value_text(value, words) for value in (True, False))
    assert (yes, no) == (words.text("explain.yes"), words.text("explain.no"))
    assert yes != no
    assert "3" in value_text(3, words)
    assert value_text(0, words) == words.text("explain.no_limit")
    both = value_text(("A1", "B2"), words)
    assert all(words.text(f"combination.{code}") in both for code in ("A1", "B2"))
    named = [words.text(f"combination.{code}") for code in ("A1", "B2", "A2")]
    assert value_text(("A1", "B2", "A2"), words) == f"{named[0]}、{named[1]}、または{named[2]}"


def test_an_option_of_the_guide_is_said_in_words() -> None:
    """A reason is named as a reason, every other option by its question; one without words by its code."""
    words = Catalogue("documents")
    assert option_text("who", "self", words) == words.text("option.who.self")
    assert option_text("reason", "kaigo", words) == words.text("reason.kaigo")
    assert option_text("who", "nobody", words) == "nobody"
