"""The course of one visit at the kiosk, as a pure function: ``(state, input) -> (state, effects)``.

Nothing here waits, draws, sends or prints. Request ids come in with the inputs that may start a request, so
that one attempt has one id however often it is tapped or sent. The rules:

- While the server is being asked, scans and taps change nothing.
- A number that was given is shown even if the printer fails: the ticket is valid without paper.
- A twelve-digit number is refused here: what was typed or read is dropped in the same step, and only the kind of
  refusal is reported (see :mod:`backend.wire.my_number`).
- Every screen but the first ends by itself; where something is read or typed, the visitor is asked first.
- A number without a reservation is asked for on a screen of its own, so that a single tap never makes one.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from backend.common import Language
from backend.wire import (
    CheckInRequest,
    FieldShape,
    RefusalKind,
    RefusalReport,
    ScanReason,
    WalkInRequest,
    contains_my_number,
)
from kiosk.visit import bring_steps, effects, inputs, keypad_steps, screens, server_steps, ticket_steps
from kiosk.visit.inputs import Button, Input, Timer, TroubleReason
from kiosk.visit.screens import Hint
from kiosk.visit.state import State
from kiosk.visit.surroundings import conditions_after, home
from kiosk.visit.transition import Draft, Durations, Transition
from kiosk.visit.typed_number import NumberForms, NumberStage

MAX_CODE_LENGTH: Final = 8000
"""Most characters of a code that the wire carries; no QR code holds more."""

ASSISTED: Final = frozenset(
    {
        TroubleReason.UNKNOWN,
        TroubleReason.NOT_RESERVED,
        TroubleReason.ANOTHER_DAY,
        TroubleReason.ANOTHER_OFFICE,
        TroubleReason.CANCELLED,
        TroubleReason.NO_CARD,
    }
)
"""Troubles after which the visitor may take a number without a reservation, to speak with the staff."""

HINTS: Final = {
    ScanReason.AMBIGUOUS: Hint.ONE_CODE_AT_A_TIME,
    ScanReason.FOREIGN: Hint.ANOTHER_CODE,
    ScanReason.HARD_TO_READ: Hint.HARD_TO_READ,
}
"""Verdicts that only lead to a hint; the camera goes on looking."""


class Flow:
    """The rules of a visit.

    Args:
        durations: how long screens stay.
        language: the language in which a new visitor is addressed.
    """

    def __init__(self, durations: Durations | None = None, language: Language = Language.JAPANESE) -> None:
        self.durations = durations or Durations()
        self.language = language

    def begin(self) -> State:
        """The state of a kiosk that was just switched on."""
        return State(screens.OutOfService(), self.language)

    def step(self, state: State, happened: Input) -> Transition:
        """The new state after an input, and the effects that it calls for."""
        draft = Draft(state, self.durations)
        self._take(happened, draft)
        return Transition(draft.state, tuple(draft.effects))

    def _take(self, happened: Input, draft: Draft) -> None:
        match happened:
            case inputs.Scanned():
                self._scanned(happened, draft)
            case inputs.Tapped():
                self._tapped(happened, draft)
            case inputs.SituationTapped() | inputs.ListPrinted():
                bring_steps.take(draft, happened)
            case inputs.KeyTapped():
                self._key_tapped(happened, draft)
            case inputs.LanguageTapped() | inputs.Touched():
                self._noticed(happened, draft)
            case inputs.Answered():
                server_steps.answered(draft, happened)
            case inputs.Unanswered():
                server_steps.unanswered(draft, happened)
            case inputs.PrintFinished():
                self._print_finished(happened, draft)
            case inputs.TimerElapsed():
                self._timer_elapsed(happened, draft)
            case _:
                self._changed(happened, draft)

    # Codes ---------------------------------------------------------------------------------------------------

    def _scanned(self, happened: inputs.Scanned, draft: Draft) -> None:
        if _is_my_number(happened):
            happened = replace(happened, reason=ScanReason.MY_NUMBER, text=None)
        screen = draft.state.screen
        if isinstance(screen, screens.Working | screens.OutOfService):
            return
        if isinstance(screen, screens.TicketShown):
            if happened.is_new_to(screen.source):
                draft.alter(replace(screen, next_scan=happened))
                self._give_way(draft)
            elif happened.text is not None and ticket_steps.may_ask_again(screen):
                server_steps.ask(
                    draft, self._with_code(happened.text, happened.fresh_id, draft), before=screen
                )
            return
        if isinstance(screen, screens.Trouble) and not self._is_new_to_trouble(happened, screen, draft):
            return
        self._read(happened, draft)

    def _is_new_to_trouble(self, happened: inputs.Scanned, screen: screens.Trouble, draft: Draft) -> bool:
        """Whether a scan is something new. The same notice again is not; it sends the same request again."""
        if happened.text is not None and happened.text == screen.source:
            server_steps.ask_again(draft, screen)
            return False
        same_refusal = screen.reason is TroubleReason.REFUSED and happened.reason is ScanReason.MY_NUMBER
        return happened.is_new_to(screen.source) and not same_refusal

    def _read(self, happened: inputs.Scanned, draft: Draft) -> None:
        """Act on a code, whatever screen is shown."""
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
            server_steps.ask(draft, self._with_code(text, happened.fresh_id, draft))

    @staticmethod
    def _with_code(text: str, fresh_id: UUID, draft: Draft) -> CheckInRequest:
        return CheckInRequest(request_id=fresh_id, code=text, language=draft.state.language)

    def _hint(self, hint: Hint, fresh_id: UUID, draft: Draft) -> None:
        """Give a hint, on the welcome screen only: elsewhere it would disturb. Foreign codes are reported."""
        if not isinstance(draft.state.screen, screens.Welcome):
            return
        if hint is Hint.ANOTHER_CODE:
            draft.do(_refusal(RefusalKind.FOREIGN_CODE, fresh_id))
        draft.alter(screens.Welcome(hint))
        draft.start(Timer.SCREEN, draft.durations.hint)

    def _refuse_number(self, fresh_id: UUID, draft: Draft, *, by_keys: bool = False) -> None:
        """Refuse a 12-digit number. Nothing of it stays in the new state."""
        draft.do(_refusal(RefusalKind.MY_NUMBER, fresh_id))
        server_steps.show_trouble(draft, screens.Trouble(TroubleReason.REFUSED, by_keys=by_keys))

    # Buttons -------------------------------------------------------------------------------------------------

    def _tapped(self, happened: inputs.Tapped, draft: Draft) -> None:
        if happened.button is Button.EASE:
            self._settle_in(draft, replace(draft.state, eased=not draft.state.eased))
            return
        match draft.state.screen:
            case screens.Welcome():
                self._tap_welcome(happened, draft)
            case screens.Keypad() as screen:
                self._tap_keypad(happened, screen, draft)
            case screens.WalkInQuestion() as screen:
                self._tap_walk_in(happened, screen, draft)
            case screens.Bring() as screen:
                self._tap_bring(happened, screen, draft)
            case screens.Closed():
                self._tap_closed(happened.button, draft)
            case screens.TicketShown() as screen:
                self._tap_ticket(happened.button, screen, draft)
            case screens.Trouble() as screen:
                self._tap_trouble(happened, screen, draft)
            case _:
                return

    def _tap_welcome(self, happened: inputs.Tapped, draft: Draft) -> None:
        if happened.button is Button.ENTER_NUMBER:
            draft.show_unhurried(screens.Keypad())
        elif happened.button is Button.WALK_IN:
            draft.show_unhurried(screens.WalkInQuestion())
        else:
            self._tap_closed(happened.button, draft)

    @staticmethod
    def _tap_closed(button: Button, draft: Draft) -> None:
        """What to bring can be looked up whether the office is open or not."""
        if button is Button.BRING and draft.state.conditions.bring:
            draft.show_unhurried(screens.Bring())

    def _tap_keypad(self, happened: inputs.Tapped, screen: screens.Keypad, draft: Draft) -> None:
        forms = _forms(draft)
        if happened.button is Button.HOME:
            self._go_back(draft)
        elif happened.button is Button.CONFIRM:
            if forms.look(screen.typed).stage is NumberStage.WHOLE:
                server_steps.ask(
                    draft,
                    CheckInRequest(
                        request_id=happened.fresh_id, number=screen.typed, language=draft.state.language
                    ),
                )
        elif (changed := keypad_steps.tap(screen, happened.button, forms)) is not None:
            draft.show_unhurried(changed)

    def _tap_walk_in(self, happened: inputs.Tapped, screen: screens.WalkInQuestion, draft: Draft) -> None:
        if happened.button is Button.TAKE_NUMBER:
            language = draft.state.language
            server_steps.ask(draft, WalkInRequest(request_id=happened.fresh_id, language=language))
        elif happened.button is Button.STAY:
            draft.show_unhurried(replace(screen, warned=False))
        elif happened.button is Button.HOME:
            self._go_back(draft)

    def _tap_bring(self, happened: inputs.Tapped, screen: screens.Bring, draft: Draft) -> None:
        if happened.button is Button.HOME:
            self._go_back(draft)
        else:
            bring_steps.tap(draft, screen, happened)

    def _tap_ticket(self, button: Button, screen: screens.TicketShown, draft: Draft) -> None:
        if button is Button.HOME:
            self._leave_ticket(draft)
        elif button is Button.STAY:
            ticket_steps.keep(draft, screen)
        elif button is Button.REPRINT:
            ticket_steps.reprint(draft, screen)

    def _tap_trouble(self, happened: inputs.Tapped, screen: screens.Trouble, draft: Draft) -> None:
        match happened.button:
            case Button.HOME:
                self._go_back(draft)
            case Button.STAY:
                draft.show_unhurried(replace(screen, warned=False))
            case Button.RETRY:
                server_steps.ask_again(draft, screen)
            case Button.ENTER_NUMBER:
                draft.show_unhurried(screens.Keypad())
            case Button.RETYPE if screen.by_keys:
                draft.show_unhurried(keypad_steps.correcting(screen.typed))
            case Button.WALK_IN if screen.reason in ASSISTED:
                draft.show_unhurried(screens.WalkInQuestion(assisted=True))
            case _:
                return

    # The ticket and its paper --------------------------------------------------------------------------------

    def _print_finished(self, happened: inputs.PrintFinished, draft: Draft) -> None:
        ticket_steps.finish_print(draft, happened)
        self._give_way(draft)

    def _leave_ticket(self, draft: Draft) -> None:
        """Go on to the next notice if one is held up already, or else to the first screen."""
        screen = draft.state.screen
        if isinstance(screen, screens.TicketShown) and screen.next_scan is not None:
            # Read it as on the first screen: the ticket that was shown does not matter.
            draft.show(screens.Welcome())
            self._read(screen.next_scan, draft)
        else:
            self._go_home(draft)

    # Typing and reading --------------------------------------------------------------------------------------

    def _key_tapped(self, happened: inputs.KeyTapped, draft: Draft) -> None:
        screen = draft.state.screen
        if not isinstance(screen, screens.Keypad):
            return
        pressed = keypad_steps.press(screen, happened.key, _forms(draft))
        if pressed is None:
            self._refuse_number(happened.fresh_id, draft, by_keys=True)
        else:
            draft.show_unhurried(pressed)

    # Time, language, way back --------------------------------------------------------------------------------

    def _timer_elapsed(self, happened: inputs.TimerElapsed, draft: Draft) -> None:
        if (happened.timer, happened.epoch) not in draft.state.running:
            return
        draft.ended(happened.timer)
        screen = draft.state.screen
        if happened.timer is Timer.RETRY:
            server_steps.ask_again_unasked(draft)
        elif happened.timer is Timer.SETTLE:
            self._settle(draft)
        elif isinstance(screen, screens.TicketShown) and not screen.warned:
            ticket_steps.warn(draft, screen)
        elif isinstance(screen, screens.TicketShown):
            self._leave_ticket(draft)
        elif isinstance(screen, screens.Unhurried) and not screen.warned:
            draft.alter(replace(screen, warned=True))
            draft.warn()
        elif isinstance(screen, screens.Working):
            server_steps.give_up(draft, TroubleReason.SERVER_AWAY, screen)
        else:
            self._go_home(draft)

    def _settle(self, draft: Draft) -> None:
        """Note that the visitor had time to read the number; another notice that is held up may take over now."""
        screen = draft.state.screen
        if isinstance(screen, screens.TicketShown):
            draft.alter(replace(screen, settled=True))
            self._give_way(draft)

    def _give_way(self, draft: Draft) -> None:
        """Let another notice that is held up take over, unless the visitor still has to write this number down."""
        screen = draft.state.screen
        if not isinstance(screen, screens.TicketShown) or screen.next_scan is None:
            return
        if ticket_steps.may_give_way(screen):
            self._leave_ticket(draft)

    def _noticed(self, happened: inputs.LanguageTapped | inputs.Touched, draft: Draft) -> None:
        """Somebody is there, and may have chosen a language."""
        if isinstance(happened, inputs.Touched):
            self._touched(draft)
        else:
            self._settle_in(draft, replace(draft.state, language=happened.language))

    def _settle_in(self, draft: Draft, chosen: State) -> None:
        """Take over how a visitor wants to read: a language, or screens that are easier to see."""
        draft.state = chosen
        if not self._touched(draft) and not isinstance(draft.state.screen, screens.Working):
            draft.start(Timer.SCREEN, draft.durations.language)

    def _touched(self, draft: Draft) -> bool:
        """Give a visitor who is there more time; False where the screen does not close by itself."""
        screen = draft.state.screen
        if isinstance(screen, screens.TicketShown):
            ticket_steps.keep(draft, screen)
        elif isinstance(screen, screens.Unhurried):
            draft.alter(replace(screen, warned=False))
            draft.await_touch()
        else:
            return False
        return True

    def _go_home(self, draft: Draft) -> None:
        """Show the first screen to a new visitor."""
        draft.state = replace(draft.state, language=self.language, eased=False)
        draft.show(home(draft.state.conditions))

    def _go_back(self, draft: Draft) -> None:
        """Show the first screen to the same visitor, in the language and look that they chose."""
        draft.show(home(draft.state.conditions))
        if draft.state.language is not self.language or draft.state.eased:
            draft.start(Timer.SCREEN, draft.durations.language)

    # Surroundings --------------------------------------------------------------------------------------------

    def _changed(self, happened: inputs.News, draft: Draft) -> None:
        """Note a change of the surroundings. Only the first screen changes at once; a visit in progress goes on."""
        news = conditions_after(draft.state.conditions, happened)
        draft.state = replace(draft.state, conditions=news)
        screen, right = draft.state.screen, home(news)
        waiting = isinstance(screen, screens.Welcome | screens.Closed | screens.OutOfService)
        if waiting and type(screen) is not type(right):
            draft.alter(right)
        if isinstance(happened, inputs.ServerChanged) and happened.up:
            server_steps.ask_again_unasked(draft)


def _refusal(kind: RefusalKind, fresh_id: UUID) -> effects.ReportRefusal:
    return effects.ReportRefusal(RefusalReport(request_id=fresh_id, kind=kind))


def _forms(draft: Draft) -> NumberForms:
    return NumberForms(draft.state.conditions.numbers)


def _is_my_number(happened: inputs.Scanned) -> bool:
    return happened.reason is ScanReason.MY_NUMBER or contains_my_number(happened.text or "", FieldShape.CODE)
