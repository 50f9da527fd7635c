"""What was said on the wire, as it is kept: a request with what matters of it, and its answer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import httpx2

API = "/api/v1"
EVENTS = f"{API}/events"
_COOKIE = "uketsuke_session"


@dataclass(frozen=True)
class Key:
    """By what somebody is known: the token of a device, or the cookie and the form's value of a person."""

    token: str = ""
    cookie: str = ""
    csrf: str = ""


@dataclass(frozen=True)
class Asked:
    """A request.

    Attributes:
        at: the server's time.
        who: whose key it carried, by name; empty for nobody's.
        method: of HTTP.
        path: of HTTP.
        headers: those that matter, the key aside.
        body: what a device sent, as JSON.
        form: what a person's page sent, the form's value aside.
    """

    at: str
    who: str
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Exchange:
    """A request and its answer: JSON, or the text of a stream."""

    asked: Asked
    status: int
    reply: Any = None
    stream: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape in which it is kept: flat, without what is empty."""
        asked = {name: value for name, value in vars(self.asked).items() if value not in (None, "", {})}
        answer = {"status": self.status, "reply": self.reply, "stream": self.stream}
        return asked | {name: value for name, value in answer.items() if value is not None}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What :meth:`as_json` wrote."""
        asked = {name: value for name, value in kept.items() if name not in {"status", "reply", "stream"}}
        return cls(Asked(**{"who": "", **asked}), kept["status"], kept.get("reply"), kept.get("stream"))


class Wire:
    """Sends requests to a server with the keys of the story.

    Args:
        address: of the server.
        keys: by the name of who asks.
    """

    def __init__(self, address: str, keys: Mapping[str, Key]) -> None:
        self.address = address
        self._keys = keys
        self._http = httpx2.Client(base_url=address, timeout=15, trust_env=False)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def ask(self, asked: Asked) -> tuple[int, Any]:
        """Status and JSON of the answer; of an answer that is none, only the status."""
        key = self._keys.get(asked.who, Key())
        headers = dict(asked.headers)
        more: dict[str, Any] = {}
        if asked.form is not None:
            headers["Accept"] = "application/json"
            more["data"] = {"csrf": key.csrf, **asked.form}
        elif asked.body is not None:
            more["json"] = asked.body
        answer = self._http.request(asked.method, asked.path, headers={**headers, **_known_by(key)}, **more)
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, None

    def page(self, who: str, path: str) -> str:
        """A page as somebody's browser gets it.

        Raises:
            AssertionError: it is not shown.
        """
        answer = self._http.get(path, headers=_known_by(self._keys[who]))
        assert answer.status_code == httpx2.codes.OK, (path, answer.status_code)
        return answer.text

    @contextmanager
    def stream(self, asked: Asked) -> Iterator["Heard"]:
        """Follow the events of a device's office."""
        headers = {**asked.headers, **_known_by(self._keys[asked.who])}
        with self._http.stream("GET", asked.path, headers=headers) as answer:
            yield Heard(answer)


class Heard:
    """A stream that is open, message by message."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.status = answer.status_code
        self._lines = answer.iter_lines()

    def next(self) -> str:
        """The next message as it came; beats and other comments are none."""
        lines: list[str] = []
        for line in self._lines:
            if line:
                lines.append(line)
            elif any(not one.startswith(":") for one in lines):
                return "\n".join(lines)
            else:
                lines = []
        raise AssertionError("the stream has ended")


def place_of(message: str) -> int:
    """The place of a message in the order of events."""
    return next(int(line[4:]) for line in message.splitlines() if line.startswith("id: "))


def data_of(message: str) -> Any:
    """What a message of a stream says, as JSON."""
    return json.loads("".join(line[6:] for line in message.splitlines() if line.startswith("data: ")))


def name_of(message: str) -> str:
    """Which kind of message of a stream it is."""
    return next(line[7:] for line in message.splitlines() if line.startswith("event: "))


def at_of(asked: Asked) -> datetime:
    """The server's time of a request."""
    return datetime.fromisoformat(asked.at)


def _known_by(key: Key) -> dict[str, str]:
    if key.token:
        return {"Authorization": f"Bearer {key.token}"}
    return {"Cookie": f"{_COOKIE}={key.cookie}"} if key.cookie else {}
