"""The form by which a ward settles what is open."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from click.testing import CliRunner

from backend.cli.rules import command
from backend.cli.rules_open import draw_form, in_eras
from backend.common.catalogue import Catalogue
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.policy import Evidence
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Note
from backend.documents.saying.open_rules import GROUPS, open_rules
from backend.documents.saying.verdict_words import either, note_text
from tests.shipped_rules import BOOK, DAY

WORDS, NAMES = Catalogue("rules"), Catalogue("documents")
ENDED = {"documents.A02", "documents.B20x"}
"""What ended in 2025: 住民基本台帳カード and 健康保険証."""


def to_settle(rules: RuleSet) -> set[str]:
    """The places of everything in a rule set that rests on memory, a decision, or a page that was seen in part."""
    used = {
        code
        for one in rules.recipient_types()
        for choice in (one.applicant, one.visitor)
        for code in choice.allowed(rules.policies)
    }
    sections: dict[str, Mapping[str, Any]] = {
        "documents": rules.document_table,
        "papers": rules.paper_table,
        "facts": rules.fact_table,
        "combinations": rules.combination_table,
        "recipients": rules.recipient_table,
        "returns_if_held": rules.returns,
        "fees_yen": rules.fees,
        "document_checks": rules.checks,
        "flaws": rules.flaw_table,
    }
    return {
        f"{section}.{code}"
        for section, table in sections.items()
        for code, one in table.items()
        if one.evidence is not None and one.evidence.value in {"P", "M", "D"}
    } - {f"combinations.{code}" for code in rules.combination_table if code not in used}


@pytest.mark.parametrize("rules", BOOK.rule_sets(), ids=lambda rules: rules.name)
def test_everything_that_is_open_stands_on_the_form(rules: RuleSet) -> None:
    """No rule that nobody has read in full is told to visitors without the ward having been asked."""
    lines = open_rules(rules, NAMES, WORDS, DAY)
    rows = {line.rule for line in lines}
    assert to_settle(rules) - ENDED <= rows
    assert not ENDED & rows
    assert len(rows) == len(lines)
    assert {f"policies.{code}" for code, one in rules.policy_table.items() if one.check} <= rows
    assert {line.group for line in lines} <= set(GROUPS)
    for line in lines:
        assert line.name
        assert line.says
        assert "{" not in line.name + line.says + line.known_by
        assert line.known_by or line.seen, line


def test_a_settled_practice_is_not_asked_again(tmp_path: Path) -> None:
    """What the ward has decided leaves the form, and only that."""
    policy = tmp_path / "ours.yaml"
    policy.write_text(
        "format: 1\npolicies:\n  passbook_is_B: {ward: false, check: false}\n", encoding="utf-8"
    )
    settled = RuleBook.load(locate("rules"), policy_file=policy).on(DAY)
    before, after = (
        {line.rule for line in open_rules(rules, NAMES, WORDS, DAY)} for rules in (BOOK.on(DAY), settled)
    )
    assert before - after == {"policies.passbook_is_B"}
    assert after < before


def test_nothing_stands_as_todays_practice_that_a_policy_rules_out() -> None:
    """What a policy excludes today is only asked in the policy's own line; all other lines describe today's practice."""
    lines = {line.name: line.says for line in open_rules(BOOK.on(DAY), NAMES, WORDS, DAY)}
    assert "施設の利用料の領収書" not in lines
    assert "B欄から3点" not in lines
    assert lines["戸籍のほかの書類で代理権がわかることを、職員が確かめた"] == "戸籍全部事項証明書を求めない"
    assert lines["更新（有効期限など）による受け取り"] == "現在のマイナンバーカードを求める"


def test_the_form_can_be_ticked_and_names_each_value_that_was_seen(tmp_path: Path) -> None:
    """Each line has a box for today's value, one for each other value, and one for anything else; it is one file."""
    out = tmp_path / "form.html"
    result = CliRunner().invoke(command, ["open", "--on", "2026-11-24", "--out", str(out)])
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    (row,) = re.findall(r'<tr id="policies.agent_visitor_id">.*?</tr>', page, re.DOTALL)
    assert row.count('type="checkbox"') == 3
    assert "小山町" in row
    rows = re.findall(r"<tr id=", page)
    assert len(rows) == len(open_rules(BOOK.on(DAY), NAMES, WORDS, DAY))
    assert not re.search(r"(?:src|href)=|@import|url\(", page)


