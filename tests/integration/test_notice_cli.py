"""The commands that print sheets and order what becomes of them, as an operator gives them."""

import io
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy import select

from backend.__main__ import cli
from backend.cards.states import NoticeState
from backend.cards.tables import notices
from backend.exchange.sample import HEADER, SampleExport, write_sample
from backend.offices.directory import Directory
from backend.protection.tables import audit
from backend.settings import Settings
from tests.integration.test_printing_notice_sheet import text_of
from tests.migrated import closing_database
from tests.uketsuke_command import Uketsuke


def read_code(picture: Path) -> str:
    """What a decoder sees on a sheet."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.read_bytes())))
    return code.text


@pytest.fixture
def uketsuke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Uketsuke:
    """The program, at home in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    return run


@pytest.fixture
def rows(uketsuke: Uketsuke, directory: Directory) -> list[list[str]]:
    """Rows of an export that was imported."""
    rows = list(SampleExport(directory, 3, date(2026, 11, 24)).rows(30))
    # Of somebody the notice was posted, and nothing is booked yet.
    last = [row for row in rows if row[HEADER.index("処理状況")] == "予約済"][-1]
    for name, value in {"処理状況": "案内済", "交付予約日時": "", "交付窓口": ""}.items():
        last[HEADER.index(name)] = value
    write_sample(Path("a.csv"), iter(rows))
    assert uketsuke("import", "a.csv").exit_code == 0
    return rows


def column(rows: list[list[str]], name: str, state: str = "予約済") -> list[str]:
    """A column of the rows in one state."""
    return [row[HEADER.index(name)] for row in rows if row[HEADER.index("処理状況")] == state]


def states() -> list[str]:
    """The states of all notices, the oldest first."""
    with closing_database(Settings().database_url) as database, database.read() as connection:
        query = select(notices.c.state).order_by(notices.c.created_at, notices.c.seq)
        return list(connection.execute(query).scalars())


def test_both_numbers_of_a_card_give_the_same_code(uketsuke: Uketsuke, rows: list[list[str]]) -> None:
    """An enclosure is printed by 予約番号 or 製造管理番号; a copy has the same code, its own day and its number."""
    booked, card = column(rows, "予約番号")[0], column(rows, "製造管理番号")[0]
    first = uketsuke("notice", f"{booked[:4]}-{booked[4:]}", "--out", "sheets")
    assert first.exit_code == 0, first.stderr
    assert first.stdout.split() == [f"sheets/{booked}.pdf", f"sheets/{booked}.png"]
    assert uketsuke("notice", "print", card, "--out", "sheets", "--deadline", "2027-03-31").exit_code == 0
    bare = card.replace("-", "")
    assert read_code(Path(f"sheets/{booked}.png")) == read_code(Path(f"sheets/{bare}.png"))
    texts = [text_of(Path(f"sheets/{number}.pdf").read_bytes()) for number in (booked, bare)]
    assert ["再発行（2枚目）" in text for text in texts] == [False, True]
    assert f"製造管理番号{card}" in texts[1]
    assert "Whattobring,ifyoucomeyourself" in texts[0]
    # A living notice keeps the deadline that it was made with.
    assert "受取期限" not in texts[1]


def test_nothing_need_be_booked(uketsuke: Uketsuke, rows: list[list[str]]) -> None:
    """The notice is posted before any booking: a card that nobody booked gets its enclosure, and no booking sheet."""
    card = column(rows, "製造管理番号", "案内済")[0]
    assert uketsuke("notice", card, "--out", "sheets").exit_code == 0
    result = uketsuke("booking-sheet", card, "--out", "sheets2")
    assert result.exit_code == 1
    assert "nothing is booked for the card" in result.stderr
    assert not Path("sheets2").exists()


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("99999999", "argument 2: no card and no reservation has the number 9999-9999; nothing was written"),
        ("1234-5678-9018", "argument 2 holds a 12-digit number"),
        ("１２３４５６７８９０１８", "argument 2 holds a 12-digit number"),
        ("abc#", "argument 2 is neither a reservation number nor a card number"),
        ("same", "argument 2: the same card as argument 1"),
        ("issued", "is not to be handed over any more: it is issued"),
    ],
)
def test_one_wrong_number_writes_nothing(
    uketsuke: Uketsuke, rows: list[list[str]], argument: str, words: str
) -> None:
    """One sentence, exit code 1, no file, no notice; a 12-digit number is not repeated."""
    others = {
        "same": column(rows, "製造管理番号")[0],
        "issued": column(rows, "予約番号", "交付済")[0],
    }
    result = uketsuke(
        "notice", column(rows, "予約番号")[0], others.get(argument, argument), "--out", "sheets"
    )
    assert result.exit_code == 1
    assert words in result.stderr
    assert "5678" not in result.stderr
    assert not Path("sheets").exists()
    assert states() == []


