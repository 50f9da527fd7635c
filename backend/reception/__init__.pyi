from .answering import Answering as Answering
from .board_snapshot import (
    Boards as Boards,
    message_of as message_of,
)
from .calling import Calling as Calling
from .card_looks import (
    CardLook as CardLook,
    CardLooks as CardLooks,
    LookForCard as LookForCard,
)
from .changed_cards import tell_changed_cards as tell_changed_cards
from .check_commands import (
    ChooseRecipient as ChooseRecipient,
    EndIncomplete as EndIncomplete,
    HandOver as HandOver,
    Tick as Tick,
    TieCard as TieCard,
    UntieCard as UntieCard,
)
from .check_in import (
    CheckIn as CheckIn,
    asked_by as asked_by,
)
from .checking import Checking as Checking
from .closing import (
    CloseDay as CloseDay,
    ClosedDay as ClosedDay,
    DaysEnd as DaysEnd,
    closing_handlings as closing_handlings,
)
from .commands import (
    AbsentAtIssuance as AbsentAtIssuance,
    BackToIssuance as BackToIssuance,
    BringBack as BringBack,
    CallNext as CallNext,
    CallToIssuance as CallToIssuance,
    CancelTicket as CancelTicket,
    CountRefusal as CountRefusal,
    EndWithoutCard as EndWithoutCard,
    IssueCard as IssueCard,
    JoinParty as JoinParty,
    LeaveWindow as LeaveWindow,
    PutBack as PutBack,
    Recall as Recall,
    RefuseNumber as RefuseNumber,
    ReportDevice as ReportDevice,
    ReportPaper as ReportPaper,
    SendBack as SendBack,
    SetAbsent as SetAbsent,
    SettlePaper as SettlePaper,
    ShowNotice as ShowNotice,
    StartService as StartService,
    TakeWindow as TakeWindow,
    TicketReply as TicketReply,
)
from .deciding.case import (
    Case as Case,
    CaseState as CaseState,
    latest_of as latest_of,
)
from .deciding.check_seen import (
    Seen as Seen,
    versions_in as versions_in,
    versions_text as versions_text,
)
from .deciding.check_sheet import (
    CardTab as CardTab,
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
from .deciding.steps import (
    BEHIND_RECEPTION as BEHIND_RECEPTION,
    wrong_state as wrong_state,
)
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
from .finishing import finish_handlings as finish_handlings
from .issuance import Issuance as Issuance
from .kind_commands import (
    FinishVisit as FinishVisit,
    TakeNumber as TakeNumber,
)
from .stopping import (
    NoteContacted as NoteContacted,
    StopIssuance as StopIssuance,
    stopping_handlings as stopping_handlings,
)
from .storing.checks import checked as checked
from .storing.contacts import (
    ToContact as ToContact,
    is_to_contact as is_to_contact,
    to_contact as to_contact,
)
from .storing.lists import (
    cases_of_card as cases_of_card,
    parties_of as parties_of,
    tickets_in as tickets_in,
    with_card_gone as with_card_gone,
)
from .storing.papers import (
    next_due as next_due,
    without_paper as without_paper,
)
from .storing.parties import (
    JoinedReasons as JoinedReasons,
    count_issued as count_issued,
    joined_reasons as joined_reasons,
)
from .storing.queue import waiting_in_turn as waiting_in_turn
from .storing.seats import taken_windows as taken_windows
from .storing.tables import cases as cases
from .storing.tickets import count_in_state as count_in_state, count_waiting as count_waiting
from .storing.visit_counts import (
    CaseCount as CaseCount,
    KindCount as KindCount,
    TicketCount as TicketCount,
    count_cases as count_cases,
    count_kinds as count_kinds,
    count_tickets as count_tickets,
)
from .storing.visit_records import (
    KeptStep as KeptStep,
    VisitRecord as VisitRecord,
    visit_records as visit_records,
    visits_between as visits_between,
)
from .telling import Telling as Telling
from .tying import Tying as Tying
from .windows import Windows as Windows
