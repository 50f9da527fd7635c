"""An invented export of the ward's system, for trials, demonstrations and measurements. Nobody in it exists.

The same seed and day give the same file. No field holds a 12-digit number or anything that looks like one.
"""

import csv
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from backend.common import era_parts
from backend.exchange import sample_people as people
from backend.exchange.cell_text import as_cp932
from backend.exchange.column_purpose import holds_my_number
from backend.exchange.csv_file import Encoding
from backend.exchange.mapping import fold_header, load_mapping
from backend.offices import Directory
from backend.wire import damm_digit

HEADER = (
    "氏名",
    "氏名カナ",
    "通称",
    "生年月日",
    "住所",
    "連絡先",
    "外国人住民の区分",
    "在留期間等満了日",
    "申請書ＩＤ",
    "製造管理番号",
    "発送番号",
    "予約番号",
    "電子メールアドレス",
    "受取人種別",
    "代理受取人氏名",
    "交付予約日時",
    "交付窓口",
    "受付番号",
    "処理状況",
    "有効期限",
)
MAX_ROWS = 1_000_000

_SLOT = timedelta(minutes=30)
_YEARS = range(2000, 2101)
_DAYS_BACK = 10
_DAYS_AHEAD = 40
_MAIN_OFFICE_SHARE = 0.5
_ON_THE_DAY = 0.25
_NUMBERS = 9_000_000
_CARDS = 1_000_000
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class SampleError(ValueError):
    """No sample can be made; the message is one sentence."""


@dataclass(frozen=True)
class _Slots:
    """The times that can be booked at one office, by day."""

    office_id: str
    name: str
    days: dict[date, list[datetime]]


