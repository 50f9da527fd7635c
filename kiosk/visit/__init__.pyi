from .call_steps import (
    moved as moved,
    number_in_view as number_in_view,
)
from .effects import (
    CancelTimer as CancelTimer,
    Effect as Effect,
    PlayTone as PlayTone,
    PrintList as PrintList,
    PrintTicket as PrintTicket,
    ReportPrint as ReportPrint,
    ReportRefusal as ReportRefusal,
    SendCheckIn as SendCheckIn,
    SendJoin as SendJoin,
    StartTimer as StartTimer,
    Tone as Tone,
    WalkIn as WalkIn,
)
from .flow import Flow as Flow
from .inputs import (
    Answered as Answered,
    BringChanged as BringChanged,
    Button as Button,
    CameraChanged as CameraChanged,
    Input as Input,
    KeyTapped as KeyTapped,
    KindsChanged as KindsChanged,
    KindTapped as KindTapped,
    LanguageTapped as LanguageTapped,
    ListPrinted as ListPrinted,
    NotJoinable as NotJoinable,
    NumberMoved as NumberMoved,
    NumbersChanged as NumbersChanged,
    OfficeChanged as OfficeChanged,
    PartyLimitChanged as PartyLimitChanged,
    PrintFinished as PrintFinished,
    Scanned as Scanned,
    ServerChanged as ServerChanged,
    SituationTapped as SituationTapped,
    Tapped as Tapped,
    Timer as Timer,
    TimerElapsed as TimerElapsed,
    Touched as Touched,
    TroubleReason as TroubleReason,
    Unanswered as Unanswered,
)
from .presentation import (
    BringListView as BringListView,
    BringView as BringView,
    Common as Common,
    JoiningView as JoiningView,
    JoinTold as JoinTold,
    KeypadView as KeypadView,
    KindOption as KindOption,
    KindsView as KindsView,
    LanguageChoice as LanguageChoice,
    NoticeView as NoticeView,
    SituationChoice as SituationChoice,
    StillThere as StillThere,
    TicketView as TicketView,
    TroubleView as TroubleView,
    View as View,
    WalkInView as WalkInView,
    WelcomeView as WelcomeView,
    WorkingView as WorkingView,
)
from .presenter import present as present
from .scenes import (
    NOW as NOW,
    OFFICE as OFFICE,
    TICKETS as TICKETS,
    conditions as conditions,
    every_scene as every_scene,
    scene_office as scene_office,
    scene_state as scene_state,
)
from .screens import (
    Bring as Bring,
    Joining as Joining,
    JoinNote as JoinNote,
    Keypad as Keypad,
    KeyPage as KeyPage,
    PaperState as PaperState,
    Screen as Screen,
    TicketShown as TicketShown,
    Trouble as Trouble,
    WalkInQuestion as WalkInQuestion,
    Working as Working,
)
from .state import (
    Closing as Closing,
    State as State,
    TimeLeft as TimeLeft,
)
from .surroundings import (
    Conditions as Conditions,
    ServerState as ServerState,
)
from .texts import (
    Text as Text,
    spoken as spoken,
)
from .transition import Durations as Durations
