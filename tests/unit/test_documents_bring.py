"""What to bring, and what is found by typing: the same rules in the visitor's and in the clerk's words."""

import re
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.documents.judging.bring import BringLine, bring_list
from backend.documents.judging.checklist import judge
from backend.documents.model.errors import UnknownCodeError
from backend.documents.model.persons import VisitForm
from backend.documents.model.visit import Lack, Visit
from backend.documents.saying.search import find, fold, search_keys
from tests.bring_support import bring_text
from tests.documents_support import with_policies
from tests.shipped_rules import BOOK, DAY, RULES

NAMES = Catalogue("documents")
READINGS = Catalogue("pages")


def lines(recipient: str, *facts: str, on: date = DAY) -> dict[str, list[BringLine]]:
    """The lines of a type by what they are about."""
    found: dict[str, list[BringLine]] = {}
    for line in bring_list(BOOK.on(on), recipient, on, facts=frozenset(facts)):
        found.setdefault(line.what, []).append(line)
    return found


@pytest.mark.parametrize("language", list(Language))
def test_every_type_is_told_in_every_language_without_class_letters(language: Language) -> None:
    """A visitor who does not know the lists reads what to bring; no hole, no code, no letter of a list."""
    texts = Catalogue("documents", language)
    for rules in BOOK.rule_sets():
        for recipient in rules.recipient_types():
            told = [
                bring_text(line, rules, texts) for line in bring_list(rules, recipient.code, rules.valid_from)
            ]
            assert bool(told) == (recipient.visit is not VisitForm.NEVER)
            for text in told:
                assert text
                assert text == text.strip() == text.removesuffix(texts.text("list.detail").strip())
                assert "{" not in text
                assert not re.search(r"[AB](欄|란|栏| の|の|から)|list [AB]", text), text
                assert not re.search(r"\b[ABPR]\d\d?\b|_", text), text


def test_applicant_brings_the_notice_one_or_two_documents_and_thinks_of_pins() -> None:
    """R1 in full: nothing that a clerk asks for is left out."""
    told = [bring_text(line, RULES, NAMES) for line in bring_list(RULES, "R1", DAY)]
    assert told[0] == "交付通知書（はがき）：回答書の欄に本人の氏名などを書いてください"
    assert told[1] == (
        "カードを受け取る本人の証明書：官公署が発行した顔写真付きの証明書1点、またはそのほかの証明書2点"
    )
    found = lines("R1")
    assert list(found) == [
        "notice", "applicant_id", "photo_examples", "other_examples", "return", "fee", "pins_all", "check",
    ]  # fmt: skip
    assert found["return"][0].codes == RULES.returns_if_held
    assert found["fee"][0].codes == ("first",)


def test_ways_are_those_of_the_rules_without_what_another_covers() -> None:
    """Alternatives are those of the rules, without those that are covered by another one."""
    assert lines("P5")["applicant_id"][0].ways == (Lack(a=1, total=2), Lack(total=3, photo=1))
    assert lines("P5")["visitor_id"][0].ways == (Lack(a=1, total=2),)
    assert lines("R1-NL")["applicant_id"][0].ways == (Lack(a=1, total=2), Lack(total=2, tn=1))
    strict = with_policies(RULES, {"self_requires_two_docs": True})
    (applicant,) = [line for line in bring_list(strict, "R1", DAY) if line.what == "applicant_id"]
    assert applicant.ways == (Lack(total=2),)


def test_agents_bring_a_sealed_notice_a_letter_and_a_proof() -> None:
    """Who comes for somebody reads about the seal, and is not asked to think of a PIN."""
    found = lines("P5")
    assert "notice_sealed" in found
    assert found["authority"][0].codes == ("ininjo",)
    assert found["proof"][0].codes[0] == "shindansho"
    assert not {"pins_all", "pins_four"} & set(found)
    assert lines("P4")["single_proof"][0].codes == ("statement_in_ininjo",)
    (extra,) = lines("P6")["extra"]
    assert (extra.codes, extra.if_fact) == (("facility_staff_id",), "facility_staff")
    assert bring_text(extra, RULES, NAMES) == "施設の職員証など：来庁された方が施設の職員である場合"
    assert lines("P6", "facility_staff")["extra"][0].if_fact is None


