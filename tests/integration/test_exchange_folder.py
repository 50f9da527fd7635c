"""The folder of exchange: nothing is read half, twice or from elsewhere, and one bad file never stops the others."""

import json
import os
import re
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from backend.__main__ import cli
from backend.cli import exchange
from backend.cli.exchange import run_import
from backend.cli.exchange_folder import ExchangeFolder, NotTaken
from backend.cli.exchange_work import Work
from backend.common.console import CommandFailedError
from backend.handing_back.ward_file import WardFile
from backend.protection.outlet import Outlet
from backend.reservations.tables import reservations
from tests.support import HandClock, House, wait_until
from tests.warm_programs import warm_program

GOOD = "予約番号,氏名,交付予約日時,交付窓口,処理状況\r\n{number},受付 花子,2026/11/30 10:00,本庁,予約済\r\n"
BAD = "予約番号,氏名,交付予約日時,交付窓口,処理状況\r\n11110009,受付 花子,someday,本庁,予約済\r\n"
Report = tuple[dict[str, Any] | None, str]


def put(place: ExchangeFolder, name: str, text: str = "") -> Path:
    """A file that the ward's system leaves."""
    file = place.inbox / name
    file.write_bytes((text or GOOD.format(number="11110001")).encode("cp932"))
    return file


def names(folder: Path) -> list[str]:
    """What lies in a part of the folder, without the time that stands before each name."""
    return sorted(one.name.split("-", 3)[-1] for one in folder.iterdir())


class Desk:
    """Work on a folder with a clock in the hand, and an import that only notes what it was given."""

    def __init__(self, root: Path, clock: HandClock, read: Callable[[Path], Report] | None = None) -> None:
        self.place = ExchangeFolder(root, 2000, 5.0)
        self.clock = clock
        self.ticks = 0.0
        self.given: list[str] = []
        self.sent: list[tuple[WardFile, Outlet | None]] = []
        self._read = read or (lambda _: ({"accepted": 1}, ""))
        self.anew()

    def anew(self) -> None:
        """The program is started again."""
        self.place = ExchangeFolder(self.place.root, 2000, 5.0)
        self.work = Work(
            self.place,
            read=self.read,
            send=self.send,
            former=lambda _: None,
            contents=[WardFile.RESULTS],
            every=timedelta(minutes=15),
            keep_days=7,
            now=self.clock,
            ticks=lambda: self.ticks,
        )

    def read(self, file: Path) -> Report:
        """An import."""
        self.given.append(file.read_bytes().decode("cp932"))
        return self._read(file)

    def send(self, content: WardFile, former: Outlet | None, out: Path) -> dict[str, Any] | None:
        """An export."""
        self.sent.append((content, former))
        out.write_text("x", encoding="utf-8")
        return {"rows": 1, "replaced": [{"line": 2, "column": "氏名", "code_point": "U+20BB7"}]}

    def pass_by(self, seconds: float = 6) -> None:
        """Look, wait and look again."""
        self.work.step()
        self.ticks += seconds
        self.clock.advance(seconds=seconds)
        self.work.step()


@pytest.fixture
def desk(tmp_path: Path, clock: HandClock) -> Desk:
    """A folder that is new."""
    return Desk(tmp_path / "exchange", clock)


