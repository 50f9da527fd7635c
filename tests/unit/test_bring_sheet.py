"""The sheets of recipient types: every type in every language, whole, from the ward's rules, one page each."""

from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from backend.cli.rules import command
from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.bring import bring_list
from backend.documents.saying.verdict_words import name_of
from backend.documents.saying.visitor_words import bring_words
from backend.printing.bring_sheet import NoSheetError, draw_bring_sheets
from tests.pdf_support import troubles

DAY = datetime(2026, 11, 24)  # noqa: DTZ001 - a day of the calendar
RULES = RuleBook.load(locate("rules")).on(DAY.date())
TYPES = [one.code for one in RULES.recipient_types() if one.code != "X1"]
TWO_DOCUMENTS = "format: 1\npolicies:\n  self_requires_two_docs: {ward: true}\n"


def pages_of(pdf: bytes) -> list[str]:
    """What stands on each page, without spaces; everything above its lower edge."""
    document = pypdfium2.PdfDocument(pdf)
    said = []
    for number in range(len(document)):
        page = document[number].get_textpage()
        said.append("".join(page.get_text_range().split()))
        assert min(page.get_charbox(index)[1] for index in range(page.count_chars())) > 30
    document.close()
    return said


def bare(text: str) -> str:
    """A text without its spaces."""
    return "".join(text.split())


@pytest.mark.parametrize("language", list(Language))
def test_every_type_has_one_whole_page(language: Language) -> None:
    """Everything stands on one page, whatever the type and the language: 10.5 points at least, nothing cut or covered."""
    texts = Catalogue("documents", language)
    made = draw_bring_sheets(RULES, TYPES, DAY, language)
    assert troubles(made) == []
    pages = pages_of(made)
    assert len(pages) == len(TYPES)
    for code, said in zip(TYPES, pages, strict=True):
        assert code in said
        assert bare(texts.text("sheet.know")) in said
        assert said.endswith(bare(texts.text("sheet.foot")))
        for line in bring_list(RULES, code, DAY.date()):
            words = bring_words(line, RULES, texts)
            # Readings of a PDF may differ in compatibility forms of punctuation, not in what a line begins with.
            assert bare(words.thing)[:6] in said, (code, words)
            assert bare(words.note)[:6] in said, (code, words)


def test_what_to_bring_stands_before_what_to_know() -> None:
    """Nobody ticks an example: conditions and examples stand below their own heading."""
    (said,) = pages_of(draw_bring_sheets(RULES, ["R1"], DAY, Language.JAPANESE))
    before, after = said.split("証明書の例とご注意")
    assert "交付通知書" in before
    assert "返納していただくもの" in before
    assert "顔写真付きの証明書の例" in after
    assert "原本であること" in after


def test_a_list_that_is_too_long_has_another_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects readers from small print: a long list gets a second page, and letters are at least 10.5 points."""
    monkeypatch.setattr("backend.printing.bring_sheet._BOTTOM", 120.0)
    made = draw_bring_sheets(RULES, ["R4"], DAY, Language.ENGLISH)
    assert troubles(made) == []
    pages = pages_of(made)
    texts = Catalogue("documents", Language.ENGLISH)
    assert len(pages) > 1
    for said in pages:
        assert said.startswith(bare(name_of("recipient", "R4", texts)))
        assert said.endswith(bare(texts.text("sheet.foot")))
    together = "".join(pages)
    for line in bring_list(RULES, "R4", DAY.date()):
        assert bare(bring_words(line, RULES, texts).thing)[:6] in together


def test_a_type_that_is_never_allowed_has_no_sheet() -> None:
    """Nobody prints a list for a reason that is refused."""
    with pytest.raises(NoSheetError):
        draw_bring_sheets(RULES, ["R1", "X1"], DAY, Language.JAPANESE)


def test_the_same_rules_give_the_same_bytes() -> None:
    """A sheet on the wall can be compared with a new one."""
    first, again = (draw_bring_sheets(RULES, ["R2"], DAY, Language.JAPANESE) for _ in range(2))
    assert first == again


def invoke(*words: str, **environment: str) -> tuple[int, str]:
    """The exit code and what was said."""
    result = CliRunner(env=environment).invoke(command, ["sheet", *words, "--on", "2026-11-24"])
    return result.exit_code, result.output


def test_the_command_writes_the_sheets_or_says_why_not(tmp_path: Path) -> None:
    """An unknown type and one that is never allowed are named, a 12-digit number is not, and no file is left."""
    out = tmp_path / "sheet.pdf"
    for code, named in (("R99", True), ("X1", True), ("123456789018", False)):
        status, said = invoke("R1", code, "--out", str(out))
        assert status != 0
        assert (code in said) is named
        assert not out.exists()
    assert invoke("R2", "R3", "--out", str(out))[0] == 0
    assert len(pages_of(out.read_bytes())) == 2


def test_without_a_type_every_allowed_one_is_printed(tmp_path: Path) -> None:
    """One command makes the whole set for the phone desk."""
    out = tmp_path / "sheets.pdf"
    assert invoke("--out", str(out), "--language", "en")[0] == 0
    pages = pages_of(out.read_bytes())
    assert len(pages) == len(TYPES)
    assert bare(name_of("recipient", TYPES[-1], Catalogue("documents", Language.ENGLISH))) in pages[-1]


@pytest.mark.parametrize("how", ["option", "settings file", "environment"])
def test_the_wards_own_policies_are_printed(tmp_path: Path, how: str) -> None:
    """A ward that wants two documents does not hang up a sheet that asks for one."""
    policy, config, out = tmp_path / "ours.yaml", tmp_path / "uketsuke.toml", tmp_path / "sheet.pdf"
    policy.write_text(TWO_DOCUMENTS, encoding="utf-8")
    config.write_text(f'document_policy_file = "{policy}"\n', encoding="utf-8")
    assert invoke("R1", "--out", str(out))[0] == 0
    (shipped,) = pages_of(out.read_bytes())
    if how == "option":
        status, _ = invoke("R1", "--replace", "--out", str(out), "--policy", str(policy))
    elif how == "settings file":
        status, _ = invoke("R1", "--replace", "--out", str(out), "--config", str(config))
    else:
        status, _ = invoke("R1", "--replace", "--out", str(out), UKETSUKE_DOCUMENT_POLICY_FILE=str(policy))
    assert status == 0
    (own,) = pages_of(out.read_bytes())
    assert "顔写真付きの証明書1点" in shipped
    assert own != shipped
    assert "顔写真付きの証明書1点、または" not in own