class SampleExport:
    """Makes rows of an invented export.

    Args:
        directory: offices and their hours; reservations lie within them.
        seed: the same seed gives the same rows.
        on: the day around which the reservations lie, in Tokyo.

    Raises:
        SampleError: the day is too far away, or no office is open around it.
    """

    def __init__(self, directory: Directory, seed: int, on: date) -> None:
        if on.year not in _YEARS:
            raise SampleError(f"a sample lies in the years {_YEARS.start} to {_YEARS.stop - 1}")
        self._random = random.Random(f"{seed} {on.isoformat()}")  # noqa: S311 - invented data, no secret
        self._on = on
        self._slots = [
            slots for slots in (self._slots_of(directory, office.id) for office in directory) if slots.days
        ]
        if not self._slots:
            raise SampleError("no office is open within the weeks around that day")
        self._number_step, self._number_start = self._permutation(_NUMBERS)
        self._card_step, self._card_start = self._permutation(_CARDS)

    def rows(self, count: int) -> Iterator[list[str]]:
        """Yield ``count`` rows in the order of ``HEADER``.

        Raises:
            SampleError: more rows than there are numbers, or a row that could be taken to hold a 個人番号.
        """
        if not 1 <= count <= MAX_ROWS:
            raise SampleError(f"a sample has 1 to {MAX_ROWS} rows")
        columns = load_mapping().columns
        fields = [columns.get(fold_header(name)) for name in HEADER]
        for index in range(count):
            row = self._row(index)
            if any(map(holds_my_number, row, fields)):
                raise SampleError("a field would look like a 12-digit number")
            yield row

    def _permutation(self, size: int) -> tuple[int, int]:
        """Step and start for numbers that look random and never repeat; the step has no common divisor with size."""
        while True:
            step = self._random.randrange(size // 3, size)
            if math.gcd(step, size) == 1:
                return step, self._random.randrange(size)

    def _slots_of(self, directory: Directory, office_id: str) -> _Slots:
        days: dict[date, list[datetime]] = {}
        for offset in range(-_DAYS_BACK, _DAYS_AHEAD + 1):
            day = self._on + timedelta(days=offset)
            starts = [
                opening.opens_at + _SLOT * number
                for opening in directory.openings(office_id, day)
                for number in range((opening.closes_at - opening.opens_at) // _SLOT)
            ]
            if starts:
                days[day] = starts
        return _Slots(office_id, directory[office_id].name["ja"], days)

    def _row(self, index: int) -> list[str]:
        rng = self._random
        slots = self._slots[0] if rng.random() < _MAIN_OFFICE_SHARE else rng.choice(self._slots)
        day = (
            self._on
            if self._on in slots.days and rng.random() < _ON_THE_DAY
            else rng.choice(list(slots.days))
        )
        starts = rng.choice(slots.days[day])
        state = self._state(day)
        kind, proxy, age = self._kind()
        born = self._on - timedelta(days=round(age * 365.25) + rng.randrange(1, 300))
        foreign = rng.random() < 0.12 and age >= 15
        name, kana, alias = self._name(foreign=foreign)
        expires = self._expiry(born, age)
        stay = ""
        category = rng.choice(people.FOREIGN_CATEGORIES) if foreign else ""
        if category == "中長期在留者":
            until = day + timedelta(days=rng.randrange(45, 1500))
            stay, expires = self._date(until), min(expires, until)
        booked = state != "案内済"
        return [
            name,
            kana,
            alias,
            self._birth(born),
            self._address(),
            f"{rng.choice(('090', '080', '070', '03'))}-0000-{rng.randrange(10_000):04d}",
            category,
            stay,
            f"{rng.randrange(10**23):023d}",
            self._card_number(index),
            f"H{rng.randrange(10**8):08d}",
            self._number(index),
            f"sample{index + 1}@example.jp" if rng.random() < 0.6 else "",
            kind,
            proxy,
            self._moment(starts) if booked else "",
            self._place(slots) if booked else "",
            f"M{rng.randrange(1, 400):03d}" if state == "交付済" else "",
            state,
            self._date(expires),
        ]

    def _number(self, index: int) -> str:
        digits = str(1_000_000 + (self._number_start + index * self._number_step) % _NUMBERS)
        return f"{digits}{damm_digit(digits)}"

    def _card_number(self, index: int) -> str:
        place = (self._card_start + index * self._card_step) % _CARDS
        return f"{_LETTERS[place % 24]}{place % 10}{_LETTERS[place // 24 % 24]}-{place:06d}"

    def _state(self, day: date) -> str:
        chance = self._random.random()
        if day < self._on:
            return "交付済" if chance < 0.8 else "未来庁" if chance < 0.9 else "取消"
        if chance < 0.93:
            return "予約済"
        return "取消" if chance < 0.97 or day == self._on else "案内済"

    def _kind(self) -> tuple[str, str, float]:
        """受取人種別, the proxy's name (empty if nobody else comes), and an age in years that fits."""
        rng = self._random
        chance = rng.random()
        if chance < 0.80:
            return "本人", "", rng.uniform(16, 96)
        if chance < 0.86:
            return "15歳未満・法定代理人同行", self._name()[0], rng.uniform(1, 13)
        if chance < 0.91:
            return "法定代理人（15歳未満）", self._name()[0], rng.uniform(1, 13)
        if chance < 0.97:
            return "任意代理人（75歳以上）", self._name()[0], rng.uniform(77, 99)
        return "任意代理人（長期入院）", self._name()[0], rng.uniform(30, 90)

    def _name(self, *, foreign: bool = False) -> tuple[str, str, str]:
        rng = self._random
        if foreign:
            name, kana, alias = rng.choice(people.FOREIGN_NAMES)
            return name, kana, alias or ""
        family, given = rng.choice(people.FAMILY_NAMES), rng.choice(people.GIVEN_NAMES)
        kana = f"{family[1]}　{given[1]}"
        return f"{family[0]}　{given[0]}", kana if rng.random() < 0.5 else _half_width(kana), ""

    def _address(self) -> str:
        rng = self._random
        building = rng.choice(people.BUILDINGS).format(room=rng.randrange(1, 13) * 100 + rng.randrange(1, 9))
        return f"新宿区{rng.choice(people.TOWNS)}{rng.randrange(1, 9)}-{rng.randrange(1, 40)}-{rng.randrange(1, 30)}{building}"

    def _birth(self, born: date) -> str:
        chance = self._random.random()
        era, year = era_parts(born)
        if chance < 0.01:
            return f"{born.year}年"
        if chance < 0.02:
            return f"{era[1]}{year:02d}.00.00"
        if chance < 0.03:
            return f"{era[0]}{year}年{born.month}月不明"
        return self._date(born)

    def _date(self, day: date) -> str:
        """A day in one of the notations that exports mix."""
        era, year = era_parts(day)
        first = "元" if year == 1 else str(year)
        notation = self._random.randrange(6)
        if notation == 0:
            return f"{era[0]}{first}年{day.month}月{day.day}日"
        if notation == 1:
            return f"{era[1]}{year}.{day.month}.{day.day}"
        if notation == 2:
            return f"{era[0]}{first}年{day.month}月{day.day}日".translate(_FULL_WIDTH_DIGITS)
        if notation == 3:
            return f"{day:%Y%m%d}"
        return f"{day:%Y/%m/%d}" if notation == 4 else day.isoformat()

    def _moment(self, starts: datetime) -> str:
        if self._random.random() < 0.8:
            return f"{starts:%Y/%m/%d %H:%M}"
        era, year = era_parts(starts.date())
        return f"{era[0]}{year}年{starts.month}月{starts.day}日 {starts.hour}時{starts.minute:02d}分"

    def _place(self, slots: _Slots) -> str:
        chance = self._random.random()
        if chance < 0.1:
            return f"{slots.name}　交付窓口Ａ"
        return slots.name.replace("箪", "簞") if chance < 0.3 else slots.name

    def _expiry(self, born: date, age: float) -> date:
        """When a card issued now expires: on the tenth birthday from now, on the fifth if the person is under 18."""
        year = self._on.year + (10 if age >= 18 else 5)
        day = 28 if (born.month, born.day) == (2, 29) else born.day
        return date(year, born.month, day)


_FULL_WIDTH_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_HALF_WIDTH = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー・",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ･",
        strict=True,
    )
)
_HALF_WIDTH |= {
    chr(ord(full) + 1): f"{half}ﾞ"
    for full, half in _HALF_WIDTH.items()
    if full in "カキクケコサシスセソタチツテトハヒフヘホ"
}
_HALF_WIDTH |= {chr(ord(full) + 2): f"{half}ﾟ" for full, half in _HALF_WIDTH.items() if full in "ハヒフヘホ"}
_HALF_WIDTH |= {"ヴ": "ｳﾞ", "　": " "}


def _half_width(kana: str) -> str:
    """Katakana in half width, as old systems export it; ヱ and ヰ have no half-width form and become エ and イ."""
    return "".join(_HALF_WIDTH.get(char, char) for char in kana.replace("ヱ", "エ").replace("ヰ", "イ"))


def write_sample(path: Path, rows: Iterator[Sequence[str]], encoding: Encoding = Encoding.CP932) -> int:
    """Write a sample with CRLF line ends and return how many rows it has.

    Raises:
        OSError: the file cannot be written.
    """
    count = 0
    shown = as_cp932 if encoding is Encoding.CP932 else str
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEADER)
        for row in rows:
            writer.writerow([field if field.isascii() else shown(field) for field in row])
            count += 1
    return count
