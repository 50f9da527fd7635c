from .booking_sheet import draw_booking_sheet as draw_booking_sheet
from .bring_sheet import (
    NoSheetError as NoSheetError,
    draw_bring_sheets as draw_bring_sheets,
)
from .notice_bring import things_to_bring as things_to_bring
from .notice_sheet import (
    SHEETS_AT_MOST as SHEETS_AT_MOST,
    draw_sheet as draw_sheet,
)
from .press import Press as Press
from .run_folder import (
    RunFolder as RunFolder,
    RunFolderError as RunFolderError,
    take_folder as take_folder,
)
from .sheet_code import qr_matrix as qr_matrix
from .sheet_front import (
    NoticeSheet as NoticeSheet,
    Sender as Sender,
    picture_of as picture_of,
)
