"""The surroundings of a visit: server, camera, opening hours, what numbers can be and be for, and what visitors bring."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from backend.wire import BringSituation, KindChoice, NumberShape
from kiosk.visit import inputs, screens


class ServerState(StrEnum):
    """What is known of the server."""

    STARTING = "starting"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the kiosk knows of its surroundings.

    Args:
        server: whether the server answers.
        tries: how often it was asked in vain since it counts as away.
        camera: whether the camera works.
        open_now: whether the office is open.
        opens_at: the next opening, an aware time; None where it is not known.
        party_limit: how many notices may have one number together.
        numbers: the forms that a typed number can have; empty where the server told none.
        bring: what visitors bring, by who comes; empty where the server told nothing.
        kinds: what people without a reservation may come for; empty where the server told nothing.
    """

    server: ServerState = ServerState.STARTING
    tries: int = 0
    camera: bool = True
    open_now: bool = True
    opens_at: datetime | None = None
    party_limit: int = 1
    numbers: tuple[NumberShape, ...] = ()
    bring: tuple[BringSituation, ...] = ()
    kinds: tuple[KindChoice, ...] = ()


def conditions_after(conditions: Conditions, happened: inputs.News) -> Conditions:
    """The surroundings after a change.

    Raises:
        TypeError: the input is not a change of the surroundings.
    """
    match happened:
        case inputs.ServerChanged(up):
            tries = 0 if up else conditions.tries + 1
            changed = replace(conditions, server=ServerState.UP if up else ServerState.DOWN, tries=tries)
        case inputs.CameraChanged(working):
            changed = replace(conditions, camera=working)
        case inputs.OfficeChanged(open_now, opens_at):
            changed = replace(conditions, open_now=open_now, opens_at=opens_at)
        case inputs.PartyLimitChanged(limit):
            changed = replace(conditions, party_limit=limit)
        case inputs.NumbersChanged(shapes):
            changed = replace(conditions, numbers=shapes)
        case inputs.BringChanged(situations):
            changed = replace(conditions, bring=situations)
        case inputs.KindsChanged(kinds):
            changed = replace(conditions, kinds=kinds)
        case _:
            raise TypeError(f"not an input of a visit: {type(happened).__name__}")
    return changed


def home(conditions: Conditions) -> screens.Screen:
    """The first screen under these conditions."""
    if conditions.server is not ServerState.UP:
        return screens.OutOfService()
    return screens.Welcome() if conditions.open_now else screens.Closed()
