from .bring_strip import (
    BringFace as BringFace,
    draw_bring_list as draw_bring_list,
)
from .escpos_job import (
    CUT as CUT,
    FEED_LINES as FEED_LINES,
    STRIP_BYTES as STRIP_BYTES,
    build_job as build_job,
)
from .ticket_image import (
    WIDTHS as WIDTHS,
    TicketFace as TicketFace,
    draw_ticket as draw_ticket,
)
from .ticket_sheet import ReceiptStrip as ReceiptStrip
