"""A real nginx in front of a server, configured like the example in the docs, with other ports and certificate."""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.architecture.papers import text_of
from tests.support import wait_until

NAME = "localhost"


@dataclass(frozen=True)
class Proxy:
    """The addresses of nginx, and its certificate."""

    address: str
    plain_address: str
    certificate: Path

    @property
    def trust(self) -> ssl.SSLContext:
        """A TLS context of a client that trusts this certificate."""
        return ssl.create_default_context(cafile=str(self.certificate))


def example() -> str:
    """The example configuration in the docs."""
    found = re.search(
        r"`/etc/nginx/conf\.d/uketsuke\.conf`.*?```nginx\n(.*?)```", text_of("operations.md"), re.DOTALL
    )
    assert found is not None
    return found.group(1)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate and its key."""
    certificate, key = folder / "server.crt", folder / "server.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
            "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return certificate, key


@contextlib.contextmanager
def nginx_before(server: str, port: int, plain_port: int, folder: Path) -> Iterator[Proxy]:
    """Run nginx in front of a server, as the docs show it.

    Args:
        server: address of the server, ``http://127.0.0.1:PORT``.
        port: nginx's port for TLS.
        plain_port: nginx's port without TLS, which only redirects.
        folder: folder for all files that it writes.
    """
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    certificate, key = make_certificate(folder)
    site = example()
    for told, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
        ("127.0.0.1:8710", urlsplit(server).netloc),
        ("/etc/nginx/uketsuke.crt", str(certificate)),
        ("/etc/nginx/uketsuke.key", str(key)),
        ("https://uketsuke.example.lg.jp", f"https://{NAME}:{port}"),
        ("uketsuke.example.lg.jp", NAME),
    ):
        assert told in site, told
        site = site.replace(told, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    # Its workers must be able to read the folder, which is closed to other users.
    user = "user root; " if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off; pid {folder}/nginx.pid; worker_processes 1; events {{}}\n"
        f"http {{ access_log off;\n{temporary}\n{site}\n}}\n"
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _listens(port) or process.poll() is not None, 20)
            assert process.poll() is None, (folder / "error.log").read_text()
            yield Proxy(f"https://{NAME}:{port}", f"http://{NAME}:{plain_port}", certificate)
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
