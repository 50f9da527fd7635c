from .archive import (
    Archive as Archive,
    BackupError as BackupError,
    Described as Described,
    sum_of as sum_of,
)
from .backup_file import (
    BACKUP as BACKUP,
    POSTGRESQL as POSTGRESQL,
    SQLITE as SQLITE,
    About as About,
    KeysNeeded as KeysNeeded,
    opened as opened,
)
from .backup_folder import working_folder as working_folder
from .batch import Task as Task
from .compacting import give_back as give_back
from .database import Database as Database
from .errors import (
    RequestIdReusedError as RequestIdReusedError,
    StorageBusyError as StorageBusyError,
    StorageError as StorageError,
    StorageFullError as StorageFullError,
)
from .event_log import (
    LoggedEvent as LoggedEvent,
    heads as heads,
    last_event_seq as last_event_seq,
    leave_numbers_out as leave_numbers_out,
    newest_office_events as newest_office_events,
    office_events_after as office_events_after,
    prune_events as prune_events,
    tail as tail,
)
from .listening import Listener as Listener
from .migration import (
    Upgraded as Upgraded,
    is_current as is_current,
    migrate as migrate,
)
from .owner import give_to_owner_of as give_to_owner_of, settle_names as settle_names
from .patience import Deadline as Deadline
from .place import (
    is_new as is_new,
    make_private_folder as make_private_folder,
    place_of as place_of,
)
from .postgres_backup import (
    check_postgres_dump as check_postgres_dump,
    dump_postgres as dump_postgres,
    read_postgres_back as read_postgres_back,
    refuse_postgres_place as refuse_postgres_place,
)
from .pulse import Pulse as Pulse
from .requests import (
    Kept as Kept,
    body_hash as body_hash,
    prune_requests as prune_requests,
    recall as recall,
    remember as remember,
)
from .secrets import (
    KEY_NAME as KEY_NAME,
    load_secret as load_secret,
    put_key as put_key,
)
from .server_lock import (
    lock_database as lock_database,
    lock_import as lock_import,
)
from .sqlite_backup import (
    check_sqlite_copy as check_sqlite_copy,
    copy_sqlite as copy_sqlite,
    put_sqlite_back as put_sqlite_back,
    refuse_sqlite_place as refuse_sqlite_place,
)
from .statements import Statement as Statement
from .tables import (
    among as among,
    metadata as metadata,
)
from .types import (
    Connection as Connection,
    UtcDateTime as UtcDateTime,
)
from .unit_of_work import (
    Clock as Clock,
    UnitOfWork as UnitOfWork,
    utc_now as utc_now,
)
