"""Messages and codes of every released version are still there, under their names, and ask for nothing more."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.releases.kept import Release
from tests.releases.shapes import breaks, shapes_of_wire

Change = Callable[[dict[str, Any]], object]

_HELP = """
Devices of version {version} are in the field, and the wire of today is no wire for them:
{broken}
A field stays, with its name, its type and its default; a new field may be left out; a code stays in its list. What has to
be different gets a new name beside the old one (docs/adr/0022-the-wire-grows.md).
"""


def test_the_wire_only_grows(release: Release) -> None:
    """Kiosks, displays and servers of a released version go on to understand each other with those of today."""
    broken = breaks(release.wire, shapes_of_wire())
    assert not broken, _HELP.format(version=release.house.version, broken="\n".join(broken))


def message(shapes: dict[str, Any], name: str) -> dict[str, Any]:
    """The shape of a message."""
    found: dict[str, Any] = shapes["messages"][name]
    return found


def rename(shapes: dict[str, Any]) -> None:
    """Another name for a field."""
    fields = message(shapes, "TicketMessage")["properties"]
    fields["label"] = fields.pop("number")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda shapes: message(shapes, "Board")["properties"].pop("absent"), "Board.absent is gone"),
        (rename, "TicketMessage.number is gone"),
        (
            lambda shapes: message(shapes, "CheckInRequest")["required"].append("language"),
            "CheckInRequest.language is required",
        ),
        (
            lambda shapes: message(shapes, "TicketMessage")["required"].remove("number"),
            "TicketMessage.number may be left out",
        ),
        (
            lambda shapes: message(shapes, "TicketMessage")["properties"]["waiting_ahead"].update(
                type="string"
            ),
            "TicketMessage.waiting_ahead was",
        ),
        (
            lambda shapes: message(shapes, "EventMessage").update(additionalProperties=False),
            "EventMessage treats unknown fields in another way",
        ),
        (lambda shapes: shapes["messages"].pop("PrintReply"), "PrintReply is gone"),
        (lambda shapes: shapes["codes"]["EventKind"].remove("issued"), "EventKind: the code issued is gone"),
        (lambda shapes: shapes["codes"].pop("Farewell"), "Farewell: the code trouble is gone"),
        (lambda shapes: shapes.update(version=2), "the wire was version"),
    ],
)
def test_what_breaks_a_device_is_named(change: Change, told: str) -> None:
    """Protects the comparison itself: every way to take something away from a device is found."""
    kept = shapes_of_wire()
    today = copy.deepcopy(kept)
    change(today)
    assert any(line.startswith(told) for line in breaks(kept, today)), breaks(kept, today)


def test_what_is_added_breaks_nothing() -> None:
    """Protects growth: new codes, messages and fields that may be left out need nobody's leave."""
    kept = shapes_of_wire()
    today = copy.deepcopy(kept)
    today["codes"]["EventKind"].append("ticket_blessed")
    today["codes"]["Mood"] = ["calm"]
    today["messages"]["MoodReply"] = {"properties": {}}
    message(today, "Board")["properties"]["mood"] = {"default": "calm", "type": "string"}
    assert breaks(kept, today) == []


def test_what_is_said_to_people_may_change() -> None:
    """Protects descriptions from being kept for ever; a field that is named like one is a field."""
    shapes = shapes_of_wire()
    assert "description" not in message(shapes, "Estimate")
    assert "title" in message(shapes, "BringSituation")["properties"]
