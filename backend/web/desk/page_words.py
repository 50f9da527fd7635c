"""Times, windows and birthdays as a page writes them. All times are shown in Asia/Tokyo."""

from datetime import date, datetime, timedelta

from backend.common import Catalogue, clock_face, era_parts, in_tokyo
from backend.documents import BirthDate, BirthDateError, age_on

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def clock_words(at: datetime | None) -> str:
    """Hour and minute of an aware time, for example 9:30; empty for None."""
    return "" if at is None else clock_face(at)


def date_words(day: date, texts: Catalogue) -> str:
    """A date with its weekday."""
    return texts.text(
        "date.day",
        year=day.year,
        month=day.month,
        day=day.day,
        weekday=texts.text(f"weekday.{_WEEKDAYS[day.weekday()]}"),
    )


def moment_words(at: datetime, texts: Catalogue) -> str:
    """A date with its time."""
    return texts.text("date.moment", date=date_words(in_tokyo(at).date(), texts), time=clock_words(at))


def window_name(label: str | None, texts: Catalogue) -> str:
    """A window as people say it: 3番窓口, A窓口."""
    if not label:
        return ""
    return texts.text("window.numbered" if label.isdigit() else "window.lettered", label=label)


def birth_words(written: str, texts: Catalogue) -> str:
    """A birthday in both calendars; parts that the register does not know are named as unknown."""
    try:
        birth = BirthDate.parse(written)
        eras = _eras(birth)
    except (BirthDateError, StopIteration):
        return written
    form = "full" if birth.known else "month" if birth.month is not None else "year"
    return texts.text(
        f"birth.{form}",
        year=birth.year,
        month=birth.month or 0,
        day=birth.day or 0,
        era=texts.text("birth.or").join(
            texts.text("birth.era", name=name, letter=letter, year=_era_year(year, texts))
            for name, letter, year in eras
        ),
    )


def age_words(written: str, on: date, texts: Catalogue) -> str:
    """The age on a day; the two possible ages if the birthday is partly known."""
    try:
        earliest, latest = BirthDate.parse(written).candidates(on)
    except BirthDateError:
        return ""
    least, greatest = age_on(latest, on), age_on(earliest, on)
    if least == greatest:
        return texts.text("birth.age", age=least)
    return texts.text("birth.age_between", least=least, greatest=greatest)


def _eras(birth: BirthDate) -> list[tuple[str, str, int]]:
    """The possible years of a birthday in the Japanese calendar: two if an era began within the year.

    Raises:
        StopIteration: it lies before the first known era.
    """
    found: list[tuple[str, str, int]] = []
    day = birth.earliest
    while day <= birth.latest:
        (name, letter), year = era_parts(day)
        if (name, letter, year) not in found:
            found.append((name, letter, year))
        day += timedelta(days=1)
    return found


def _era_year(year: int, texts: Catalogue) -> str:
    return texts.text("birth.first_year") if year == 1 else str(year)
