"""The sheet of a recipient type: every type in every language, whole, from the rules, one page."""

from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from assets import locate
from assets.catalogue import Catalogue, Language
from backend.cli.rules import command
from backend.documents.rule_book import RuleBook
from backend.documents.words import name_of
from backend.reservations.bring_sheet import NoSheetError, draw_bring_sheet

DAY = datetime(2026, 11, 24)  # noqa: DTZ001 - a day of the calendar
RULES = RuleBook.load(locate("rules")).on(DAY.date())
TYPES = [one.code for one in RULES.recipient_types() if one.code != "X1"]


@pytest.mark.parametrize("language", list(Language))
def test_every_type_has_one_whole_page(language: Language) -> None:
    """What to bring stands on one page, ends above its edge, and names the notice or the documents."""
    texts = Catalogue("documents", language)
    for code in TYPES:
        document = pypdfium2.PdfDocument(draw_bring_sheet(RULES, code, DAY, language))
        assert len(document) == 1
        page = document[0].get_textpage()
        said = "".join(page.get_text_range().split())
        assert code in said
        assert "".join(name_of("document_check", RULES.document_checks[-1], texts).split())[-8:] in said, code
        lowest = min(page.get_charbox(index)[1] for index in range(page.count_chars()))
        assert lowest > 30, (code, lowest)
        document.close()


def test_a_type_that_is_never_allowed_has_no_sheet() -> None:
    """Nobody prints a list for a reason that is refused."""
    with pytest.raises(NoSheetError):
        draw_bring_sheet(RULES, "X1", DAY, Language.JAPANESE)


def test_the_same_rules_give_the_same_bytes() -> None:
    """A sheet on the wall can be compared with a new one."""
    first, again = (draw_bring_sheet(RULES, "R2", DAY, Language.JAPANESE) for _ in range(2))
    assert first == again


def test_the_command_writes_a_sheet_or_says_why_not(tmp_path: Path) -> None:
    """An unknown type and one that is never allowed are named, and no file is left."""
    out = tmp_path / "sheet.pdf"
    for code in ("R99", "X1"):
        refused = CliRunner().invoke(command, ["sheet", code, "--on", "2026-11-24", "--out", str(out)])
        assert refused.exit_code != 0
        assert code in refused.output
        assert not out.exists()
    done = CliRunner().invoke(command, ["sheet", "R2", "--on", "2026-11-24", "--out", str(out)])
    assert done.exit_code == 0
    assert out.read_bytes().startswith(b"%PDF")