def test_everything_that_is_wrong_is_told_with_its_place(uketsuke: Uketsuke, rows: list[list[str]]) -> None:
    """Of several numbers each wrong one is named by where it stands, whatever is wrong, and nothing is written."""
    booked, unbooked = column(rows, "予約番号")[:2], column(rows, "製造管理番号", "案内済")[0]
    for arguments, words in (
        (("booking-sheet", "a#", booked[0], "b#"), ("argument 1 is neither", "argument 3 is neither")),
        (("booking-sheet", unbooked, booked[0]), ("argument 1: nothing is booked",)),
        (("notice", "reissue", *booked, "--reason", "lost"), ("argument 1, argument 2: 2 of these cards",)),
        (("notice", booked[0], "--deadline", "2020-01-01"), ("that day is over",)),
    ):
        failed = uketsuke(*arguments, "--out", "sheets")
        assert failed.exit_code
        assert all(one in failed.stderr for one in words), failed.stderr
    failed = uketsuke("notice", "returned", *booked)
    assert "argument 1, argument 2: 2 of these cards" in failed.stderr
    assert not Path("sheets").exists()


def test_a_list_is_printed_once_and_goes_on_with_what_is_missing(
    uketsuke: Uketsuke, rows: list[list[str]]
) -> None:
    """The same list into the same folder makes nothing twice; another list, or --new, is told to take another folder."""
    Path("list.txt").write_text("\n".join(column(rows, "予約番号")[:2]), encoding="utf-8")
    order = ("notice", "--file", "list.txt", "--out", "sheets")
    assert uketsuke(*order).output.split() == [str(Path("sheets/part-0001.pdf"))]
    again = uketsuke(*order)
    assert (again.exit_code, again.stdout) == (0, "")
    assert "nothing is missing" in again.stderr
    Path("sheets/part-0001.pdf").unlink()
    assert uketsuke(*order).output.split() == [str(Path("sheets/part-0001.pdf"))]
    Path("list.txt").write_text(column(rows, "予約番号")[0], encoding="utf-8")
    for other in (order, ("notice", "--new", "--out", "sheets")):
        refused = uketsuke(*other)
        assert refused.exit_code == 1
        assert "is the folder of another run; name another one; nothing was written" in refused.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("--new", "--file", "a.csv"), ("--new", "1234567"), ("1234567", "--adopt")]
)
def test_one_way_to_name_cards_is_asked_for(uketsuke: Uketsuke, arguments: tuple[str, ...]) -> None:
    """A slip of the hand prints neither nothing nor everything."""
    Path("a.csv").write_text("1", encoding="utf-8")
    result = uketsuke("notice", "print", *arguments, "--out", "sheets")
    assert result.exit_code == 2
    assert not Path("sheets").exists()


def test_a_booking_sheet_counts_copies_and_is_found_by_either_number(
    uketsuke: Uketsuke, rows: list[list[str]]
) -> None:
    """Printing again what was printed gives the same code and version, one copy more."""
    booked, card = column(rows, "予約番号")[0], column(rows, "製造管理番号")[0].replace("-", "")
    assert uketsuke("booking-sheet", booked, "--out", "sheets").exit_code == 0
    assert uketsuke("booking-sheet", card, "--out", "sheets").exit_code == 0
    assert read_code(Path(f"sheets/{booked}.png")) == read_code(Path(f"sheets/{card}.png"))
    texts = [text_of(Path(f"sheets/{number}.pdf").read_bytes()) for number in (booked, card)]
    assert ["第1版" in text for text in texts] == [True, True]
    assert ["（2枚目）" in text for text in texts] == [False, True]


def test_a_notice_is_made_anew_comes_back_and_is_made_void(uketsuke: Uketsuke, rows: list[list[str]]) -> None:
    """Each order changes what a kiosk makes of the codes, and leaves a line in the trail with its reason."""
    number = column(rows, "予約番号")[0]
    never = uketsuke("notice", "reissue", number, "--reason", "lost", "--out", "new")
    assert "never had a notice" in never.stderr
    assert uketsuke("notice", number, "--out", "old").exit_code == 0
    assert uketsuke("notice", "reissue", number, "--reason", "lost", "--out", "new").exit_code == 0
    assert states() == [NoticeState.SUPERSEDED, NoticeState.MADE]
    assert read_code(Path(f"old/{number}.png")) != read_code(Path(f"new/{number}.png"))
    assert "再発行" not in text_of(Path(f"new/{number}.pdf").read_bytes())
    assert uketsuke("notice", "returned", number).exit_code == 0
    assert states() == [NoticeState.SUPERSEDED, NoticeState.RETURNED]
    assert "no living notice" in uketsuke("notice", "returned", number).stderr
    assert uketsuke("booking-sheet", number, "--out", "sheet").exit_code == 0
    assert "codes 3" in uketsuke("notice", "void", number, "--reason", "missent").stdout
    assert set(states()) == {NoticeState.VOID}
    assert "nothing to make void" in uketsuke("notice", "void", number, "--reason", "missent").stderr
    with closing_database(Settings().database_url) as database, database.read() as connection:
        query = select(audit.c.action, audit.c.facts).where(audit.c.action.in_(_ORDERS)).order_by(audit.c.at)
        lines = connection.execute(query).all()
    assert [(line.action, line.facts.get("reason")) for line in lines] == [
        ("reissue_notices", "lost"),
        ("note_returned", None),
        ("void_notices", "missent"),
    ]


_ORDERS = ("reissue_notices", "note_returned", "void_notices")