def test_a_file_is_read_when_it_rests_and_has_two_receipts(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not while it grows, not by a name that says it is unfinished; and its receipts tell what became of it."""
    put(desk.place, "cards.csv")
    put(desk.place, "other.csv.part")
    put(desk.place, ".hidden.csv")
    (desk.place.inbox / "folder").mkdir()
    desk.work.step()
    desk.ticks += 4
    desk.work.step()
    assert desk.given == []
    put(desk.place, "cards.csv", GOOD.format(number="11110002"))
    desk.ticks += 4
    desk.work.step()
    assert desk.given == []
    desk.ticks += 5
    desk.work.step()
    assert len(desk.given) == 1
    assert "11110002" in desk.given[0]
    assert names(desk.place.done) == ["cards.csv"]
    (receipt,) = desk.place.receipts.glob("*.accepted.json")
    said = json.loads(receipt.read_text("utf-8"))
    assert (said["accepted"], said["report"]) == (True, {"accepted": 1})
    text = receipt.with_suffix(".txt").read_text("utf-8").splitlines()
    assert text[2:4] == ["accepted", "accepted         1"]
    assert receipt.stat().st_mode & 0o077 == 0
    assert names(desk.place.inbox) == [".hidden.csv", "folder", "other.csv.part"]
    told = capsys.readouterr()
    assert "accepted  " in told.out
    assert told.err.count("inbox/folder is a folder, and nothing is taken out of it") == 1, "said once"


def test_a_bad_file_never_stops_the_others(tmp_path: Path, clock: HandClock) -> None:
    """One that is refused goes to refused/ with its reasons, one that cannot be done now stays and is tried again."""
    away = [True]

    def read(file: Path) -> Report:
        text = file.read_bytes().decode("cp932")
        if "someday" in text:
            return {
                "refused": [{"line": 2, "column": "交付予約日時", "reason": "bad_date"}]
            }, "1 row was refused."
        return (None, "the database is busy.") if away[0] else ({"accepted": 1}, "")

    desk = Desk(tmp_path / "exchange", clock, read)
    put(desk.place, "a.csv", BAD)
    put(desk.place, "b.csv")
    desk.pass_by()
    assert (names(desk.place.refused), names(desk.place.working)) == (["a.csv"], ["b.csv"])
    (text,) = desk.place.receipts.glob("*.refused.txt")
    assert "line 2, column 交付予約日時: bad_date" in text.read_text("utf-8")
    assert desk.work.troubles == 2
    away[0] = False
    desk.work.step()
    assert names(desk.place.done) == ["b.csv"]
    assert desk.given.count(GOOD.format(number="11110001")) == 2


@pytest.mark.parametrize("moment", ["taken", "imported", "receipt", "all"])
def test_a_kill_at_any_moment_does_nothing_twice(
    desk: Desk, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started again, a file has one receipt and lies in one place; it is read again only where nothing said that it was."""
    put(desk.place, "cards.csv")
    desk.work.step()
    desk.ticks += 6

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    where = {
        "taken": (desk.place, "objection"),
        "imported": (desk.place, "finish"),
        "receipt": (desk.place, "put_away"),
        "all": (desk.work, "_export"),
    }[moment]
    monkeypatch.setattr(*where, killed)
    if moment == "all":
        desk.work._exported = None
    with pytest.raises(KeyboardInterrupt):
        desk.work.step()
    monkeypatch.undo()
    desk.anew()
    desk.pass_by()
    assert (names(desk.place.done), names(desk.place.working), names(desk.place.inbox)) == (
        ["cards.csv"],
        [],
        [],
    )
    assert len(list(desk.place.receipts.glob("*.accepted.json"))) == 1
    assert len(desk.given) == (2 if moment == "imported" else 1)


def test_what_leads_elsewhere_is_never_read(desk: Desk, tmp_path: Path) -> None:
    """Links, second names, pipes and files that are too large are refused without being opened."""
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (desk.place.inbox / "link.csv").symlink_to(secret)
    os.link(secret, desk.place.inbox / "hard.csv")
    os.mkfifo(desk.place.inbox / "pipe.csv")
    put(desk.place, "large.csv", "x" * 2001)
    desk.pass_by()
    assert desk.given == []
    assert names(desk.place.refused) == ["hard.csv", "large.csv", "link.csv", "pipe.csv"]
    why = sorted(
        json.loads(one.read_text("utf-8"))["why"] for one in desk.place.receipts.glob("*.refused.json")
    )
    assert why == sorted([NotTaken.LINKED, NotTaken.TOO_LARGE, NotTaken.NOT_A_FILE, NotTaken.NOT_A_FILE])
    assert secret.read_text("utf-8") == "secret"


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, clock: HandClock) -> None:
    """A slow writer whose file was taken too early loses nothing."""
    writing = [True]

    def read(file: Path) -> Report:
        if writing[0]:
            with file.open("ab") as more:
                more.write(b"more\r\n")
        return {"accepted": 1}, ""

    desk = Desk(tmp_path / "exchange", clock, read)
    put(desk.place, "cards.csv")
    desk.pass_by()
    assert (names(desk.place.working), names(desk.place.done)) == (["cards.csv"], [])
    writing[0] = False
    desk.work.step()
    assert names(desk.place.done) == ["cards.csv"]
    assert desk.given[-1].endswith("more\r\n")


def test_a_name_tells_nothing_that_may_not_be_repeated(desk: Desk) -> None:
    """Twelve digits, letters that are no text and endless names become harmless ones; two files of one name stay two."""
    put(desk.place, "123456789018.csv")
    file = put(desk.place, "x.csv")
    file.rename(os.fsdecode(os.fsencode(desk.place.inbox) + b"/\xff\xfe.csv"))
    put(desk.place, "長" * 80 + ".csv")
    desk.pass_by()
    put(desk.place, "again.csv")
    desk.pass_by()
    put(desk.place, "again.csv")
    desk.pass_by()
    found = "".join(one.name for part in ("done", "receipts") for one in (desk.place.root / part).iterdir())
    assert "123456789018" not in found
    assert len(list(desk.place.done.iterdir())) == 5
    assert names(desk.place.done).count("again.csv") == 2
    for odd in ("bad\nname.csv", "vsc.\u202eecnava"):
        put(desk.place, odd)
    desk.pass_by()
    assert len(list(desk.place.done.iterdir())) == 7
    assert not any(sign in one.name for one in desk.place.done.iterdir() for sign in "\n\u202e")


def test_exports_come_at_their_time_and_tell_what_they_replaced(desk: Desk) -> None:
    """At once, then every so many minutes; each with a receipt."""
    desk.pass_by()
    assert len(desk.sent) == 1
    desk.clock.advance(minutes=15)
    desk.work.step()
    assert [content for content, _ in desk.sent] == [WardFile.RESULTS] * 2
    assert len(list(desk.place.outbox.iterdir())) == 2
    texts = sorted(one.read_text("utf-8") for one in desk.place.receipts.glob("*.txt"))
    assert all("  line 2, column 氏名: U+20BB7\n" in one for one in texts)
    assert len(texts) == 2


