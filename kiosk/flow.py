"""The course of one visit at the kiosk, as a pure function: ``(state, input) -> (state, effects)``.

Nothing here waits, draws, sends or prints. Request ids come in with the inputs that may start a request, so
that one attempt has one id however often it is tapped or sent. The rules:

- While the server is asked, scans and taps change nothing.
- A number that was given is shown whatever the printer says; paper is a report about a ticket.
- A twelve-digit number is refused here: what was typed or read is gone in the same step, only its kind is
  reported (see :mod:`backend.wire.my_number`).
- Every screen but the first ends by itself.
"""

from dataclasses import replace
from functools import singledispatchmethod
from typing import Final
from uuid import UUID

from assets.catalogue import Language
from backend.wire.codes import CheckInReason, PrintState, RefusalKind, ScanReason
from backend.wire.messages import (
    CheckInReply,
    CheckInRequest,
    PrintReport,
    RefusalReport,
    WalkInRequest,
)
from backend.wire.my_number import contains_my_number
from kiosk import visit
from kiosk.step import Draft, Durations, Step
from kiosk.visit import Button, Hint, Input, KeyPage, Paper, Server, State, Timer, Tone, TroubleReason

MAX_NUMBER_LENGTH: Final = 11
"""Longest number the keypad takes: one short of a 個人番号, longer than any number on a notice."""

MAX_PRINT_JOBS: Final = 3
"""Print jobs of one ticket screen: paper is not a toy."""

MAX_CODE_LENGTH: Final = 8000
"""Longest text that the wire carries; no QR code holds more."""

KEYS: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

ASSISTED: Final = frozenset(
    {TroubleReason.UNKNOWN, TroubleReason.ANOTHER_DAY, TroubleReason.CANCELLED, TroubleReason.NO_CARD}
)
"""Troubles after which a number of the assisted queue helps on."""

HINTS: Final = {
    ScanReason.AMBIGUOUS: Hint.ONE_CODE_AT_A_TIME,
    ScanReason.FOREIGN: Hint.ANOTHER_CODE,
    ScanReason.HARD_TO_READ: Hint.HARD_TO_READ,
}
"""What is only hinted at; the camera goes on looking."""


