from .answering import Answering as Answering
from .board_snapshot import (
    Boards as Boards,
    message_of as message_of,
)
from .calling import Calling as Calling
from .changed_cards import tell_changed_cards as tell_changed_cards
from .check_in import (
    CheckIn as CheckIn,
    asked_by as asked_by,
)
from .checking import Checking as Checking
from .commands import (
    BringBack as BringBack,
    CallNext as CallNext,
    CallToIssuance as CallToIssuance,
    CancelTicket as CancelTicket,
    ChooseRecipient as ChooseRecipient,
    CountRefusal as CountRefusal,
    EndIncomplete as EndIncomplete,
    HandOver as HandOver,
    IssueCard as IssueCard,
    LeaveWindow as LeaveWindow,
    Recall as Recall,
    RefuseNumber as RefuseNumber,
    ReportDevice as ReportDevice,
    ReportPaper as ReportPaper,
    SetAbsent as SetAbsent,
    SettlePaper as SettlePaper,
    ShowNotice as ShowNotice,
    StartService as StartService,
    TakeNumber as TakeNumber,
    TakeWindow as TakeWindow,
    Tick as Tick,
    TicketReply as TicketReply,
)
from .deciding.case import CaseState as CaseState
from .deciding.check_seen import Seen as Seen
from .deciding.check_sheet import (
    CheckSheet as CheckSheet,
    Guidance as Guidance,
    Judged as Judged,
    chosen_by as chosen_by,
)
from .deciding.lacking_paper import lacks_paper as lacks_paper
from .deciding.queue_policy import (
    Policies as Policies,
    QueuePolicy as QueuePolicy,
)
from .deciding.steps import wrong_state as wrong_state
from .deciding.ticket import Ticket as Ticket
from .deciding.ticks import Ticks as Ticks
from .desk import Desk as Desk
from .device_reports import (
    DeviceTrouble as DeviceTrouble,
    device_handlings as device_handlings,
    troubles_at as troubles_at,
)
from .errors import (
    ReceptionError as ReceptionError,
    TicketStateError as TicketStateError,
)
from .explaining import (
    Explanation as Explanation,
    explained as explained,
)
from .issuance import Issuance as Issuance
from .storing.checks import checked as checked
from .storing.lists import tickets_in as tickets_in, with_card_gone as with_card_gone
from .storing.papers import (
    next_due as next_due,
    without_paper as without_paper,
)
from .storing.queue import waiting_in_turn as waiting_in_turn
from .storing.seats import taken_windows as taken_windows
from .storing.tables import cases as cases
from .storing.tickets import count_in_state as count_in_state, count_waiting as count_waiting
from .storing.visit_counts import (
    CaseCount as CaseCount,
    TicketCount as TicketCount,
    count_cases as count_cases,
    count_tickets as count_tickets,
)
from .telling import Telling as Telling
from .windows import Windows as Windows