def test_what_is_done_is_deleted_after_its_days(desk: Desk) -> None:
    """The ward's own files are personal data, and stay no longer than somebody may ask for them."""
    put(desk.place, "cards.csv")
    desk.pass_by()
    desk.clock.advance(days=6)
    desk.work.step()
    assert names(desk.place.done) == ["cards.csv"]
    desk.clock.advance(days=2)
    desk.work.step()
    assert names(desk.place.done) == []
    assert len(list(desk.place.receipts.glob("*.accepted.json"))) == 1


def test_a_folder_that_others_can_reach_into_is_refused(tmp_path: Path) -> None:
    """A link in the place of a part, or a part that everybody may write, is said with what to do."""
    for name, spoil, why in (
        ("open", lambda part: part.chmod(0o777), "everybody may write"),
        ("link", lambda part: (part.rmdir(), part.symlink_to(tmp_path)), "is no folder"),
        ("file", lambda part: (part.rmdir(), part.touch()), "is no folder and was left alone"),
    ):
        root = tmp_path / name
        place = ExchangeFolder(root, 1, 1)
        assert all((one.stat().st_mode & 0o077) == 0 for one in (root, place.inbox, place.done))
        spoil(place.done)
        with pytest.raises(CommandFailedError, match=why):
            ExchangeFolder(root, 1, 1)
    if os.geteuid() == 0:
        other = ExchangeFolder(tmp_path / "theirs", 1, 1)
        os.chown(other.receipts, 12345, 12345)
        with pytest.raises(CommandFailedError, match="belongs to somebody else"):
            ExchangeFolder(other.root, 1, 1)


def test_one_program_works_on_a_folder(desk: Desk) -> None:
    """A second one is told, and takes nothing."""
    with desk.place.alone(), pytest.raises(CommandFailedError, match="another program"), desk.place.alone():
        pass
    with desk.place.alone():
        pass


def test_a_full_disk_is_told_and_the_file_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a receipt no file is put away; with room again it is done."""
    put(desk.place, "cards.csv")
    with monkeypatch.context() as full:
        full.setattr(Path, "write_text", _no_room)
        desk.pass_by()
        assert "No space left on device" in capsys.readouterr().err
        assert names(desk.place.working) == ["cards.csv"]
    desk.work.step()
    assert names(desk.place.done) == ["cards.csv"]
    assert list(desk.place.receipts.glob(".*")) == []


def _no_room(*_: object, **__: object) -> None:
    raise OSError(28, os.strerror(28))


@pytest.fixture
def environment(house: House) -> dict[str, str]:
    """The settings of a house."""
    settings = house.graph.settings
    return {"UKETSUKE_DATABASE_URL": settings.database_url, "UKETSUKE_VAR_DIR": str(settings.var_dir)}


def test_once_imports_what_lies_there_and_exports(
    house: House, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command as it is typed, with the import of the house: booked, refused, exported; and the next run does nothing."""
    monkeypatch.setattr(exchange, "_SETTLE_SECONDS", 0.0)
    root = tmp_path / "exchange"
    place = ExchangeFolder(root, 1, 1)
    put(place, "good.csv")
    put(place, "bad.csv", BAD)

    def run() -> Result:
        return CliRunner(env=environment).invoke(cli, ["exchange", str(root), "--export", "reservations"])

    first = run()
    assert first.exit_code == 1, first.output
    assert (names(place.done), names(place.refused)) == (["good.csv"], ["bad.csv"])
    with house.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(reservations)).scalar_one() == 1
    (told,) = place.receipts.glob("*.refused.txt")
    words = told.read_text("utf-8")
    by_hand = CliRunner(env=environment).invoke(cli, ["import", str(next(place.refused.iterdir()))]).stdout
    assert by_hand.strip() in words, "a receipt and the command say the same"
    assert not re.search(r"None|True|False", words)
    (file,) = place.outbox.iterdir()
    assert b"11110001" in file.read_bytes()
    assert run().exit_code == 0
    assert len(names(place.receipts)) == 6


def test_an_import_that_could_not_begin_is_not_the_files_fault(tmp_path: Path) -> None:
    """Settings that are wrong refuse no file."""
    file = tmp_path / "a.csv"
    file.write_bytes(GOOD.encode("cp932"))
    report, why = run_import(file, ["--json", "--config", str(tmp_path / "missing.toml")])
    assert report is None
    assert "missing.toml" in why
    assert issubclass(CommandFailedError, click.ClickException)


def test_watching_ends_when_it_is_told_to(environment: dict[str, str], tmp_path: Path) -> None:
    """A file that comes while it watches is imported; SIGTERM ends it well."""
    root = tmp_path / "exchange"
    with warm_program("backend").start(
        ["uketsuke", "exchange", str(root), "--watch"], env={**os.environ, **environment}, silent=True
    ) as process:
        try:
            wait_until((root / "outbox").exists, 60)
            place = ExchangeFolder(root, 1, 1)
            put(place, "cards.csv")
            wait_until(lambda: names(place.done) == ["cards.csv"], 60)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
