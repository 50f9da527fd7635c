from .board_snapshot import (
    Boards as Boards,
    message_of as message_of,
)
from .calling import Calling as Calling
from .check_in import (
    Caller as Caller,
    CheckIn as CheckIn,
)
from .check_seen import Seen as Seen
from .check_sheet import (
    CheckSheet as CheckSheet,
    Guidance as Guidance,
    Ticks as Ticks,
    checked as checked,
)
from .checking import (
    Checking as Checking,
    chosen_by as chosen_by,
)
from .desk import (
    Desk as Desk,
    Handler as Handler,
)
from .device_reports import (
    DeviceReports as DeviceReports,
    DeviceTrouble as DeviceTrouble,
    troubles_at as troubles_at,
)
from .errors import (
    ReceptionError as ReceptionError,
    TicketStateError as TicketStateError,
)
from .issuance import Issuance as Issuance
from .lists import tickets_in as tickets_in
from .papers import (
    Papers as Papers,
    lacks_paper as lacks_paper,
    next_due as next_due,
    without_paper as without_paper,
)
from .queue import waiting_in_turn as waiting_in_turn
from .queue_policy import (
    Policies as Policies,
    QueuePolicy as QueuePolicy,
)
from .tables import tickets as tickets
from .ticket import (
    Ticket as Ticket,
    count_in_state as count_in_state,
)
from .transitions import wrong_state as wrong_state
from .windows import (
    find_seat as find_seat,
    taken_windows as taken_windows,
)