def test_known_facts_shorten_or_lengthen_the_list() -> None:
    """The register is not asked of a household; a renewal and a reissue bring their own lines; no PIN by face."""
    (register,) = lines("R2")["authority"]
    assert bring_text(register, RULES, NAMES) == (
        "戸籍全部事項証明書：同一世帯の親子である、または本籍が区内にある場合は不要"
    )
    assert "authority" not in lines("R2", "same_household_parent_child")
    assert "pins_four" in lines("R2")
    assert "pins_all" not in lines("R1", "face_auth_card")
    assert "old_card" in lines("R1", "renewal")
    reissue = lines("R1", "reissue")
    assert "police_report" not in reissue
    assert (
        bring_text(reissue["fee"][0], RULES, NAMES)
        == "手数料：再交付（カード）：800円、再交付（電子証明書）：200円"
    )


def test_examples_are_of_the_day() -> None:
    """Nobody is told to bring a health insurance card that has expired, or a certificate that is not there yet."""
    assert "B20x" in lines("R1", on=date(2020, 1, 6))["other_examples"][0].codes
    assert "B20" not in lines("R1", on=date(2020, 1, 6))["other_examples"][0].codes
    assert "B20x" not in lines("R1")["other_examples"][0].codes
    assert "B20" in lines("R1")["other_examples"][0].codes


def test_only_what_counts_for_a_type_is_an_example() -> None:
    """A ward may name any document as an example; it is told to those for whom it counts, and to nobody else."""
    named = replace(RULES, examples=("TN", "A03", "B21"))
    told = {line.what: line.codes for line in bring_list(named, "R1", DAY)}
    assert (told["photo_examples"], told["other_examples"]) == (("A03",), ("B21",))


def test_several_things_to_bring_are_listed_and_not_offered_for_choice() -> None:
    """Several things to bring are listed with "and", not offered as alternatives."""
    (line,) = [one for one in bring_list(RULES, "R1", DAY) if one.what == "return"]
    assert len(line.codes) > 2
    assert "、".join(NAMES.text(f"return.{code}") for code in line.codes) in bring_text(line, RULES, NAMES)


def test_who_brings_what_is_told_is_complete() -> None:
    """The list is true: for every type the first way, every paper and no more is a complete visit."""
    for recipient in RULES.recipient_types():
        found = lines(recipient.code)
        if not found:
            continue
        shown = [
            _documents(found[what][0].ways[0]) if what in found else []
            for what in ("applicant_id", "visitor_id")
        ]
        papers = [
            line.codes[0]
            for what in ("notice", "notice_sealed", "authority", "proof", "single_proof")
            for line in found.get(what, [])
        ]
        visit = Visit.of(recipient.code, DAY, applicant=shown[0], visitor=shown[1], papers=papers)
        assert judge(RULES, visit).complete, recipient.code


def _documents(way: Lack) -> list[str]:
    """Documents that satisfy one alternative."""
    strong, weak = ["A03", "A05"], ["B21", "B22", "B19"]
    return [*strong[: max(way.a, way.photo)], *weak[: way.total - max(way.a, way.photo)], *["TN"][: way.tn]]


def test_unknown_codes_are_errors() -> None:
    """A misspelt type or fact is not an empty list."""
    with pytest.raises(UnknownCodeError, match="R9"):
        bring_list(RULES, "R9", DAY)
    with pytest.raises(UnknownCodeError, match="rich"):
        bring_list(RULES, "R1", DAY, facts=frozenset({"rich"}))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("めんき", "A03"),
        ("メンキョ", "A03"),
        ("うんてんめ", "A03"),
        ("免許", "A03"),
        ("ざいりゅう", "A09"),
        ("ぱす", "A05"),
        ("パスポ", "A05"),
        ("a05", "A05"),
        ("Ｂ２１", "B21"),
        ("かいご", "B21"),
        ("しかくか", "B20"),
        ("まいなんば", "A01"),
        ("マイナンバーカード", "A01"),
        ("つうちょう", "B27"),
        ("がくせい", "B29"),
        ("免許証", "A03"),
        ("とくていとくべつ", "A13"),
        ("じゅきゅうしょうめい", "B19"),
        ("後期高齢", "B20"),
        ("こうきこうれい", "B20"),
        ("雇用", "BX"),
        ("こよう", "BX"),
        ("マイナ免許", "A01"),
        ("保険証", "B20"),
    ],
)
def test_two_or_three_characters_find_the_document(typed: str, first: str) -> None:
    """What a clerk types, in whatever script, brings the document to the top."""
    assert find(typed, RULES.document_table, "document", NAMES, READINGS)[0] == first


