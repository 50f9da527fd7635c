"""The ward of the story: its file of offices and its export. Nobody in it exists."""

import csv
from io import StringIO
from typing import Final, NamedTuple

from backend.wire.check_digit import damm_digit

OFFICES: Final = """\
# The offices of a kept release. The ranges of the main office are short, so that numbers come round and run out in a day.
authority = "見本区"

[calendar]
closed_days = ["12-29", "12-30", "12-31", "01-01", "01-02", "01-03"]
closed_on_national_holidays = true

[[office]]
id = "00"
name = { ja = "見本区役所 本庁舎", en = "Mihon City Office", zh-Hans = "见本区役所 本厅舍", ko = "미혼구청 본청사" }
address = { ja = "見本区仮名町1-1", en = "1-1 Kanacho, Mihon-ku" }
phone = "03-0000-0000"
also_called = ["本庁舎"]
reservation_series = "M"
walk_in_series = "W"
series = [
  { code = "M", first = 1, last = 15 },
  { code = "W", first = 51, last = 53 },
]
windows = [
  { label = "1", kind = "reception" },
  { label = "2", kind = "reception" },
  { label = "A", kind = "issuance" },
  { label = "B", kind = "issuance" },
]
hours = [
  { days = ["mon", "tue", "wed", "thu", "fri"], opens = 08:30:00, closes = 17:00:00 },
]

[[office]]
id = "01"
name = { ja = "試作特別出張所", en = "Shisaku Branch Office" }
address = { ja = "見本区試作町2-2" }
reservation_series = "M"
walk_in_series = "W"
series = [
  { code = "M", first = 1, last = 399 },
  { code = "W", first = 400, last = 599 },
]
windows = [
  { label = "1", kind = "reception" },
  { label = "A", kind = "issuance" },
]
hours = [
  { days = ["mon", "wed", "fri"], opens = 08:30:00, closes = 17:00:00 },
]

[[office]]
id = "02"
name = { ja = "北見本特別出張所" }
address = { ja = "見本区北見本3-3" }
reservation_series = "M"
walk_in_series = "W"
series = [
  { code = "M", first = 1, last = 399 },
  { code = "W", first = 400, last = 599 },
]
windows = [
  { label = "1", kind = "reception" },
  { label = "A", kind = "issuance" },
]
hours = [
  { days = ["fri"], opens = 08:30:00, closes = 17:00:00 },
]
"""

_COLUMNS: Final = (
    "氏名", "氏名カナ", "通称", "生年月日", "住所", "連絡先", "外国人住民の区分", "在留期間等満了日", "申請書ＩＤ",
    "製造管理番号", "発送番号", "予約番号", "電子メールアドレス", "受取人種別", "代理受取人氏名", "交付予約日時",
    "交付窓口", "受付番号", "処理状況", "有効期限",
)  # fmt: skip
MAIN, BRANCH, FAR = "見本区役所 本庁舎", "試作特別出張所", "北見本特別出張所"


class Person(NamedTuple):
    """A row of the export: what is alike for everybody is filled in by :func:`export`."""

    name: str
    kana: str
    birth: str
    at: str
    office: str = MAIN
    recipient: str = "本人"
    proxy: str = ""
    alias: str = ""
    category: str = ""
    stay: str = ""
    state: str = "予約済"


