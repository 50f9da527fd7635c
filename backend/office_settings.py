"""Settings of how an office works: the ward sets them for all offices, and each office may have its own."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from backend.wire import CodePlace

_DAY = 24 * 60
"""Minutes of a day, as an upper limit: longer times are typing errors, and very long ones overflow."""
_OFFICE_ID = re.compile(r"[0-9A-Za-z]{1,8}", re.ASCII)


def _id_of_an_office(written: str) -> str:
    if not _OFFICE_ID.fullmatch(written):
        raise ValueError("its tables are named by the ids of offices, for example office.00")
    return written


OfficeId = Annotated[str, AfterValidator(_id_of_an_office)]
DocumentCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,3}[a-z]?$")]


class OfficeSettings(BaseModel):
    """The settings that may differ by office. Names of durations end with their unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code_stands_on: CodePlace = Field(
        default=CodePlace.SHEET,
        description="The paper with the code, as kiosks name and draw it: sheet, postcard or both",
    )
    early_open_minutes: int = Field(
        default=10,
        ge=0,
        le=_DAY,
        description="A visitor this much before the reserved time still counts as on time",
    )
    late_grace_minutes: int = Field(
        default=5,
        ge=0,
        le=_DAY,
        description="Later than this after the reserved time queues by time of arrival",
    )
    kiosk_lead_minutes: int = Field(
        default=30, ge=0, le=_DAY, description="The kiosk gives numbers this long before the office opens"
    )
    minutes_per_visit: float = Field(
        default=10.0,
        gt=0,
        le=_DAY,
        allow_inf_nan=False,
        description="Configured length of one visit, for the estimate of the waiting time",
    )
    return_minutes: int = Field(
        default=10,
        ge=0,
        le=_DAY,
        description="Who is early is told to be back this long before the reserved time",
    )
    away_minutes: int = Field(
        default=20,
        ge=1,
        le=_DAY,
        description="When to be back is told only who can be away for at least this long",
    )
    absent_after_calls: int = Field(
        default=2,
        ge=1,
        le=100,
        description="A visitor is absent (不在) after this many calls at the earliest",
    )
    absent_returns_at_kiosk: bool = Field(
        default=True, description="Who was absent and shows the notice again is next to be called"
    )
    documents_first: tuple[DocumentCode, ...] = Field(
        default=("A03", "A01", "A05", "A09", "A04", "A06"),
        max_length=30,
        description="Documents of list A that a checklist shows first, with the keys 1 to 6, in the order of its rules",
    )
    track_cards: bool = Field(
        default=False,
        description="Where cards lie is imported: a card that lies at another office counts as not here",
    )
    unbooked_get_number: bool = Field(
        default=False,
        description="Who shows a notice without a booking gets a number of the assisted queue at once",
    )
    card_here_offers_number: bool = Field(
        default=False,
        description="Who is booked at another office is offered a number where the card is known to lie here",
    )
    party_limit: int = Field(
        default=6, ge=1, le=20, description="How many cards of one party a number may be for; 1 joins none"
    )
    close_day_by_itself: bool = Field(
        default=True,
        description="What is left open of earlier days is closed with the first commands of the next",
    )
    recent_calls: int = Field(
        default=8, ge=8, le=50, description="How many past calls a display gets; a display shows up to 8"
    )