def test_names_of_a_wards_own_file_do_not_steer_the_page(tmp_path: Path) -> None:
    """A title in a ward's file is text, whatever it holds."""
    (tmp_path / "2027-04-01.yaml").write_text(
        'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\nsources:\n'
        "  OURS: {title: '<script>alert(1)</script>'}\ndocuments:\n"
        "  B34: {class: B, photo: never, evidence: P, sources: [OURS]}\n",
        encoding="utf-8",
    )
    page = draw_form(RuleBook.load(tmp_path, library=locate("rules")).on(date(2027, 4, 1)), date(2027, 4, 1))
    assert "documents.B34" in page
    assert "<script" not in page


@pytest.mark.parametrize("arguments", [["--on", "1999-01-01"], ["--out", "/nowhere/form.html"]])
def test_a_form_that_cannot_be_written_is_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    """Nothing is left half done, and the sentence says why."""
    out = tmp_path / "form.html"
    result = CliRunner().invoke(command, ["open", "--out", str(out), *arguments])
    assert result.exit_code == 1
    assert not out.exists()
    assert "Traceback" not in result.output


def test_only_what_is_open_is_asked() -> None:
    """What was read in full, and what is no rule at all, is no question on the form."""
    rules = BOOK.on(DAY)

    def asked(*, card: Evidence | None, expiry: Evidence | None) -> set[str]:
        changed = replace(
            rules,
            one_card=tuple(replace(one, evidence=card) for one in rules.one_card),
            card_expiry=None
            if expiry is None or rules.card_expiry is None
            else replace(rules.card_expiry, evidence=expiry),
        )
        rows = {line.rule.partition(".")[0] for line in open_rules(changed, NAMES, WORDS, DAY)}
        return rows & {"one_card", "card_expiry"}

    assert asked(card=None, expiry=None) == set()
    assert asked(card=Evidence.PAGE, expiry=Evidence.PAGE) == set()
    assert asked(card=Evidence.MEMORY, expiry=Evidence.PAGE) == {"one_card"}
    assert asked(card=Evidence.REPOSITORY, expiry=Evidence.PART) == {"card_expiry"}
    ages = {line.rule for line in open_rules(rules, NAMES, WORDS, DAY) if line.rule.endswith(".photo_from")}
    assert ages == {f"documents.{one.code}.photo_from" for one in rules.documents() if one.photo_from}
    assert ages


def test_what_a_fact_changes_is_said() -> None:
    """The ward reads what follows from a fact that staff settle, above all that the notice is not asked for."""
    rules = BOOK.on(DAY)
    says = {line.rule: line.says for line in open_rules(rules, NAMES, WORDS, DAY)}
    assert says["facts.notice_settled"] == "交付通知書（はがき）を求めない"
    facts = {
        **rules.fact_table,
        "notice_settled": replace(rules.fact_table["notice_settled"], no_seal=True),
        "sub_agent": replace(rules.fact_table["sub_agent"], evidence=Evidence.MEMORY, notes=()),
    }
    changed = replace(rules, fact_table=MappingProxyType(facts))
    says = {line.rule: line.says for line in open_rules(changed, NAMES, WORDS, DAY)}
    assert says["facts.notice_settled"].startswith("交付通知書（はがき）を求めない")
    assert says["facts.notice_settled"].endswith(WORDS.text("says.no_seal"))
    assert says["facts.sub_agent"] == WORDS.text("says.fact")


def test_a_fact_that_only_leads_to_a_word_is_said_by_that_word() -> None:
    """The ward agrees to the sentence that a clerk reads; one that also waives a paper is said by what it waives."""
    rules = BOOK.on(DAY)
    note = next(one for one in rules.fact_table["sub_agent"].notes)
    facts = {
        **rules.fact_table,
        "sub_agent": replace(rules.fact_table["sub_agent"], evidence=Evidence.MEMORY),
        "notice_settled": replace(rules.fact_table["notice_settled"], notes=(NoteRule("reseal"),)),
    }
    changed = replace(rules, fact_table=MappingProxyType(facts))
    says = {line.rule: line.says for line in open_rules(changed, NAMES, WORDS, DAY)}
    assert says["facts.sub_agent"] == note_text(Note(note.code, note.about), changed, NAMES)
    assert says["facts.notice_settled"] == "交付通知書（はがき）を求めない"


