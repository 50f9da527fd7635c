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
from backend.cli.rules_open import draw_form
from backend.common.catalogue import Catalogue
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.model.policy import Evidence
from backend.documents.model.rule_set import RuleSet
from backend.documents.saying.open_rules import GROUPS, open_rules

BOOK = RuleBook.load(locate("rules"))
DAY = date(2026, 11, 24)
WORDS, NAMES = Catalogue("rules"), Catalogue("documents")


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
    lines = open_rules(rules, NAMES, WORDS)
    rows = {line.rule for line in lines}
    assert to_settle(rules) <= rows
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
        {line.rule for line in open_rules(rules, NAMES, WORDS)} for rules in (BOOK.on(DAY), settled)
    )
    assert before - after == {"policies.passbook_is_B"}
    assert after < before


def test_nothing_stands_as_todays_practice_that_a_policy_rules_out() -> None:
    """What is not done today is asked once, by its policy; what is done is said in words that can be answered."""
    lines = {line.name: line.says for line in open_rules(BOOK.on(DAY), NAMES, WORDS)}
    assert "施設の利用料の領収書" not in lines
    assert "B欄から3点" not in lines
    assert lines["戸籍のほかの書類で代理権がわかることを、職員が確かめた"] == "戸籍全部事項証明書を求めない"
    assert lines["更新（有効期限など）による受け取り"] == "現在のマイナンバーカードを求める"


def test_the_form_can_be_ticked_and_names_each_value_that_was_seen(tmp_path: Path) -> None:
    """A box for as it stands, one for each other value, one for anything else; the page needs no other file."""
    out = tmp_path / "form.html"
    result = CliRunner().invoke(command, ["open", "--on", "2026-11-24", "--out", str(out)])
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    (row,) = re.findall(r'<tr id="policies.agent_visitor_id">.*?</tr>', page, re.DOTALL)
    assert row.count('type="checkbox"') == 3
    assert "小山町" in row
    rows = re.findall(r"<tr id=", page)
    assert len(rows) == len(open_rules(BOOK.on(DAY), NAMES, WORDS))
    assert not re.search(r"(?:src|href)=|@import|url\(", page)


def test_names_of_a_wards_own_file_do_not_steer_the_page(tmp_path: Path) -> None:
    """A title in a ward's file is text, whatever it holds."""
    (tmp_path / "2027-04-01.yaml").write_text(
        'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\nsources:\n'
        "  OURS: {title: '<script>alert(1)</script>'}\ndocuments:\n"
        "  B34: {class: B, photo: never, evidence: P, sources: [OURS]}\n",
        encoding="utf-8",
    )
    page = draw_form(RuleBook.load(tmp_path, library=locate("rules")).on(date(2027, 4, 1)))
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
        return {line.rule for line in open_rules(changed, NAMES, WORDS)} & {"one_card", "card_expiry"}

    assert asked(card=None, expiry=None) == set()
    assert asked(card=Evidence.PAGE, expiry=Evidence.PAGE) == set()
    assert asked(card=Evidence.MEMORY, expiry=Evidence.PAGE) == {"one_card"}
    assert asked(card=Evidence.REPOSITORY, expiry=Evidence.PART) == {"card_expiry"}
    ages = {line.rule for line in open_rules(rules, NAMES, WORDS) if line.rule.endswith(".photo_from")}
    assert ages == {f"documents.{one.code}.photo_from" for one in rules.documents() if one.photo_from}
    assert ages


def test_what_a_fact_changes_is_said() -> None:
    """The ward reads what follows from a fact that staff settle, above all that the notice is not asked for."""
    rules = BOOK.on(DAY)
    says = {line.rule: line.says for line in open_rules(rules, NAMES, WORDS)}
    assert says["facts.notice_settled"] == "交付通知書（はがき）を求めない"
    facts = {
        **rules.fact_table,
        "notice_settled": replace(rules.fact_table["notice_settled"], no_seal=True),
        "sub_agent": replace(rules.fact_table["sub_agent"], evidence=Evidence.MEMORY, notes=()),
    }
    changed = replace(rules, fact_table=MappingProxyType(facts))
    says = {line.rule: line.says for line in open_rules(changed, NAMES, WORDS)}
    assert says["facts.notice_settled"].startswith("交付通知書（はがき）を求めない")
    assert says["facts.notice_settled"].endswith(WORDS.text("says.no_seal"))
    assert says["facts.sub_agent"] == WORDS.text("says.fact")
