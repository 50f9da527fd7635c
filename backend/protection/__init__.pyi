from .account_life import (
    ChangedMeanwhileError as ChangedMeanwhileError,
    KnownAccount as KnownAccount,
    LastOneError as LastOneError,
    LinkError as LinkError,
    account_of_link as account_of_link,
    change_password as change_password,
    disable_account as disable_account,
    enable_account as enable_account,
    end_sessions as end_sessions,
    give_link as give_link,
    known_accounts as known_accounts,
    redeem_link as redeem_link,
    somebody_left as somebody_left,
    take_version as take_version,
)
from .account_offices import (
    LastOfficeError as LastOfficeError,
    change_offices as change_offices,
    change_roles as change_roles,
    offices_of as offices_of,
    roles_by_office as roles_by_office,
)
from .accounts import (
    AccountExistsError as AccountExistsError,
    create_account as create_account,
    find_account as find_account,
)
from .actor import (
    Actor as Actor,
    ActorKind as ActorKind,
    system_at as system_at,
)
from .audit import (
    ObjectKind as ObjectKind,
    record_audit as record_audit,
)
from .browsers import (
    KNOWN_FOR as KNOWN_FOR,
    Browsers as Browsers,
)
from .columns import (
    Columns as Columns,
    columns_for_program as columns_for_program,
    permitted_columns as permitted_columns,
)
from .device_tokens import (
    Device as Device,
    DeviceExistsError as DeviceExistsError,
    device_names as device_names,
    enrol as enrol,
    find_device as find_device,
    revoke as revoke,
)
from .failed_searches import (
    SEARCH_FAILED as SEARCH_FAILED,
    next_search_at as next_search_at,
)
from .live_sessions import has_live_session as has_live_session, live_accounts as live_accounts
from .login_names import (
    BadNameError as BadNameError,
    NumberInNameError as NumberInNameError,
    refuse_number as refuse_number,
)
from .outlet import (
    Leaving as Leaving,
    Outlet as Outlet,
    let_out as let_out,
    outlet_with as outlet_with,
    outlets_since as outlets_since,
)
from .own_sessions import (
    OwnSession as OwnSession,
    end_other_sessions as end_other_sessions,
    living_sessions as living_sessions,
)
from .passwords import (
    SHORTEST as SHORTEST,
    WeakPasswordError as WeakPasswordError,
    check_new_password as check_new_password,
    hash_password as hash_password,
)
from .permissions import (
    Permission as Permission,
    Permissions as Permissions,
    may_give as may_give,
    permissions_of as permissions_of,
)
from .register import (
    RegisterError as RegisterError,
    shipped_register as shipped_register,
)
from .register_entries import OutletKind as OutletKind
from .register_list import list_of as list_of
from .roles import (
    DeviceKind as DeviceKind,
    Role as Role,
)
from .roster import (
    LONGEST_HANDLER as LONGEST_HANDLER,
    Handler as Handler,
    RosterError as RosterError,
    enter_handler as enter_handler,
)
from .sessions import (
    NotTheirOfficeError as NotTheirOfficeError,
    OfficeNotChosenError as OfficeNotChosenError,
    Session as Session,
    choose_office as choose_office,
    drop_old_sessions as drop_old_sessions,
    end_session as end_session,
    find_session as find_session,
    session_of as session_of,
    touch_session as touch_session,
)
from .sign_in import (
    NOBODY as NOBODY,
    SignedIn as SignedIn,
    SignIn as SignIn,
    SignInError as SignInError,
    TooManyTriesError as TooManyTriesError,
    Try as Try,
    WrongCredentialsError as WrongCredentialsError,
)
from .trail.archiving import (
    OldDays as OldDays,
    drop_old_days as drop_old_days,
    old_days as old_days,
    write_archive as write_archive,
)
from .trail.blocks import last_block as last_block
from .trail.chain import TrailEntry as TrailEntry
from .trail.heads import (
    BadHeadError as BadHeadError,
    Head as Head,
    head_of as head_of,
    read_head as read_head,
)
from .trail.keys import TrailKey as TrailKey
from .trail.sealer import TrailSealer as TrailSealer
from .trail.searching import (
    FoundEntries as FoundEntries,
    Place as Place,
    Wanted as Wanted,
    actor_named as actor_named,
    every_entry as every_entry,
    names_of as names_of,
    search_trail as search_trail,
)
from .trail.verifying import (
    Fault as Fault,
    FaultKind as FaultKind,
    TrailVerdict as TrailVerdict,
    verify_trail as verify_trail,
)
from .tries import Tries as Tries
from .viewing import (
    Views as Views,
    note_opened as note_opened,
    note_search as note_search,
)
from .waits import Waits as Waits
