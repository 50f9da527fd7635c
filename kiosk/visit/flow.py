"""The course of one visit at the kiosk, as a pure function: ``(state, input) -> (state, effects)``.

Nothing here waits, draws, sends or prints. Request ids come in with the inputs that may start a request, so
that one attempt has one id however often it is tapped or sent. The rules:

- While the server is asked, scans and taps change nothing.
- A number that was given is shown whatever the printer says; paper is a report about a ticket.
- A twelve-digit number is refused here: what was typed or read is gone in the same step, only its kind is
  reported (see :mod:`backend.wire.my_number`).
- Every screen but the first ends by itself; where something is read or typed, the visitor is asked first.
- A number without a reservation is asked for on a screen of its own: no single tap makes one.
"""

from dataclasses import replace
from functools import singledispatchmethod
from typing import Final
from uuid import UUID

from backend.common import Language
from backend.wire import (
    CheckInReply,
    CheckInRequest,
    FieldShape,
    RefusalKind,
    RefusalReport,
    ScanReason,
    WalkInRequest,
    contains_my_number,
)
from kiosk.visit import keypad_steps, model as visit, ticket_steps
from kiosk.visit.model import Button, Hint, Input, ServerState, State, Timer, Tone, TroubleReason
from kiosk.visit.transition import Draft, Durations, Transition
from kiosk.visit.typed_number import NumberForms, NumberStage

MAX_RETRIES: Final = 4
"""So often the machine asks again by itself for one visitor; then when the server is back, or they ask it to."""

MAX_CODE_LENGTH: Final = 8000
"""Longest text that the wire carries; no QR code holds more."""

