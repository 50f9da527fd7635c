"""The course of one visit at the kiosk, as a pure function: ``(state, input) -> (state, effects)``.

Nothing here waits, draws, sends or prints. Request ids come in with the inputs that may start a request, so
that one attempt has one id however often it is tapped or sent. The rules:

- While the server is being asked, scans and taps change nothing.
- A number that was given is shown even if the printer fails: the ticket is valid without paper.
- A twelve-digit number is refused here: what was typed or read is dropped in the same step, and only the kind of
  refusal is reported (see :mod:`backend.wire.my_number`).
- Every screen but the first ends by itself; where something is read or typed, the visitor is asked first.
- Another notice is that of the next visitor, unless it was asked for as a further one for the same number.
- Whoever is called while they still stand here is told so, whatever they are doing with their number.
- A number without a reservation is asked for on a screen of its own, so that a single tap never makes one.
"""

from dataclasses import replace
from typing import Final

from backend.common import Language
from backend.wire import (
    CheckInRequest,
)
from kiosk.visit import (
    bring_steps,
    call_steps,
    code_steps,
    inputs,
    joining_steps,
    keypad_steps,
    screens,
    server_steps,
    ticket_steps,
    walk_in_steps,
)
from kiosk.visit.inputs import Button, Input, Timer, TroubleReason
from kiosk.visit.state import State
from kiosk.visit.surroundings import conditions_after, home
from kiosk.visit.transition import Draft, Durations, Transition
from kiosk.visit.typed_number import NumberForms, NumberStage

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
            case inputs.KindTapped():
                walk_in_steps.take(draft, happened)
            case inputs.Tapped():
                self._tapped(happened, draft)
            case inputs.SituationTapped() | inputs.ListPrinted():
                bring_steps.take(draft, happened)
            case inputs.KeyTapped():
                self._key_tapped(happened, draft)
            case inputs.LanguageTapped() | inputs.Touched():
                self._noticed(happened, draft)
            case inputs.Answered() | inputs.Unanswered() | inputs.NotJoinable():
                server_steps.take(draft, happened)
            case inputs.PrintFinished() | inputs.NumberMoved():
                self._heard_of_number(happened, draft)
            case inputs.TimerElapsed():
                self._timer_elapsed(happened, draft)
            case _:
                self._changed(happened, draft)

    # Codes ---------------------------------------------------------------------------------------------------

    def _scanned(self, happened: inputs.Scanned, draft: Draft) -> None:
        happened = code_steps.without_my_number(happened)
        screen = draft.state.screen
        if isinstance(screen, screens.Working | screens.OutOfService):
            return
        if isinstance(screen, screens.TicketShown):
            if happened.is_new_to(screen.source):
                draft.alter(replace(screen, next_scan=happened))
                self._give_way(draft)
            elif happened.text is not None and ticket_steps.may_ask_again(screen):
                code_steps.ask_by_code(draft, happened, before=screen)
            return
        if not code_steps.is_taken(draft, happened):
            code_steps.read(draft, happened)

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
            case screens.Joining() as screen:
                self._tap_joining(happened.button, screen, draft)
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
            self._leave_keypad(screen, draft)
        elif happened.button is Button.CONFIRM:
            if forms.look(screen.typed).stage is NumberStage.WHOLE:
                server_steps.ask(
                    draft,
                    CheckInRequest(
                        request_id=happened.fresh_id, number=screen.typed, language=draft.state.language
                    ),
                    joining=screen.joining,
                )
        elif (changed := keypad_steps.tap(screen, happened.button, forms)) is not None:
            draft.show_unhurried(changed)

    def _leave_keypad(self, screen: screens.Keypad, draft: Draft) -> None:
        if screen.joining is None:
            self._go_back(draft)
        else:
            draft.show_unhurried(screen.joining)

    def _tap_walk_in(self, happened: inputs.Tapped, screen: screens.WalkInQuestion, draft: Draft) -> None:
        if happened.button is Button.HOME:
            self._go_back(draft)
        else:
            walk_in_steps.tap(draft, screen, happened)

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
        elif button is Button.JOIN and joining_steps.may_join(screen, draft.state.conditions.party_limit):
            joining_steps.begin(draft, screen)

    @staticmethod
    def _tap_joining(button: Button, screen: screens.Joining, draft: Draft) -> None:
        if button is Button.HOME:
            ticket_steps.come_back(draft, screen)
        elif button is Button.STAY:
            draft.show_unhurried(replace(screen, warned=False))
        elif button is Button.RETRY:
            server_steps.ask_again(draft, screen.trouble, screen)
        elif button is Button.ENTER_NUMBER:
            draft.show_unhurried(screens.Keypad(joining=replace(screen, warned=False)))

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

    def _heard_of_number(self, happened: inputs.PrintFinished | inputs.NumberMoved, draft: Draft) -> None:
        """Its paper came out or did not, or its visitor is called."""
        if isinstance(happened, inputs.NumberMoved):
            call_steps.hear(draft, happened)
        else:
            ticket_steps.finish_print(draft, happened)
            self._give_way(draft)

    def _leave_ticket(self, draft: Draft) -> None:
        """Go on to the next notice if one is held up already, or else to the first screen."""
        screen = draft.state.screen
        if isinstance(screen, screens.TicketShown) and screen.next_scan is not None:
            # Read it as on the first screen: the ticket that was shown does not matter.
            draft.show(screens.Welcome())
            code_steps.read(draft, screen.next_scan)
        else:
            self._go_home(draft)

    # Typing and reading --------------------------------------------------------------------------------------

    def _key_tapped(self, happened: inputs.KeyTapped, draft: Draft) -> None:
        screen = draft.state.screen
        if not isinstance(screen, screens.Keypad):
            return
        pressed = keypad_steps.press(screen, happened.key, _forms(draft))
        if pressed is None:
            code_steps.refuse_number(draft, happened.fresh_id, by_keys=True)
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


def _forms(draft: Draft) -> NumberForms:
    return NumberForms(draft.state.conditions.numbers)
