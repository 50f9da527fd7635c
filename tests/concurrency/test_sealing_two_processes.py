"""Processes that make the store and its keys at the same moment make one store, and lose no key."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.sealing.key_store import KeyStore
from backend.storage.database import Database
from tests.sealing_support import cards, refusal, with_marks

AT_ONCE = """
import sys
from backend.sealing.key_store import KeyStore
from backend.storage.database import Database
database, store = Database(sys.argv[1]), KeyStore(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for card_id in sys.argv[3:]:
    with database.write() as work:
        store.make_keys(work.connection, [card_id])
    print(card_id, store.keys_of([card_id])[card_id].hex(), store.index_key.hex(), flush=True)
"""


@pytest.mark.dialect
def test_two_processes_make_one_store_and_keep_every_key(
    database: Database, database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Neither waits for ever nor makes a second store; what each was told is what the store holds afterwards."""
    url = f"sqlite:///{tmp_path}/keys.db"
    if database_kind == "postgresql":
        url = request.getfixturevalue("another_postgres")()
    with_marks(database)
    ids = cards(30)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, database.url, url, *share],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in (ids[:20], ids[10:])
    ]
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    told = [one.communicate(timeout=60)[0].splitlines() for one in processes]
    assert [one.returncode for one in processes] == [0, 0]
    lines = [line.split() for share in told for line in share]
    store = KeyStore(url)
    kept = store.keys_of(ids)
    assert {card_id: bytes.fromhex(key) for card_id, key, _ in lines} == kept
    assert len(lines) == 40
    assert {index_key for _, _, index_key in lines} == {store.index_key.hex() if store.index_key else ""}
    assert refusal(store, database) == ""
    store.dispose()