def test_whose_documents_a_type_shows_is_said_of_those_who_come() -> None:
    """A row for one who comes alone names no visitor; a row for two names the documents of both."""
    rules = BOOK.on(DAY)
    rows = {code: replace(rules.recipient_table[code], evidence=Evidence.MEMORY) for code in ("R1", "P5")}
    changed = replace(rules, recipient_table=MappingProxyType({**rules.recipient_table, **rows}))
    says = {line.rule: line.says for line in open_rules(changed, NAMES, WORDS, DAY)}
    one = either((NAMES.text(f"combination.{code}") for code in ("A1", "B2")), NAMES)
    assert says["recipients.R1"] == WORDS.text("says.recipient", applicant=one, visitor="")
    assert says["recipients.R1"] != WORDS.text("says.recipient_both", applicant=one, visitor="")
    assert NAMES.text("combination.B3p") in says["recipients.P5"]
    assert NAMES.text("combination.A1B1") in says["recipients.P5"].partition(NAMES.text("combination.B3p"))[2]


def test_each_paper_is_said_with_what_it_is_for() -> None:
    """A ward can only agree to a use that is named: in place of the notice, as proof, or that nothing happens today."""
    says = {line.rule: line.says for line in open_rules(BOOK.on(DAY), NAMES, WORDS, DAY)}
    assert says["papers.shokaisho"] == "交付通知書（はがき）の代わりに受け付ける"
    assert says["papers.nyuin_shomei"] == "「長期入院中の方の代理人」で、来庁できないことがわかる書類とする"
    assert says["facts.old_card_forgotten"] == "現在のカードをお忘れの場合は、本日お渡しできません。"
    assert [rule for rule, said in says.items() if said == WORDS.text("says.paper")] == []


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        ("koseki", "代理権を確かめる書類として受け付ける"),
        ("hojin_shokuin", "「後見人などが法人である（法人後見）」に当たるとき、あわせて求める"),
        ("old_card", "に当たるとき、あわせて求める"),
    ],
)
def test_the_use_of_any_paper_that_becomes_open_is_said(paper: str, told: str) -> None:
    """Protects the siblings: whichever paper a ward leaves open, the form says what it is for."""
    rules = BOOK.on(DAY)
    papers = {**rules.paper_table, paper: replace(rules.paper_table[paper], evidence=Evidence.MEMORY)}
    changed = replace(rules, paper_table=MappingProxyType(papers))
    says = {line.rule: line.says for line in open_rules(changed, NAMES, WORDS, DAY)}
    assert told in says[f"papers.{paper}"]


def test_what_has_ended_is_asked_only_of_its_days() -> None:
    """Nobody settles today how a card of yesterday counts; on a day on which it counted it is asked."""
    day = date(2025, 3, 1)
    assert {line.rule for line in open_rules(BOOK.on(day), NAMES, WORDS, day)} >= ENDED
    assert not ENDED & {line.rule for line in open_rules(BOOK.on(DAY), NAMES, WORDS, DAY)}


def test_the_page_can_be_filled_in_and_reads_as_japanese() -> None:
    """Every place to write in is a field, every id stands once, and days are written as offices write them."""
    page = draw_form(BOOK.on(DAY), DAY)
    for word in ("form.filled_by", "form.filled_on"):
        assert re.search(rf"<label>{WORDS.text(word)} <input type=\"text\"", page), word
    ids = re.findall(r'id="([^"]*)"', page)
    assert sorted(set(ids)) == sorted(ids)
    # The name of a rule set is the name of its file.
    assert re.findall(r"\d{4}-\d\d(?:-\d\d)?", page.replace(f"：{BOOK.on(DAY).name}（", "")) == []
    assert "（令和6年12月2日から）" in page


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("世田谷区（2023-05-08）", "世田谷区（令和5年5月8日）"),
        ("府中市（2023-08）", "府中市（令和5年8月）"),
        ("2019-05-01から", "令和元年5月1日から"),
        ("2025-02-30、2025-13、0001-01-01、電話12345-67、2025-123", None),
    ],
)
def test_days_of_a_title_are_written_as_offices_write_them(text: str, told: str | None) -> None:
    """Protects the form from a ward's title that only looks like a day: it stays as it was written."""
    assert in_eras(text) == (told or text)
