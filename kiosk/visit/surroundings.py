"""The surroundings of a visit: server, camera, opening hours, forms of numbers, and what visitors bring."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from backend.wire import BringSituation, NumberShape
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
        numbers: the forms that a typed number can have; empty where the server told none.
        bring: what visitors bring, by who comes; empty where the server told nothing.
    """

    server: ServerState = ServerState.STARTING
    tries: int = 0
    camera: bool = True
    open_now: bool = True
    opens_at: datetime | None = None
    numbers: tuple[NumberShape, ...] = ()
    bring: tuple[BringSituation, ...] = ()


def conditions_after(conditions: Conditions, happened: inputs.News) -> Conditions:
    """The surroundings after a change.

    Raises:
        TypeError: the input is not a change of the surroundings.
    """
    match happened:
        case inputs.ServerChanged(up):
            if up:
                return replace(conditions, server=ServerState.UP, tries=0)
            return replace(conditions, server=ServerState.DOWN, tries=conditions.tries + 1)
        case inputs.CameraChanged(working):
            return replace(conditions, camera=working)
        case inputs.OfficeChanged(open_now, opens_at):
            return replace(conditions, open_now=open_now, opens_at=opens_at)
        case inputs.NumbersChanged(shapes):
            return replace(conditions, numbers=shapes)
        case inputs.BringChanged(situations):
            return replace(conditions, bring=situations)
        case _:
            raise TypeError(f"not an input of a visit: {type(happened).__name__}")


def home(conditions: Conditions) -> screens.Screen:
    """The first screen under these conditions."""
    if conditions.server is not ServerState.UP:
        return screens.OutOfService()
    return screens.Welcome() if conditions.open_now else screens.Closed()
