"""The surroundings of a visit: server, camera, opening hours, and what the server tells of numbers and of what to bring."""

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
    """What the machine knows of its surroundings."""

    server: ServerState = ServerState.STARTING
    camera: bool = True
    open_now: bool = True
    opens_at: datetime | None = None
    numbers: tuple[NumberShape, ...] = ()
    bring: tuple[BringSituation, ...] = ()


def conditions_after(conditions: Conditions, happened: inputs.News) -> Conditions:
    """The surroundings after news of them."""
    match happened:
        case inputs.ServerChanged(up):
            return replace(conditions, server=ServerState.UP if up else ServerState.DOWN)
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
