"""Ticket to paper: what is handed to the printer, and what comes of it."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from backend.common.catalogue import Language
from backend.common.line_breaks import pieces
from backend.common.receipt import ticket_sheet
from backend.wire.codes import CheckInReason, PrinterTrouble, PrintState, TicketState
from backend.wire.heard import OTHER, Other
from backend.wire.messages import BringItem, BringSituation, OfficeInfo, TicketMessage
from kiosk.paper.printer import PrinterState, PrinterStatus, PrintResult
from kiosk.paper.ticket_paper import TicketPaper
from kiosk.visit.effects import PrintList, PrintTicket
from tests.kiosk_support import NOW

OFFICE = OfficeInfo(office_id="00", name={"ja": "新宿区役所 本庁舎"}, open_now=True, server_time=NOW)


@dataclass
class Recorder:
    """A printer that remembers its jobs."""

    result: PrintResult = field(default_factory=lambda: PrintResult(PrintState.PRINTED, last_byte_wall=NOW))
    jobs: list[bytes] = field(default_factory=list)

    def status(self) -> PrinterStatus:
        """Ready."""
        return PrinterStatus(PrinterState.READY)

    def print(self, job: bytes) -> PrintResult:
        """Remember."""
        self.jobs.append(job)
        return self.result


def an_order(
    *,
    job: int = 1,
    reason: CheckInReason | Other = CheckInReason.ON_TIME,
    print_state: PrintState = PrintState.PENDING,
    language: Language = Language.JAPANESE,
) -> PrintTicket:
    """An order to print ticket M-012."""
    ticket = TicketMessage(
        ticket_id=UUID(int=1),
        number="M-012",
        office_id="00",
        business_day=date(2026, 11, 24),
        state=TicketState.WAITING,
        issued_at=NOW,
        print_state=print_state,
    )
    return PrintTicket(ticket, reason, language, job)


def test_a_ticket_becomes_one_job_and_its_outcome() -> None:
    """Protects the way to the printer: one job, and the printer's word with its time."""
    printer = Recorder()
    outcome = TicketPaper(printer)(an_order(), OFFICE)
    assert len(printer.jobs) == 1
    assert (outcome.state, outcome.trouble, outcome.last_byte_wall) == (PrintState.PRINTED, None, NOW)
    printer.result = PrintResult(PrintState.FAILED, PrinterTrouble.PAPER_OUT)
    outcome = TicketPaper(printer)(an_order(), OFFICE)
    assert (outcome.state, outcome.trouble) == (PrintState.FAILED, PrinterTrouble.PAPER_OUT)


def test_a_copy_says_that_it_is_one() -> None:
    """Protects the clerk from two papers that look like two visitors; a first paper never says so."""
    printer = Recorder()
    paper = TicketPaper(printer)
    paper(an_order(), OFFICE)
    paper(an_order(reason=CheckInReason.ALREADY_CHECKED_IN), OFFICE)
    paper(an_order(job=2), OFFICE)
    paper(an_order(reason=CheckInReason.ALREADY_CHECKED_IN, print_state=PrintState.PRINTED), OFFICE)
    paper(an_order(reason=OTHER, print_state=PrintState.PRINTED), OFFICE)
    first, first_after_loss, second_job, copy, copy_of_a_newer_server = printer.jobs
    assert first == first_after_loss
    assert second_job == copy == copy_of_a_newer_server
    assert first != copy


def test_language_and_paper_width_reach_the_paper() -> None:
    """Protects visitors' languages on paper, and 58 mm rolls from bytes for 80 mm."""
    wide, narrow = Recorder(), Recorder()
    TicketPaper(wide)(an_order(), OFFICE)
    TicketPaper(wide)(an_order(language=Language.KOREAN), OFFICE)
    TicketPaper(narrow, 58)(an_order(), OFFICE)
    assert wide.jobs[0] != wide.jobs[1]
    assert len(narrow.jobs[0]) < len(wide.jobs[0])


def test_nothing_is_printed_for_an_office_without_a_name() -> None:
    """Protects against a paper that does not say whose it is."""
    printer = Recorder()
    assert TicketPaper(printer)(an_order(), None).state is PrintState.FAILED
    assert printer.jobs == []


def test_warming_up_prints_nothing() -> None:
    """Protects the paper roll from every start of the machine."""
    printer = Recorder()
    TicketPaper(printer).warm_up()
    assert printer.jobs == []


def test_after_warming_up_no_sentence_of_a_ticket_is_broken_for_the_first_time() -> None:
    """Protects the first visitor from waiting: of the lines in every language only those with new values are new."""

    def new_lines() -> int:
        """How many lines the first ticket of each language has to break."""
        before = pieces.cache_info().misses
        for language in Language:
            TicketPaper(Recorder())(an_order(language=language), OFFICE)
        return pieces.cache_info().misses - before

    pieces.cache_clear()
    ticket_sheet._wrapped.cache_clear()
    TicketPaper(Recorder()).warm_up()
    ready = pieces.cache_info().misses
    assert ready > len(Language)
    assert new_lines() < ready


def test_a_list_becomes_one_job_and_none_without_an_office() -> None:
    """Protects who takes the list home: it is printed as a ticket is, and never without the office that it is for."""
    printer = Recorder()
    situation = BringSituation(code="self", title={"ja": "本人"}, bring={"ja": [BringItem(thing="はがき")]})
    paper, order = TicketPaper(printer), PrintList(situation, Language.KOREAN, UUID(int=1))
    assert paper.print_list(order, OFFICE).state is PrintState.PRINTED
    assert paper.print_list(order, None).state is PrintState.FAILED
    assert len(printer.jobs) == 1