PEOPLE: Final = (
    # The day before.
    Person("見本　太郎", "ミホン　タロウ", "昭和39年10月10日", "2026-11-24 09:00"),
    Person("髙橋　はな", "タカハシ　ハナ", "1990-01-31", "2026-11-24 09:30"),
    # The day of the story, main office.
    Person("佐藤　一", "サトウ　ハジメ", "S26.8.27", "2026-11-25 08:30"),
    Person("𠮷田　みのり", "ヨシダ　ミノリ", "平成5年3月3日", "2026-11-25 08:30"),
    Person("NGUYEN VAN MIHON", "グエン　バン　ミホン", "1995-05-05", "2026-11-25 08:45",
           alias="見本　花", category="中長期在留者", stay="2030-04-01"),
    Person("小鳥遊　つばさ", "タカナシ　ツバサ", "2015-07-09", "2026-11-25 09:00", recipient="15歳未満・法定代理人同行"),
    Person("齊藤　健一", "サイトウ　ケンイチ", "1970-05-17", "2026-11-25 09:00"),
    Person("田中　キミ", "タナカ　キミ", "昭和5年", "2026-11-25 09:15", recipient="任意代理人（長期入院）", proxy="廣瀨　千代"),
    Person("渡邊　司", "ワタナベ　ツカサ", "1988-12-01", "2026-11-25 09:15"),
    Person("伊藤　真由美", "イトウ　マユミ", "昭和25年10月", "2026-11-25 09:30"),
    Person("中村　煌", "ナカムラ　コウ", "2001-02-28", "2026-11-25 09:30"),
    Person("山﨑　涼", "ヤマサキ　リョウ", "1979-06-06", "2026-11-25 09:45"),
    Person("加藤　巴", "カトウ　トモエ", "1966-04-01", "2026-11-25 10:00"),
    Person("井上　櫂", "イノウエ　カイ", "1999-09-09", "2026-11-25 10:00"),
    Person("木村　泉", "キムラ　イズミ", "2004-04-04", "2026-11-25 10:15"),
    Person("林　茂", "ハヤシ　シゲル", "昭和14年7月8日", "2026-11-25 11:30"),
    Person("清水　空", "シミズ　ソラ", "1993-03-13", "2026-11-25 10:30"),
    Person("森　楓", "モリ　カエデ", "1985-08-15", "2026-11-25 08:30"),
    Person("池田　凪", "イケダ　ナギ", "1972-02-02", "2026-11-25 10:30"),
    Person("山口　芽", "ヤマグチ　メイ", "1987-04-12", "2026-11-25 10:30"),
    # Whom a rule sends elsewhere, or away.
    Person("橋本　雪", "ハシモト　ユキ", "1961-01-21", "2026-11-26 09:00"),
    Person("石川　望", "イシカワ　ノゾミ", "1968-11-11", "2026-11-25 09:00", office=BRANCH),
    Person("前田　葵", "マエダ　アオイ", "1983-10-30", "2026-11-27 10:00", office=FAR),
    Person("小川　翠", "オガワ　ミドリ", "1977-07-07", "2026-11-25 09:00", state="取消"),
    Person("岡田　薫", "オカダ　カオル", "1958-05-25", "2026-11-25 09:00", state="交付済"),
    Person("長谷川　渚", "ハセガワ　ナギサ", "1996-06-16", "2026-11-25 09:00", state="返戻"),
    Person("藤田　朔", "フジタ　サク", "2000-12-12", "2026-11-26 09:30"),
)  # fmt: skip


def number_of(index: int) -> str:
    """予約番号 of a person, as stored."""
    digits = f"2511{index:03d}"
    return f"{digits}{damm_digit(digits)}"


def card_of(index: int) -> str:
    """製造管理番号 of a person, which other systems print as a code."""
    return f"K{index % 10}M-{300000 + index}"


def export(people: tuple[Person, ...] = PEOPLE) -> str:
    """The ward's export as a file of text."""
    written = StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(_COLUMNS)
    for index, one in enumerate(people):
        lines.writerow(
            (
                one.name, one.kana, one.alias, one.birth, f"見本区仮名町{index + 1}-2-3", f"090-0000-{1000 + index}",
                one.category, one.stay, f"9{index:02d}31415926535897932384", card_of(index), f"H{50000000 + index}",
                number_of(index), f"sample{index}@example.jp", one.recipient, one.proxy, one.at, one.office, "",
                one.state, "2036-11-25",
            )
        )  # fmt: skip
    return written.getvalue()
