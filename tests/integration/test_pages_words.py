"""The words of the pages: every code has some, in every language, and birthdays are told as the register knows them."""

import re
from datetime import UTC, date, datetime

import pytest

from backend.cards.states import WardStatus
from backend.common.catalogue import Catalogue, Language
from backend.documents.model.paper_slot import PaperRole
from backend.protection.columns import permitted_columns
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.reception.deciding.case import CaseState
from backend.web.desk.banner import Banner
from backend.web.desk.clerk_forms import CANCEL_REASONS, tie_kinds
from backend.web.desk.device_alarms import OWN_WORDS
from backend.web.desk.page_words import age_words, birth_words, window_name
from backend.web.desk.tick_boxes import PaperList
from backend.wire.codes import (
    CheckInReason,
    DevicePart,
    ErrorCode,
    PrinterTrouble,
    PrintState,
    TicketState,
    WindowKind,
)
from tests.catalogue_support import own_keys, places

JAPANESE = Catalogue("pages")
NOW = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)


def test_every_code_that_a_page_shows_has_words() -> None:
    """No person reads a code: errors, states, reasons, windows, columns, papers."""
    wanted = {f"error.{code}" for code in ErrorCode}
    wanted |= {f"state.{state}" for state in TicketState}
    wanted |= {f"reason.{reason}" for reason in CheckInReason if reason.gives_ticket}
    wanted |= {f"reason.{reason}" for reason in (CheckInReason.CARD_EXPIRED, CheckInReason.CARD_NOT_ARRIVED)}
    wanted |= {f"paper.why_{trouble}" for trouble in (*PrinterTrouble, "unknown", "pending")}
    wanted |= {f"print.{state}" for state in PrintState if state is not PrintState.PRINTED}
    wanted |= {f"window_kind.{kind}" for kind in WindowKind}
    wanted |= {f"reservation_state.{state}" for state in WardStatus}
    wanted |= {f"column.{column}" for role in Role for column in permitted_columns(OF_ROLE[role])}
    wanted |= {f"device.{part}" for part in DevicePart}
    wanted |= {f"device_{part}.{why}" for part, troubles in OWN_WORDS.items() for why in troubles}
    wanted |= {f"device_printer.{trouble}" for trouble in PrinterTrouble}
    wanted |= {f"paper_role.{role}" for role in PaperRole}
    wanted |= {f"cancel_reason.{reason}" for reason in CANCEL_REASONS}
    wanted |= {f"case_state.{state}" for state in CaseState}
    wanted |= {f"tie.{kind}" for kind in tie_kinds()}
    wanted |= {f"ticked.{field}" for field in ("applicant", "visitor", "papers", "facts")}
    assert wanted <= JAPANESE.keys()
    assert PaperList("other", ()).role == "other"


@pytest.mark.parametrize("language", [one for one in Language if one is not Language.JAPANESE])
def test_every_language_is_whole_and_asks_for_nothing_else(language: Language) -> None:
    """A translation has all keys (readings to search by are Japanese) and no place that Japanese lacks."""
    other = Catalogue("pages", language)
    wanted = {key for key in JAPANESE.keys() if not key.startswith("reading.")}  # noqa: SIM118 - a catalogue is no mapping
    own = {key for key in own_keys(other) if not key.startswith("reading.")}
    assert own == wanted
    known = {"birth.era": {"name", "letter", "year"}}
    for key in wanted:
        allowed = places(JAPANESE.text(key)) | known.get(key, set())
        assert places(other.text(key)) <= allowed, key


def test_no_text_calls_the_check_of_papers_an_identity_check() -> None:
    """The contractor checks that papers are there; 本人確認 is the ward's."""
    for key in JAPANESE.keys():  # noqa: SIM118 - a catalogue is no mapping
        assert "本人確認" not in JAPANESE.text(key), key


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1990-01-31", "1990年（平成2年）1月31日"),
        ("1950", "1950年（昭和25年）（月日不明）"),
        ("1950-02", "1950年（昭和25年）2月（日不明）"),
        ("1989", "1989年（昭和64年または平成元年）（月日不明）"),
        ("1989-01", "1989年（昭和64年または平成元年）1月（日不明）"),
        ("1989-01-07", "1989年（昭和64年）1月7日"),
        ("1989-01-08", "1989年（平成元年）1月8日"),
        ("2019-05-01", "2019年（令和元年）5月1日"),
        ("1926", "1926年（大正15年または昭和元年）（月日不明）"),
        ("1500", "1500"),
        ("not a date", "not a date"),
    ],
)
def test_birthdays_are_told_in_both_calendars(written: str, words: str) -> None:
    """Western and Japanese year, both eras where one changed, unknown parts named; the rest as it stands."""
    assert birth_words(written, JAPANESE) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1990-11-25", "36歳"),
        ("1990-11-26", "35歳"),
        ("1990", "35～36歳"),
        ("2999", ""),
        ("x", ""),
    ],
)
def test_ages_are_of_the_day(written: str, words: str) -> None:
    """The age on the day of the visit, or the two it may be."""
    assert age_words(written, date(2026, 11, 25), JAPANESE) == words


@pytest.mark.parametrize(("label", "words"), [("3", "3番窓口"), ("A", "A窓口"), ("", ""), (None, "")])
def test_windows_are_called_as_people_call_them(label: str | None, words: str) -> None:
    """A number has its counter word, a letter has none."""
    assert window_name(label, JAPANESE) == words


@pytest.mark.parametrize("code", list(ErrorCode))
@pytest.mark.parametrize("language", list(Language))
def test_every_refusal_can_be_told_with_and_without_facts(code: ErrorCode, language: Language) -> None:
    """Whatever facts come with a code, there is a sentence, and nothing in it is left open."""
    texts = Catalogue("pages", language)
    facts = {
        "number": "M-012",
        "window": "2",
        "state": "serving",
        "kind": "reception",
        "calls": "1",
        "needed": "2",
        "until": "2026-11-25T00:44:30+00:00",
        "part": "birth",
        "fields": "body",
        "lost": "=R2 +applicant:A03 -papers:notice +facts:first +visitor:B01",
        "more": "3",
    }
    for given in ({}, facts, {"until": "x", "state": "{0}", "kind": "{number.__class__}"}):
        words = Banner(f"error.{code}", given).words(texts, NOW)
        assert words
        assert not re.search(r"[{}]", words), words


def test_facts_are_never_taken_for_templates() -> None:
    """A cookie that somebody wrote cannot reach into the program through the words."""
    planted = {
        "number": "{number.__class__}",
        "window": "{x}",
        "calls": "090-0000 に電話",
        "needed": "9" * 500,
    }
    banner = Banner.from_cookie(Banner("error.ticket_taken", planted).as_cookie(), JAPANESE)
    assert banner is not None
    assert banner.facts == {}
    assert Banner.from_cookie(Banner("sign_in.title").as_cookie(), JAPANESE) is None
    assert Banner.from_cookie(Banner("error.nothing").as_cookie(), JAPANESE) is None