class Flow:
    """The rules of a visit.

    Args:
        durations: how long screens stay.
        language: what the machine speaks to a new visitor.
    """

    def __init__(self, durations: Durations | None = None, language: Language = Language.JAPANESE) -> None:
        self.durations = durations or Durations()
        self.language = language

    def begin(self) -> State:
        """The state of a machine that was just switched on."""
        return State(visit.OutOfService(), self.language)

    def step(self, state: State, happened: Input) -> Step:
        """Tell what an input changes and what has to be done about it."""
        draft = Draft(state)
        self._take(happened, draft)
        return Step(draft.state, tuple(draft.effects))

    @singledispatchmethod
    def _take(self, happened: object, draft: Draft) -> None:  # noqa: ARG002 - the shape of all inputs
        raise TypeError(f"not an input of a visit: {type(happened).__name__}")

    # Codes ---------------------------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.Scanned, draft: Draft) -> None:
        if _is_my_number(happened):
            happened = replace(happened, reason=ScanReason.MY_NUMBER, text=None)
        screen = draft.state.screen
        if isinstance(screen, visit.Working | visit.OutOfService):
            return
        if isinstance(screen, visit.TicketShown):
            if _is_new(happened, screen.source):
                draft.alter(replace(screen, next_scan=happened))
                if screen.settled:
                    self._leave_ticket(draft)
            return
        if isinstance(screen, visit.Trouble) and not self._is_new_to_trouble(happened, screen, draft):
            return
        self._read(happened, draft)

    def _is_new_to_trouble(self, happened: visit.Scanned, screen: visit.Trouble, draft: Draft) -> bool:
        """Tell whether a scan is more than the same thing held on; the same notice again means: try again."""
        if happened.text is not None and happened.text == screen.source:
            self._retry(screen, draft)
            return False
        same_refusal = screen.reason is TroubleReason.REFUSED and happened.reason is ScanReason.MY_NUMBER
        return _is_new(happened, screen.source) and not same_refusal

    def _read(self, happened: visit.Scanned, draft: Draft) -> None:
        """Act on a code, whatever the screen."""
        text = happened.text or ""
        if happened.reason is ScanReason.MY_NUMBER:
            self._refuse_number(happened.fresh_id, draft)
        elif happened.reason in HINTS:
            self._hint(HINTS[happened.reason], happened.fresh_id, draft)
        elif happened.reason is not ScanReason.OK:
            return
        elif not 1 <= len(text) <= MAX_CODE_LENGTH:
            self._hint(Hint.ANOTHER_CODE, happened.fresh_id, draft)
        else:
            self._ask(
                CheckInRequest(request_id=happened.fresh_id, code=text, language=draft.state.language), draft
            )

    def _hint(self, hint: Hint, fresh_id: UUID, draft: Draft) -> None:
        """Give a hint where the camera is looked into; elsewhere it would only disturb. Other codes are counted."""
        if not isinstance(draft.state.screen, visit.Welcome):
            return
        if hint is Hint.ANOTHER_CODE:
            draft.do(_refusal(RefusalKind.FOREIGN_CODE, fresh_id))
        draft.alter(visit.Welcome(hint))
        draft.start(Timer.SCREEN, self.durations.hint)

    def _refuse_number(self, fresh_id: UUID, draft: Draft) -> None:
        """Refuse a 12-digit number. Nothing of it stays in the new state."""
        draft.do(_refusal(RefusalKind.MY_NUMBER, fresh_id), visit.PlayTone(Tone.REFUSED))
        draft.show(visit.Trouble(TroubleReason.REFUSED))
        draft.start(Timer.SCREEN, self.durations.trouble)

    # Buttons -------------------------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.Tapped, draft: Draft) -> None:
        match draft.state.screen:
            case visit.Welcome():
                self._tap_welcome(happened, draft)
            case visit.Keypad() as screen:
                self._tap_keypad(happened, screen, draft)
            case visit.Bring() as screen:
                self._tap_bring(happened.button, screen, draft)
            case visit.TicketShown() as screen:
                self._tap_ticket(happened.button, screen, draft)
            case visit.Trouble() as screen:
                self._tap_trouble(happened, screen, draft)
            case _:
                return

    def _tap_welcome(self, happened: visit.Tapped, draft: Draft) -> None:
        if happened.button is Button.ENTER_NUMBER:
            self._show_unhurried(visit.Keypad(), draft)
        elif happened.button is Button.WALK_IN:
            self._ask_walk_in(happened.fresh_id, draft)
        elif happened.button is Button.BRING and draft.state.conditions.bring:
            self._show_unhurried(visit.Bring(), draft)

    def _tap_keypad(self, happened: visit.Tapped, screen: visit.Keypad, draft: Draft) -> None:
        typed = screen.typed
        match happened.button:
            case Button.BACKSPACE:
                self._show_unhurried(replace(screen, typed=typed[:-1], warned=False), draft)
            case Button.PAGE:
                page = KeyPage.LETTERS if screen.page is KeyPage.DIGITS else KeyPage.DIGITS
                self._show_unhurried(replace(screen, page=page, warned=False), draft)
            case Button.STAY:
                self._show_unhurried(replace(screen, warned=False), draft)
            case Button.CONFIRM if typed:
                language = draft.state.language
                self._ask(
                    CheckInRequest(request_id=happened.fresh_id, number=typed, language=language), draft
                )
            case Button.HOME:
                self._go_home(draft)
            case _:
                return

    def _tap_bring(self, button: Button, screen: visit.Bring, draft: Draft) -> None:
        if button is Button.HOME:
            self._go_home(draft)
        elif button is Button.STAY:
            self._show_unhurried(replace(screen, warned=False), draft)
        elif button is Button.CHOICES and screen.situation is not None:
            self._show_unhurried(visit.Bring(), draft)
        elif button is Button.MORE and screen.situation is not None:
            self._show_unhurried(replace(screen, more=not screen.more, warned=False), draft)

    @_take.register
    def _(self, happened: visit.SituationTapped, draft: Draft) -> None:
        screen = draft.state.screen
        if not isinstance(screen, visit.Bring) or screen.situation is not None:
            return
        for situation in draft.state.conditions.bring:
            if situation.code == happened.situation:
                self._show_unhurried(visit.Bring(situation), draft)
                return

    def _tap_ticket(self, button: Button, screen: visit.TicketShown, draft: Draft) -> None:
        if button is Button.HOME:
            self._leave_ticket(draft)
        elif button is Button.STAY:
            draft.start(Timer.SCREEN, self.durations.ticket_more)
        elif button is Button.REPRINT and may_reprint(screen):
            screen = replace(screen, paper=Paper.PRINTING, trouble=None, jobs=screen.jobs + 1)
            draft.alter(screen)
            draft.do(visit.Print(screen.ticket, screen.reason, draft.state.language, screen.jobs))
            draft.start(Timer.SCREEN, self.durations.ticket)

    def _tap_trouble(self, happened: visit.Tapped, screen: visit.Trouble, draft: Draft) -> None:
        match happened.button:
            case Button.HOME:
                self._go_home(draft)
            case Button.RETRY:
                self._retry(screen, draft)
            case Button.ENTER_NUMBER:
                self._show_unhurried(visit.Keypad(), draft)
            case Button.WALK_IN if screen.reason in ASSISTED:
                self._ask_walk_in(happened.fresh_id, draft)
            case _:
                return

    # Asking the server ---------------------------------------------------------------------------------------

    def _ask(self, request: CheckInRequest | WalkInRequest, draft: Draft) -> None:
        draft.show(visit.Working(request))
        draft.do(visit.CheckIn(request) if isinstance(request, CheckInRequest) else visit.WalkIn(request))
        draft.start(Timer.SCREEN, self.durations.working)

    def _ask_walk_in(self, fresh_id: UUID, draft: Draft) -> None:
        self._ask(WalkInRequest(request_id=fresh_id, language=draft.state.language), draft)

    def _retry(self, screen: visit.Trouble, draft: Draft) -> None:
        """Send the same request again: if only its answer was lost, the server answers the same again."""
        if screen.retry is not None:
            self._ask(screen.retry, draft)

    @_take.register
    def _(self, happened: visit.Answered, draft: Draft) -> None:
        screen = draft.state.screen
        if not isinstance(screen, visit.Working) or screen.request.request_id != happened.request_id:
            return
        reply = happened.reply
        if reply.ticket is not None and reply.reason.gives_ticket:
            self._show_ticket(reply, _source(screen.request), draft)
        elif reply.reason.gives_ticket:
            self._show_trouble(visit.Trouble(TroubleReason.NOT_ACCEPTED), draft)
        else:
            self._show_trouble(
                visit.Trouble(TroubleReason(reply.reason.value), reply, source=_source(screen.request)), draft
            )

    @_take.register
    def _(self, happened: visit.Unanswered, draft: Draft) -> None:
        screen = draft.state.screen
        if isinstance(screen, visit.Working) and screen.request.request_id == happened.request_id:
            again = screen.request if happened.reason is TroubleReason.SERVER_AWAY else None
            source = None if happened.reason is TroubleReason.REFUSED else _source(screen.request)
            self._show_trouble(visit.Trouble(happened.reason, retry=again, source=source), draft)

    def _show_trouble(self, screen: visit.Trouble, draft: Draft) -> None:
        draft.show(screen)
        draft.do(visit.PlayTone(Tone.REFUSED))
        draft.start(Timer.SCREEN, self.durations.trouble)

    # The ticket and its paper --------------------------------------------------------------------------------

    def _show_ticket(self, reply: CheckInReply, source: str | None, draft: Draft) -> None:
        ticket = reply.ticket
        if ticket is None:
            return
        had_paper = reply.reason is CheckInReason.ALREADY_CHECKED_IN and ticket.print_state in {
            PrintState.PRINTED,
            PrintState.UNCONFIRMED,
        }
        paper = Paper.PRINTED_BEFORE if had_paper else Paper.PRINTING
        screen = visit.TicketShown(ticket, reply.reason, paper, jobs=0 if had_paper else 1, source=source)
        draft.show(screen)
        if not had_paper:
            draft.do(visit.Print(ticket, reply.reason, draft.state.language, screen.jobs))
        draft.do(visit.PlayTone(Tone.ACCEPTED))
        draft.start(Timer.SCREEN, self.durations.ticket)
        draft.start(Timer.SETTLE, self.durations.ticket_settle)

    @_take.register
    def _(self, happened: visit.PrintFinished, draft: Draft) -> None:
        # The report is due even where the visitor has left: the clerk sees who has no paper.
        report = PrintReport.model_validate(
            {"request_id": happened.fresh_id, "state": happened.state, "trouble": happened.trouble}
        )
        draft.do(visit.ReportPrint(happened.ticket_id, report))
        screen = draft.state.screen
        if not isinstance(screen, visit.TicketShown):
            return
        if screen.ticket.ticket_id != happened.ticket_id or screen.jobs != happened.job:
            return
        draft.alter(replace(screen, paper=Paper(happened.state.value), trouble=happened.trouble))
        failed = happened.state is PrintState.FAILED
        if failed:
            draft.do(visit.PlayTone(Tone.REFUSED))
        draft.start(Timer.SCREEN, self.durations.ticket_unprinted if failed else self.durations.ticket)

    def _leave_ticket(self, draft: Draft) -> None:
        """Go on with the notice that is held up already, or to the first screen."""
        screen = draft.state.screen
        if isinstance(screen, visit.TicketShown) and screen.next_scan is not None:
            # Read as on the first screen: the ticket that was shown has no part in it.
            draft.show(visit.Welcome())
            self._read(screen.next_scan, draft)
        else:
            self._go_home(draft)

    # Typing and reading --------------------------------------------------------------------------------------

    def _show_unhurried(self, screen: visit.Keypad | visit.Bring, draft: Draft) -> None:
        """Show a screen whose visitor is asked before it goes."""
        draft.show(screen)
        draft.start(Timer.SCREEN, self.durations.keypad)

    @_take.register
    def _(self, happened: visit.KeyTapped, draft: Draft) -> None:
        screen = draft.state.screen
        if not isinstance(screen, visit.Keypad) or happened.key not in KEYS:
            return
        typed = screen.typed + happened.key
        if contains_my_number(typed):
            self._refuse_number(happened.fresh_id, draft)
            return
        if len(typed) > MAX_NUMBER_LENGTH:
            typed = screen.typed
        self._show_unhurried(replace(screen, typed=typed, warned=False), draft)

    # Time, language, way back --------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.TimerElapsed, draft: Draft) -> None:
        if (happened.timer, happened.epoch) not in draft.state.running:
            return
        draft.ended(happened.timer)
        screen = draft.state.screen
        if isinstance(screen, visit.TicketShown):
            if happened.timer is Timer.SCREEN or screen.next_scan is not None:
                self._leave_ticket(draft)
            else:
                draft.alter(replace(screen, settled=True))
        elif isinstance(screen, visit.Keypad | visit.Bring) and not screen.warned:
            draft.alter(replace(screen, warned=True))
            draft.start(Timer.SCREEN, self.durations.keypad_warning)
        elif isinstance(screen, visit.Working):
            self._show_trouble(
                visit.Trouble(
                    TroubleReason.SERVER_AWAY, retry=screen.request, source=_source(screen.request)
                ),
                draft,
            )
        else:
            self._go_home(draft)

    @_take.register
    def _(self, happened: visit.LanguageTapped, draft: Draft) -> None:
        draft.state = replace(draft.state, language=happened.language)
        screen = draft.state.screen
        if isinstance(screen, visit.TicketShown):
            draft.start(Timer.SCREEN, self.durations.ticket_more)
        elif isinstance(screen, visit.Trouble):
            draft.start(Timer.SCREEN, self.durations.trouble)
        elif isinstance(screen, visit.Keypad | visit.Bring):
            self._show_unhurried(replace(screen, warned=False), draft)
        elif not isinstance(screen, visit.Working):
            draft.start(Timer.SCREEN, self.durations.language)

    def _go_home(self, draft: Draft) -> None:
        """Show the first screen to a new visitor."""
        draft.state = replace(draft.state, language=self.language)
        draft.show(home(draft.state.conditions))

    # Surroundings --------------------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.ServerChanged, draft: Draft) -> None:
        server = Server.UP if happened.up else Server.DOWN
        self._surroundings(replace(draft.state.conditions, server=server), draft)

    @_take.register
    def _(self, happened: visit.CameraChanged, draft: Draft) -> None:
        self._surroundings(replace(draft.state.conditions, camera=happened.working), draft)

    @_take.register
    def _(self, happened: visit.OfficeChanged, draft: Draft) -> None:
        self._surroundings(
            replace(draft.state.conditions, open_now=happened.open_now, opens_at=happened.opens_at), draft
        )

    @_take.register
    def _(self, happened: visit.BringChanged, draft: Draft) -> None:
        self._surroundings(replace(draft.state.conditions, bring=happened.situations), draft)

    def _surroundings(self, conditions: visit.Conditions, draft: Draft) -> None:
        """Take note; only the first screen changes at once, a visit in progress goes on."""
        draft.state = replace(draft.state, conditions=conditions)
        screen, right = draft.state.screen, home(conditions)
        if isinstance(screen, visit.Welcome | visit.Closed | visit.OutOfService) and type(screen) is not type(
            right
        ):
            draft.alter(right)


def home(conditions: visit.Conditions) -> visit.Screen:
    """The first screen under these conditions."""
    if conditions.server is not Server.UP:
        return visit.OutOfService()
    return visit.Welcome() if conditions.open_now else visit.Closed()


def may_reprint(screen: visit.TicketShown) -> bool:
    """Tell whether the ticket may be printed once more."""
    return screen.paper is not Paper.PRINTING and screen.jobs < MAX_PRINT_JOBS


def _refusal(kind: RefusalKind, fresh_id: UUID) -> visit.ReportRefusal:
    return visit.ReportRefusal(RefusalReport(request_id=fresh_id, kind=kind))


def _source(request: CheckInRequest | WalkInRequest) -> str | None:
    return request.code if isinstance(request, CheckInRequest) else None


def _is_my_number(happened: visit.Scanned) -> bool:
    return happened.reason is ScanReason.MY_NUMBER or contains_my_number(happened.text or "")


def _is_new(happened: visit.Scanned, source: str | None) -> bool:
    """Tell whether a scan is worth leaving a screen for: another code, or one to be refused."""
    if happened.reason is ScanReason.MY_NUMBER:
        return True
    return happened.reason is ScanReason.OK and happened.text != source
