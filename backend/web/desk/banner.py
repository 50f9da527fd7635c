"""The line at the top of a page: what was done, or why it was not and what to do next.

After a form, the browser is redirected to the page; the line travels in a short-lived cookie, never in an address.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from backend.common import Catalogue
from backend.documents import name_of, shown_name
from backend.web.desk.page_words import window_name
from backend.web.http.forms import Purpose
from backend.wire import ErrorCode, ErrorReply, FieldShape, contains_my_number

BANNER_COOKIE = "uketsuke_banner"
_LONGEST_COOKIE = 2000
_SECONDS_TOLD = 90
_APART = "apart"
_KINDS = {"papers": "paper", "facts": "fact"}
_FACTS = frozenset(
    {"number", "window", "calls", "needed", "state", "kind", "until", "part", "more", "place", "log_id"}
)
# Numbers, labels, codes and times, as we write them; never a sentence that somebody planted.
_FACT = re.compile(r"[A-Za-z0-9_:.+-]{0,40}", re.ASCII)
# Marks of ticks, see lost_words: codes, each with what was done to it.
_LOST = re.compile(r"(?:[+=-][A-Za-z0-9_:.-]{1,60}(?: |$)){0,40}", re.ASCII)


@dataclass(frozen=True)
class Banner:
    """One line.

    Attributes:
        key: the key of its text in the catalogue ``pages``.
        facts: numbers, windows and codes for the text's placeholders.
        purpose: what the person wanted, so that the line does not speak of an unsaved command if there was none.
    """

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    purpose: Purpose = Purpose.COMMAND

    @property
    def is_error(self) -> bool:
        """Whether something was refused."""
        return self.key.startswith("error.")

    @classmethod
    def of_error(cls, reply: ErrorReply, purpose: Purpose = Purpose.COMMAND) -> "Banner":
        """The line for a refusal."""
        return cls(f"error.{reply.code}", reply.detail, purpose)

    @classmethod
    def done(cls, command: str, number: str | None, place: int | None = None) -> "Banner":
        """The line after a command about a number, or about one card of several that a number is for."""
        if place is None:
            return cls(f"done.{command}", {"number": number or ""})
        return cls(f"done.{command}_card", {"number": number or "", "place": str(place)})

    def words(self, texts: Catalogue, now: datetime) -> str:
        """The line as text, in the catalogue's language; ``now`` is for the seconds of a wait."""
        empty = ("number", "place", "window", "calls", "needed", "minutes", "seconds", "log_id")
        facts = {**dict.fromkeys(empty, ""), **self.facts}
        facts["window"] = window_name(facts["window"], texts)
        facts["state"] = _word(texts, "state", self.facts.get("state"))
        facts["kind"] = _word(texts, "window_kind", self.facts.get("kind"))
        if "until" in self.facts:
            left = _seconds(self.facts["until"], now)
            facts["minutes"], facts["seconds"] = str(ceil(left / 60)), str(left)
            if self.key == f"error.{ErrorCode.TOO_MANY_TRIES}" and left <= _SECONDS_TOLD:
                return texts.text("error.too_many_tries_soon", **facts)
        said = self._said(texts, facts)
        if self.facts.get("log_id"):
            said += texts.text("error.log_id", log_id=self.facts["log_id"])
        return said

    def _said(self, texts: Catalogue, facts: Mapping[str, str]) -> str:
        if self.key == f"error.{ErrorCode.TICKET_TAKEN}" and not self.facts.get("window"):
            return texts.text("error.ticket_taken_somewhere", **facts)
        if self.key == f"error.{ErrorCode.CHECKLIST_INVALID}" and self.facts.get("part") == "birth":
            return texts.text("error.checklist_invalid_birth", **facts)
        if self.key == f"error.{ErrorCode.CHECKLIST_INVALID}" and self.facts.get("part") == "answers":
            return texts.text("error.checklist_invalid_answers", **facts)
        if self.key == f"error.{ErrorCode.STALE_CHECK}" and self.facts.get("lost"):
            lost = lost_words(self.facts["lost"], self.facts.get("more", ""), texts)
            return texts.text("error.stale_check_lost", **{**facts, "lost": lost})
        key = self.key.replace("error.", f"{self.purpose}.")
        return texts.text(key if key in texts.keys() else self.key, **facts)  # noqa: SIM118 - a catalogue is no mapping

    def as_cookie(self) -> str:
        """The value of the cookie."""
        shape = json.dumps([self.key, dict(self.facts)], ensure_ascii=True)
        return base64.urlsafe_b64encode(shape.encode()).decode()

    @classmethod
    def from_cookie(cls, value: str | None, texts: Catalogue) -> "Banner | None":
        """Read a cookie; None if it does not hold a line of ours."""
        if not value or len(value) > _LONGEST_COOKIE:
            return None
        try:
            key, facts = json.loads(base64.urlsafe_b64decode(value.encode()))
            kept = {
                name: fact for name, fact in facts.items() if isinstance(fact, str) and _is_ours(name, fact)
            }
        except (ValueError, binascii.Error, AttributeError, TypeError, RecursionError):
            return None
        if any(contains_my_number(fact, FieldShape.RECORD) for fact in kept.values()):
            return None
        known = isinstance(key, str) and key.startswith(("error.", "done.")) and key in texts.keys()  # noqa: SIM118 - a catalogue is no mapping
        return cls(key, kept) if known else None


def _word(texts: Catalogue, kind: str, code: str | None) -> str:
    key = f"{kind}.{code}"
    return texts.text(key) if key in texts.keys() else ""  # noqa: SIM118 - a catalogue is no mapping


def _is_ours(name: object, fact: str) -> bool:
    """Whether a fact in a cookie has a name and a form that this program writes."""
    if name == "lost":
        return bool(_LOST.fullmatch(fact))
    return name in _FACTS and bool(_FACT.fullmatch(fact))


def _seconds(until: str, now: datetime) -> int:
    try:
        left = (datetime.fromisoformat(until) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 1
    return max(1, ceil(left))


def lost_words(lost: str, more: str, texts: Catalogue) -> str:
    """The names of ticks that were not taken over; ``reception.check_seen.lost_of`` says how ``lost`` is written."""
    documents = Catalogue("documents", texts.language)
    said = []
    for mark in lost.split():
        field, _, code = mark[1:].partition(":")
        if mark.startswith("="):
            said.append(texts.text("lost.chosen", name=name_of("recipient", mark[1:], documents)))
            continue
        if field == _APART:
            said.append(texts.text("lost.apart" if mark.startswith("+") else "lost.together"))
            continue
        kind = _KINDS.get(field, "document")
        name = shown_name(code, documents) if kind == "document" else name_of(kind, code, documents)
        said.append(texts.text("lost.ticked" if mark.startswith("+") else "lost.cleared", name=name))
    if more.isdigit():
        said.append(texts.text("lost.more", count=more))
    return texts.text("common.comma").join(said)
