from .bring_sheet import (
    NoSheetError as NoSheetError,
    draw_bring_sheets as draw_bring_sheets,
)
from .notice_bring import things_to_bring as things_to_bring
from .notice_reverse import (
    draw_reverse as draw_reverse,
    with_reverse as with_reverse,
)
from .notice_sheet import (
    NoticeSheet as NoticeSheet,
    draw_sheet as draw_sheet,
    qr_matrix as qr_matrix,
)
