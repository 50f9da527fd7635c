from .aim_prefix import without_aim_prefix as without_aim_prefix
from .check_digit import (
    damm_digit as damm_digit,
    damm_is_right as damm_is_right,
)
from .code_shape import (
    CHECK_LENGTH as CHECK_LENGTH,
    CODE_LENGTH as CODE_LENGTH,
    LONGEST as LONGEST,
    PREFIX as PREFIX,
    TOKEN_LENGTH as TOKEN_LENGTH,
    fold_code as fold_code,
    looks_like_notice as looks_like_notice,
)
from .codes import (
    ALIVE_STATES as ALIVE_STATES,
    AT_WINDOW_STATES as AT_WINDOW_STATES,
    JOINABLE_STATES as JOINABLE_STATES,
    WIRE_VERSION as WIRE_VERSION,
    CancelReason as CancelReason,
    CheckInReason as CheckInReason,
    CodePlace as CodePlace,
    DevicePart as DevicePart,
    ErrorCode as ErrorCode,
    EventKind as EventKind,
    Farewell as Farewell,
    NotIssuedReason as NotIssuedReason,
    PartTrouble as PartTrouble,
    PrinterTrouble as PrinterTrouble,
    PrintState as PrintState,
    RefusalKind as RefusalKind,
    ScanReason as ScanReason,
    SentBackReason as SentBackReason,
    TicketState as TicketState,
    WindowKind as WindowKind,
)
from .field_shape import FieldShape as FieldShape
from .heard import (
    OTHER as OTHER,
    Heard as Heard,
    Other as Other,
    hear as hear,
    places_of_other as places_of_other,
)
from .messages import (
    Accepted as Accepted,
    Board as Board,
    BringGuide as BringGuide,
    BringItem as BringItem,
    BringSituation as BringSituation,
    CallMessage as CallMessage,
    CheckInReply as CheckInReply,
    CheckInRequest as CheckInRequest,
    DeviceReport as DeviceReport,
    ErrorReply as ErrorReply,
    Estimate as Estimate,
    EventMessage as EventMessage,
    Health as Health,
    KindChoice as KindChoice,
    NumberShape as NumberShape,
    OfficeInfo as OfficeInfo,
    OfficePlace as OfficePlace,
    PrintReply as PrintReply,
    PrintReport as PrintReport,
    RefusalReport as RefusalReport,
    TicketMessage as TicketMessage,
    WalkInRequest as WalkInRequest,
)
from .my_number import (
    contains_my_number as contains_my_number,
    tree_contains_my_number as tree_contains_my_number,
)
from .origin import origin_of as origin_of
