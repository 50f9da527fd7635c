"""How an export is told in lines: the same words on the console and on a receipt."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backend.cli.import_printing import some

_LEFT_OUT: Final = {
    "erased": "of persons who were erased",
    "open": "of cards of which nothing has become yet",
    "no_card": "of visits for something other than a card",
    "unknown_card": "of visits of which no card is known",
}


def export_lines(told: Mapping[str, Any], most: int | None = None) -> Iterator[str]:
    """What was written, in lines.

    Args:
        told: as ``Exported.as_json`` tells it.
        most: how many lines of each kind; all of them where it is not said.
    """
    if told.get("encoding"):
        yield f"encoding    {told['encoding']}"
    yield f"{'rows':<10}{told['rows']:>8}"
    for code, count in told.get("left_out", {}).items():
        yield f"{'left out':<10}{count:>8}  {_LEFT_OUT[code]}"
    if told.get("guarded"):
        yield f"{'guarded':<10}{told['guarded']:>8}  cells begin with a blank, so that none is a formula"
    replaced = told.get("replaced", [])
    if replaced:
        of = told.get("encoding") or "the file"
        yield f"{'replaced':<10}{len(replaced):>8}  characters that {of} cannot hold"
    yield from some(
        (f"line {one['line']}, column {one['column']}: {one['code_point']}" for one in replaced), most
    )
    if told.get("id"):
        yield f"id          {told['id']}"