ASSISTED: Final = frozenset(
    {
        TroubleReason.UNKNOWN,
        TroubleReason.ANOTHER_DAY,
        TroubleReason.ANOTHER_OFFICE,
        TroubleReason.CANCELLED,
        TroubleReason.NO_CARD,
    }
)
"""Troubles after which a number of the assisted queue may help on; the screen offers it where it does."""

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

    def step(self, state: State, happened: Input) -> Transition:
        """Tell what an input changes and what has to be done about it."""
        draft = Draft(state)
        self._take(happened, draft)
        return Transition(draft.state, tuple(draft.effects))

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
                self._give_way(draft)
            elif happened.text is not None and ticket_steps.may_ask_again(screen):
                self._ask(self._with_code(happened.text, happened.fresh_id, draft), draft, before=screen)
            return
        if isinstance(screen, visit.Trouble) and not self._is_new_to_trouble(happened, screen, draft):
            return
        self._read(happened, draft)

    def _is_new_to_trouble(self, happened: visit.Scanned, screen: visit.Trouble, draft: Draft) -> bool:
        """Whether a scan is more than the same thing held on; the same notice again means: try again."""
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
            self._ask(self._with_code(text, happened.fresh_id, draft), draft)

    @staticmethod
    def _with_code(text: str, fresh_id: UUID, draft: Draft) -> CheckInRequest:
        return CheckInRequest(request_id=fresh_id, code=text, language=draft.state.language)

    def _hint(self, hint: Hint, fresh_id: UUID, draft: Draft) -> None:
        """Give a hint where the camera is looked into; elsewhere it would only disturb. Other codes are counted."""
        if not isinstance(draft.state.screen, visit.Welcome):
            return
        if hint is Hint.ANOTHER_CODE:
            draft.do(_refusal(RefusalKind.FOREIGN_CODE, fresh_id))
        draft.alter(visit.Welcome(hint))
        draft.start(Timer.SCREEN, self.durations.hint)

    def _refuse_number(self, fresh_id: UUID, draft: Draft, *, by_keys: bool = False) -> None:
        """Refuse a 12-digit number. Nothing of it stays in the new state."""
        draft.do(_refusal(RefusalKind.MY_NUMBER, fresh_id))
        self._show_trouble(visit.Trouble(TroubleReason.REFUSED, by_keys=by_keys), draft)

    # Buttons -------------------------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.Tapped, draft: Draft) -> None:
        match draft.state.screen:
            case visit.Welcome():
                self._tap_welcome(happened, draft)
            case visit.Keypad() as screen:
                self._tap_keypad(happened, screen, draft)
            case visit.WalkInQuestion() as screen:
                self._tap_walk_in(happened, screen, draft)
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
            self._show_unhurried(visit.WalkInQuestion(), draft)
        elif happened.button is Button.BRING and draft.state.conditions.bring:
            self._show_unhurried(visit.Bring(), draft)

    def _tap_keypad(self, happened: visit.Tapped, screen: visit.Keypad, draft: Draft) -> None:
        forms = _forms(draft)
        if happened.button is Button.HOME:
            self._go_back(draft)
        elif happened.button is Button.CONFIRM:
            if forms.look(screen.typed).stage is NumberStage.WHOLE:
                self._ask(
                    CheckInRequest(
                        request_id=happened.fresh_id, number=screen.typed, language=draft.state.language
                    ),
                    draft,
                )
        elif (changed := keypad_steps.tap(screen, happened.button, forms)) is not None:
            self._show_unhurried(changed, draft)

    def _tap_walk_in(self, happened: visit.Tapped, screen: visit.WalkInQuestion, draft: Draft) -> None:
        if happened.button is Button.TAKE_NUMBER:
            language = draft.state.language
            self._ask(WalkInRequest(request_id=happened.fresh_id, language=language), draft)
        elif happened.button is Button.STAY:
            self._show_unhurried(replace(screen, warned=False), draft)
        elif happened.button is Button.HOME:
            self._go_back(draft)

    def _tap_bring(self, button: Button, screen: visit.Bring, draft: Draft) -> None:
        if button is Button.HOME:
            self._go_back(draft)
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
        elif button is Button.REPRINT:
            ticket_steps.reprint(draft, self.durations, screen)

    def _tap_trouble(self, happened: visit.Tapped, screen: visit.Trouble, draft: Draft) -> None:
        match happened.button:
            case Button.HOME:
                self._go_back(draft)
            case Button.STAY:
                self._show_unhurried(replace(screen, warned=False), draft)
            case Button.RETRY:
                self._retry(screen, draft)
            case Button.ENTER_NUMBER:
                self._show_unhurried(visit.Keypad(), draft)
            case Button.RETYPE if screen.by_keys:
                self._show_unhurried(keypad_steps.correcting(screen.typed), draft)
            case Button.WALK_IN if screen.reason in ASSISTED:
                self._show_unhurried(visit.WalkInQuestion(assisted=True), draft)
            case _:
                return

    # Asking the server ---------------------------------------------------------------------------------------

    def _ask(
        self,
        request: CheckInRequest | WalkInRequest,
        draft: Draft,
        retries: int = 0,
        before: visit.TicketShown | None = None,
    ) -> None:
        draft.show(visit.Working(request, retries, before))
        draft.do(visit.SendCheckIn(request) if isinstance(request, CheckInRequest) else visit.WalkIn(request))
        draft.start(Timer.SCREEN, self.durations.working)

    def _retry(self, screen: visit.Trouble, draft: Draft) -> None:
        """Send the same request again: if only its answer was lost, the server answers the same again."""
        if screen.retry is not None:
            self._ask(screen.retry, draft)

    def _retry_unasked(self, draft: Draft) -> None:
        """Ask again without a tap, while the visitor is surely there: nobody's number is made after they left."""
        screen = draft.state.screen
        if isinstance(screen, visit.Trouble) and screen.retry is not None and not screen.warned:
            self._ask(screen.retry, draft, screen.retries + 1)

    @_take.register
    def _(self, happened: visit.Answered, draft: Draft) -> None:
        screen = draft.state.screen
        if not isinstance(screen, visit.Working) or screen.request.request_id != happened.request_id:
            return
        reply = happened.reply
        source = _source(screen.request)
        if screen.before is not None and ticket_steps.still_waits(screen.before, reply):
            ticket_steps.bring_back(draft, self.durations, screen.before, reply.ticket)
        elif reply.ticket is not None and reply.reason.gives_ticket:
            ticket_steps.show_ticket(draft, self.durations, reply, reply.ticket, source)
        elif reply.reason.gives_ticket:
            self._show_trouble(visit.Trouble(TroubleReason.NOT_ACCEPTED), draft)
        else:
            self._show_trouble(_trouble(TroubleReason(reply.reason.value), screen, reply=reply), draft)

    @_take.register
    def _(self, happened: visit.Unanswered, draft: Draft) -> None:
        screen = draft.state.screen
        if isinstance(screen, visit.Working) and screen.request.request_id == happened.request_id:
            self._end_unanswered(happened.reason, screen, draft)

    def _end_unanswered(self, reason: TroubleReason, screen: visit.Working, draft: Draft) -> None:
        """Say that nothing came of it; a number that was on the screen before is worth more than that."""
        if screen.before is not None:
            ticket_steps.bring_back(draft, self.durations, screen.before)
        else:
            self._show_trouble(_trouble(reason, screen), draft)

    def _show_trouble(self, screen: visit.Trouble, draft: Draft) -> None:
        if not screen.retries:
            draft.do(visit.PlayTone(Tone.REFUSED))
        self._show_unhurried(screen, draft)

    # The ticket and its paper --------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.PrintFinished, draft: Draft) -> None:
        ticket_steps.finish_print(draft, self.durations, happened)
        self._give_way(draft)

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

    def _show_unhurried(self, screen: visit.Unhurried, draft: Draft) -> None:
        """Show a screen whose visitor is asked before it goes."""
        draft.show(screen)
        trouble = isinstance(screen, visit.Trouble)
        draft.start(Timer.SCREEN, self.durations.trouble if trouble else self.durations.keypad)
        if isinstance(screen, visit.Trouble) and screen.retry is not None and screen.retries < MAX_RETRIES:
            draft.start(Timer.RETRY, self.durations.retry)

    @_take.register
    def _(self, happened: visit.KeyTapped, draft: Draft) -> None:
        screen = draft.state.screen
        if not isinstance(screen, visit.Keypad):
            return
        pressed = keypad_steps.press(screen, happened.key, _forms(draft))
        if pressed is None:
            self._refuse_number(happened.fresh_id, draft, by_keys=True)
        else:
            self._show_unhurried(pressed, draft)

    # Time, language, way back --------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.TimerElapsed, draft: Draft) -> None:
        if (happened.timer, happened.epoch) not in draft.state.running:
            return
        draft.ended(happened.timer)
        screen = draft.state.screen
        if happened.timer is Timer.RETRY:
            self._retry_unasked(draft)
        elif happened.timer is Timer.SETTLE:
            self._settle(draft)
        elif isinstance(screen, visit.TicketShown):
            self._leave_ticket(draft)
        elif isinstance(screen, visit.Unhurried) and not screen.warned:
            draft.alter(replace(screen, warned=True))
            draft.start(Timer.SCREEN, self.durations.keypad_warning)
        elif isinstance(screen, visit.Working):
            self._end_unanswered(TroubleReason.SERVER_AWAY, screen, draft)
        else:
            self._go_home(draft)

    def _settle(self, draft: Draft) -> None:
        """The number could be read; another notice that is held up already takes over."""
        screen = draft.state.screen
        if isinstance(screen, visit.TicketShown):
            draft.alter(replace(screen, settled=True))
            self._give_way(draft)

    def _give_way(self, draft: Draft) -> None:
        """Let the notice that is held up already take over, once nothing of this number has to be noted."""
        screen = draft.state.screen
        if not isinstance(screen, visit.TicketShown) or screen.next_scan is None:
            return
        if ticket_steps.may_give_way(screen):
            self._leave_ticket(draft)

    @_take.register
    def _(self, happened: visit.LanguageTapped, draft: Draft) -> None:
        draft.state = replace(draft.state, language=happened.language)
        screen = draft.state.screen
        if isinstance(screen, visit.TicketShown):
            draft.start(Timer.SCREEN, self.durations.ticket_more)
        elif isinstance(screen, visit.Unhurried):
            self._show_unhurried(replace(screen, warned=False), draft)
        elif not isinstance(screen, visit.Working):
            draft.start(Timer.SCREEN, self.durations.language)

    def _go_home(self, draft: Draft) -> None:
        """Show the first screen to a new visitor."""
        draft.state = replace(draft.state, language=self.language)
        draft.show(home(draft.state.conditions))

    def _go_back(self, draft: Draft) -> None:
        """Show the first screen to a visitor who came from here, in the language that they chose."""
        draft.show(home(draft.state.conditions))
        if draft.state.language is not self.language:
            draft.start(Timer.SCREEN, self.durations.language)

    # Surroundings --------------------------------------------------------------------------------------------

    @_take.register
    def _(self, happened: visit.ServerChanged, draft: Draft) -> None:
        server = ServerState.UP if happened.up else ServerState.DOWN
        self._surroundings(replace(draft.state.conditions, server=server), draft)
        if happened.up:
            self._retry_unasked(draft)

    @_take.register
    def _(self, happened: visit.CameraChanged, draft: Draft) -> None:
        self._surroundings(replace(draft.state.conditions, camera=happened.working), draft)

    @_take.register
    def _(self, happened: visit.OfficeChanged, draft: Draft) -> None:
        self._surroundings(
            replace(draft.state.conditions, open_now=happened.open_now, opens_at=happened.opens_at), draft
        )

    @_take.register
    def _(self, happened: visit.NumbersChanged, draft: Draft) -> None:
        self._surroundings(replace(draft.state.conditions, numbers=happened.shapes), draft)

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
    if conditions.server is not ServerState.UP:
        return visit.OutOfService()
    return visit.Welcome() if conditions.open_now else visit.Closed()


