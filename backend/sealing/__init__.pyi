from .digests import DIGEST_LENGTH as DIGEST_LENGTH
from .errors import KeyStoreError as KeyStoreError
from .key_archive import (
    KEY_BACKUP as KEY_BACKUP,
    copy_keys as copy_keys,
)
from .key_restore import (
    KeysToRestore as KeysToRestore,
    keys_in_place as keys_in_place,
)
from .key_store import KeyStore as KeyStore
from .marks import (
    Mark as Mark,
    mark_of as mark_of,
)
from .opening import (
    check_key_store as check_key_store,
    open_key_store as open_key_store,
    opened_key_store as opened_key_store,
)
from .records import (
    ImportRecords as ImportRecords,
    Records as Records,
)
