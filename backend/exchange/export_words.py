"""The mapping read backwards: which columns an export has, in which order, and the ward's words for our codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.exchange.dates import Notation

_Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=60)]
_TABLES: Final = ("outcomes", "reasons", "kinds", "admitted")


class ExportPart(BaseModel):
    """The table ``[export]`` of a mapping file.

    Attributes:
        dates: the notation in which dates are written.
        reservations: the fields of the export of reservations, in their order; their names are those of ``[columns]``.
        receptions: the columns of the export of receptions, in their order: what it is, and its name.
        results: the columns of the export of results, the same.
        outcomes: words for what became of a card.
        reasons: words for why.
        kinds: words for what somebody came for; without one, the name of the ward's file of kinds.
        admitted: words for how somebody was received.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dates: Notation = Notation.WESTERN
    reservations: tuple[str, ...] = Field(min_length=1)
    receptions: dict[str, _Word] = Field(min_length=1)
    results: dict[str, _Word] = Field(min_length=1)
    outcomes: dict[str, _Word]
    reasons: dict[str, _Word]
    kinds: dict[str, _Word] = {}
    admitted: dict[str, _Word]


@dataclass(frozen=True)
class WardWords:
    """How an export says what is known here.

    Attributes:
        part: the columns and words of ``[export]``.
        states: word of 処理状況 by our code.
        recipients: word of 受取人種別 by the code of a rule.
    """

    part: ExportPart
    states: Mapping[str, str]
    recipients: Mapping[str, str]


def merged_export(shipped: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """``[export]`` of a ward's file over the shipped one: words are added, columns replaced as a whole with their order."""
    words = {table: {**shipped[table], **said[table]} for table in _TABLES if _both(table, shipped, said)}
    return {**shipped, **said, **words}


def _both(table: str, shipped: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    return isinstance(shipped.get(table), dict) and isinstance(said.get(table), dict)


def words_of(
    part: ExportPart, states: Mapping[Any, list[str]], recipients: Mapping[Any, list[str]]
) -> WardWords:
    """The words of a mapping: the first spelling of each code is the one that is written.

    Args:
        part: ``[export]`` of the mapping.
        states: spellings by state.
        recipients: spellings by recipient type.
    """
    return WardWords(part, _firsts(states), _firsts(recipients))


def _firsts(table: Mapping[Any, list[str]]) -> Mapping[str, str]:
    return {str(code): spellings[0] for code, spellings in table.items() if spellings}