def _refusal(kind: RefusalKind, fresh_id: UUID) -> visit.ReportRefusal:
    return visit.ReportRefusal(RefusalReport(request_id=fresh_id, kind=kind))


def _source(request: CheckInRequest | WalkInRequest) -> str | None:
    return request.code if isinstance(request, CheckInRequest) else None


def _trouble(
    reason: TroubleReason, asked: visit.Working, *, reply: CheckInReply | None = None
) -> visit.Trouble:
    """Why a request gave no number. A number that was refused is not kept, a code not looked at for ever."""
    request, refused = asked.request, reason is TroubleReason.REFUSED
    typed = request.number if isinstance(request, CheckInRequest) else None
    return visit.Trouble(
        reason,
        reply,
        retry=request if reason is TroubleReason.SERVER_AWAY else None,
        source=None if refused else _source(request),
        typed="" if refused else typed or "",
        by_keys=typed is not None,
        retries=asked.retries,
    )


def _forms(draft: Draft) -> NumberForms:
    return NumberForms(draft.state.conditions.numbers)


def _is_my_number(happened: visit.Scanned) -> bool:
    return happened.reason is ScanReason.MY_NUMBER or contains_my_number(happened.text or "", FieldShape.CODE)


def _is_new(happened: visit.Scanned, source: str | None) -> bool:
    """Whether a scan is worth leaving a screen for: another code, or one to be refused."""
    if happened.reason is ScanReason.MY_NUMBER:
        return True
    return happened.reason is ScanReason.OK and happened.text != source