def test_every_document_has_a_reading_and_nothing_typed_hides_nothing() -> None:
    """No document can only be found by its code; an empty search shows the list as it is."""
    for code in RULES.document_table:
        keys = search_keys("document", code, NAMES, READINGS)
        assert re.fullmatch(r"[ぁ-ん]+", keys[0]), code
        assert fold(code) in keys
    assert find(" ", RULES.document_table, "document", NAMES, READINGS) == tuple(RULES.document_table)
    assert find("ぬぬぬ", RULES.document_table, "document", NAMES, READINGS) == ()


def test_code_without_reading_is_found_by_its_name() -> None:
    """A document that a ward added and nobody has given a reading is found by what there is."""
    assert search_keys("document", "B99", NAMES, READINGS) == ("b99",)


@pytest.mark.parametrize(
    ("typed", "begin", "hold"),
    [("めんきょ", ["A03"], []), ("か", ["A12", "B01", "B16"], ["A01", "A02"]), ("証", [], ["A03", "A04"])],
)
def test_what_begins_with_the_letters_stands_before_what_only_holds_them(
    typed: str, begin: list[str], hold: list[str]
) -> None:
    """The clerk types one letter and reads the documents of that letter first, each group in the order of the lists."""
    found = find(typed, RULES.document_table, "document", NAMES, READINGS)
    first = [
        code
        for code in RULES.document_table
        if any(key.startswith(fold(typed)) for key in search_keys("document", code, NAMES, READINGS))
    ]
    assert list(found[: len(first)]) == first
    rest = [code for code in RULES.document_table if code in found[len(first) :]]
    assert list(found[len(first) :]) == rest
    assert first[: len(begin)] == begin
    assert rest[: len(hold)] == hold
    turned = find(typed, reversed(list(RULES.document_table)), "document", NAMES, READINGS)
    assert list(turned) == [*reversed(first), *reversed(rest)]


def test_a_document_with_two_readings_is_found_first_by_either() -> None:
    """A document with two readings is found at the top by either of them."""

    class Readings:
        """Two readings of one code, as a ward might write them."""

        def text(self, key: str, **values: object) -> str:  # noqa: ARG002 - as catalogues do
            """The readings."""
            return {"reading.B99": "ほけんしょう けんぽ"}[key]

    for typed in ("ほけん", "けんぽ", "ケンポ", "b99"):
        assert find(typed, ["B20", "B99"], "document", NAMES, Readings())[0] == "B99"
    assert find("んぽ", ["B99"], "document", NAMES, Readings()) == ("B99",)


def test_every_katakana_is_the_hiragana_of_its_sound() -> None:
    """From ァ to ヶ, in full and half width; what is no letter stays as it is typed, and long vowels may be left out."""
    for code in range(ord("ァ"), ord("ヶ") + 1):
        assert fold(chr(code)) == chr(code - 0x60)
    assert fold("ヷ・゠") == "ヷ・゠"
    assert fold("ｶﾞｸｾｲ ー-Ａ３") == "がくせいa3"


def test_what_a_ward_does_not_have_is_no_line() -> None:
    """Rules without fees or returns give no lines about them; optional papers are listed, too."""
    row = replace(RULES.recipient_table["R1"], optional=("koseki", "touki"))
    bare = replace(
        RULES,
        fees=MappingProxyType({}),
        returns=MappingProxyType({}),
        recipient_table=MappingProxyType({**RULES.recipient_table, "R1": row}),
    )
    told = [(line.what, line.codes) for line in bring_list(bare, "R1", DAY)]
    assert not {"fee", "return"} & {what for what, _ in told}
    assert [codes for what, codes in told if what == "single_proof"] == [("koseki",), ("touki",)]
    texts = [bring_text(line, bare, NAMES) for line in bring_list(bare, "R1", DAY)]
    assert any("戸籍全部事項証明書" in text for text in texts)
