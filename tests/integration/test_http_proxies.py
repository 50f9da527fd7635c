"""Whom the server believes about who asks, which cookies it gives over TLS, and where its redirects lead."""

import ast
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from backend.common.settings_files import SettingsError
from backend.settings import Settings, load_settings
from backend.web.app import create_app
from backend.web.desk.banner import BANNER_COOKIE
from backend.web.desk.pages import LANGUAGE_COOKIE
from backend.web.desk.people import SESSION_COOKIE
from backend.web.http.proxies import TrustedProxies
from tests.architecture.papers import modules, shown
from tests.pages_support import sign_in
from tests.support import HandClock, House, make_house

OURS = [ip_network("10.0.5.0/24"), ip_network("127.0.0.1"), ip_network("fd00::/8")]


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that tells who asked."""
    request = Request(scope)
    client = request.client.host if request.client else None
    left = [name for name in request.headers if "forward" in name or name == "x-real-ip"]
    told = {"client": client, "scheme": request.url.scheme, "host": request.headers.get("host"), "left": left}
    await JSONResponse(told)(scope, receive, send)


def asked(peer: str, **headers: str) -> dict[str, Any]:
    """What the application sees of a request."""
    client = TestClient(TrustedProxies(tell, OURS), base_url="http://here.example", client=(peer, 1234))
    told: dict[str, Any] = client.get(
        "/", headers={k.replace("_", "-"): v for k, v in headers.items()}
    ).json()
    return told


def test_nobody_but_a_named_proxy_is_believed() -> None:
    """A visitor's own headers change nothing and go no further, also where they are many."""
    told = asked(
        "203.0.113.9", x_forwarded_for="127.0.0.1", x_forwarded_proto="https", x_forwarded_host="evil.example",
        forwarded="for=1.1.1.1", x_real_ip="1.1.1.1",
    )  # fmt: skip
    assert told == {"client": "203.0.113.9", "scheme": "http", "host": "here.example", "left": []}
    assert TrustedProxies(tell)._proxies == ()


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        ("198.51.100.4", "198.51.100.4"),
        ("1.1.1.1, 198.51.100.4", "198.51.100.4"),
        ("1.1.1.1, 198.51.100.4, 10.0.5.7", "198.51.100.4"),
        ("1.1.1.1, 198.51.100.4:5533", "198.51.100.4"),
        ("1.1.1.1,[2001:db8::7]:443, fd00::1", "2001:db8::7"),
        ("::ffff:198.51.100.4", "198.51.100.4"),
        ("10.0.5.8, 10.0.5.7", "10.0.5.8"),
        ("1.1.1.1, unknown, 10.0.5.7", "10.0.5.7"),
        ("unknown", "10.0.5.1"),
        ("", "10.0.5.1"),
        ("1.1.1.1,,", "10.0.5.1"),
    ],
)
def test_the_client_is_the_right_most_address_that_is_no_proxy(hops: str, client: str) -> None:
    """What somebody sent stands to the left of what our proxies saw; what is no address hides nobody."""
    assert asked("10.0.5.1", x_forwarded_for=hops)["client"] == client
    assert asked("::ffff:10.0.5.1", x_forwarded_for=hops)["client"] == client.replace(
        "10.0.5.1", "::ffff:10.0.5.1"
    )


@given(st.text(max_size=60).map(lambda text: text.encode("utf-8").decode("latin-1")))
def test_any_words_of_a_proxy_are_taken_or_left(words: str) -> None:
    """Whatever stands in the headers, the request is answered, and the client is an address."""
    proxies = TrustedProxies(tell, OURS)
    scope: Scope = {
        "type": "http",
        "headers": [(b"host", b"here.example")],
        "client": ("10.0.5.1", 1),
        "scheme": "http",
    }
    raw = words.encode("latin-1")
    proxies._believe(
        scope, dict.fromkeys((b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"), raw)
    )
    ip_network(scope["client"][0])
    assert scope["scheme"] in {"http", "https"}
    assert len(scope["headers"]) == 1


def test_scheme_and_host_are_those_of_the_nearest_proxy() -> None:
    """Of several words the last is the proxy's own; a host that is none is not taken."""
    told = asked(
        "127.0.0.1", x_forwarded_proto="http, https", x_forwarded_host="evil.example, desk.example:8443"
    )
    assert (told["scheme"], told["host"]) == ("https", "desk.example:8443")
    told = asked("127.0.0.1", x_forwarded_proto="javascript", x_forwarded_host="a b/c")
    assert (told["scheme"], told["host"]) == ("http", "here.example")


def test_two_names_of_host_are_refused() -> None:
    """A proxy and the server must not each take another one."""
    client = TestClient(TrustedProxies(tell, OURS))
    reply = client.get("/", headers=[("host", "one.example"), ("host", "two.example")])
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_request")


@pytest.fixture
def over_tls(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A server that browsers reach by HTTPS, through a proxy that keeps the name to itself."""
    house = make_house(
        f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, public_url="HTTPS://Desk.example:443/"
    )
    yield house
    house.database.dispose()


def at(house: House, base_url: str = "http://127.0.0.1:8710") -> TestClient:
    """A client; by default what a proxy that does not pass on the name looks like."""
    return TestClient(
        create_app(house.graph), base_url=base_url, follow_redirects=False, raise_server_exceptions=False
    )


def test_over_tls_everybody_can_sign_in_and_every_cookie_is_of_this_host(over_tls: House) -> None:
    """With the public address in the settings the name that a proxy passes on does not matter."""
    over_tls.person("suzuki")
    client = at(over_tls)
    reply = sign_in(client, "suzuki", Origin="https://desk.example")
    assert (reply.status_code, reply.headers["location"]) == (303, "/clerk")
    assert reply.headers["strict-transport-security"] == "max-age=31536000"
    token = (
        reply.cookies[f"__Host-{SESSION_COOKIE}"] if reply.cookies else _value(reply.headers["set-cookie"])
    )
    given = [reply.headers["set-cookie"]]
    signed = {"Cookie": f"__Host-{SESSION_COOKIE}={token}"}
    assert client.get("/clerk", headers=signed).status_code == 200
    # A plain cookie, as somebody beside the line could plant it, opens nothing.
    assert client.get("/clerk", headers={"Cookie": f"{SESSION_COOKIE}={token}"}).status_code == 303
    given += [client.post("/language", data={"language": "en", "back": "/clerk"}).headers["set-cookie"]]
    out = client.get("/clerk", headers=signed).text.partition('name="csrf" value="')[2].partition('"')[0]
    left = client.post("/sign-out", data={"csrf": out, "request_id": "0" * 32}, headers=signed)
    given += left.headers.get_list("set-cookie")
    banner = next(one for one in given if BANNER_COOKIE in one).partition(";")[0]
    given += client.get("/sign-in", headers={"Cookie": banner}).headers.get_list("set-cookie")
    names = [one.partition("=")[0] for one in given]
    assert set(names) == {f"__Host-{name}" for name in (SESSION_COOKIE, LANGUAGE_COOKIE, BANNER_COOKIE)}
    assert names.count(f"__Host-{BANNER_COOKIE}") == names.count(f"__Host-{SESSION_COOKIE}") == 2
    assert [one for one in given if "Secure" not in one or "Path=/" not in one or "Domain" in one] == []


def _value(cookie: str) -> str:
    return cookie.partition("=")[2].partition(";")[0]


def test_cookies_are_given_read_and_taken_away_in_one_place() -> None:
    """Whoever reads a cookie by its bare name does not find it over TLS: only ``people`` knows how it is called."""
    names = {"cookies", "set_cookie", "delete_cookie"}
    used = {
        shown(path)
        for path, tree in modules("backend").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in names and "backend/web/" in shown(path)
    }
    assert used == {"backend/web/desk/people.py"}


def test_over_tls_a_form_of_another_address_is_refused(over_tls: House) -> None:
    """Also one of this machine's other names, and one that came without TLS."""
    over_tls.person("suzuki")
    client = at(over_tls)
    for origin in ("http://desk.example", "https://127.0.0.1:8710", "http://127.0.0.1:8710", "null"):
        assert sign_in(client, "suzuki", Origin=origin).status_code == 403


def test_a_name_in_japanese_letters_lets_people_sign_in(tmp_path: Path, clock: HandClock) -> None:
    """Browsers send the name as it stands in the name service, whatever an administrator wrote."""
    house = make_house(
        f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, public_url="https://受付.example.jp./"
    )
    house.person("suzuki")
    client = at(house)
    assert sign_in(client, "suzuki", Origin="https://xn--bnqq5j.example.jp").status_code == 303
    assert sign_in(client, "suzuki", Origin="https://xn--bnqq5k.example.jp").status_code == 403
    house.database.dispose()


def test_no_redirect_follows_the_name_that_was_sent(small_house: House, over_tls: House) -> None:
    """Whatever host a request names, a redirect stays on this server or leads to the address of the settings."""
    for house, lead in ((small_house, ("/",)), (over_tls, ("/", "https://desk.example/"))):
        client = at(house, "http://evil.example")
        for path in ("/", "/clerk/", "/sign-in/", "/api/v1/health/", "/clerk", "//evil.example/clerk"):
            location = client.get(f"http://evil.example{path}").headers.get("location", "/")
            assert location.startswith(lead)
            assert "evil" not in location


def test_without_tls_nothing_claims_it(small_house: House) -> None:
    """In a closed network without a proxy, cookies are plain and browsers are told nothing."""
    small_house.person("suzuki")
    reply = sign_in(at(small_house), "suzuki", Origin="http://127.0.0.1:8710")
    assert reply.status_code == 303
    assert reply.headers["set-cookie"].startswith(f"{SESSION_COOKIE}=")
    assert "strict-transport-security" not in reply.headers


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("public_url", "desk.example", "https://HOST"),
        ("public_url", "ftp://desk.example", "https://HOST"),
        ("public_url", "https://user@desk.example", "https://HOST"),
        ("public_url", "https://desk.example/uketsuke", "paths"),
        ("public_url", "https://desk.example:99999", "public_url"),
        ("public_url", "https://desk.example:0", "public_url is wrong: there is no port 0"),
        ("public_url", "https://a b", "public_url is wrong: an address has no spaces"),
        ("public_url", "https://desk.example\t", "public_url is wrong: an address has no spaces"),
        ("public_url", "https://a..b", "public_url is wrong: its host"),
        ("public_url", "https://desk.example..", "public_url is wrong: its host"),
        ("public_url", "https://de%sk", "public_url is wrong: its host"),
        ("public_url", "https://192.168.10.256", "public_url is wrong: its host"),
        ("public_url", "https://受付\u2028.example.jp", "public_url is wrong: an address has no spaces"),
        ("public_url", f"https://{'受' * 70}.jp", "public_url is wrong: its host"),
        ("public_url", f"https://{'a' * 64}.jp", "public_url is wrong: its host"),
        ("trusted_proxies", ["0.0.0.0/0"], "everybody"),
        ("trusted_proxies", ["::/0"], "everybody"),
        (
            "trusted_proxies",
            ["10.0.5.1/24"],
            r"trusted_proxies\.0 is wrong: an address or a network such as 10\.0\.0\.0/24",
        ),
        ("trusted_proxies", ["127.0.0.1", "proxy"], r"trusted_proxies\.1 is wrong: an address or a network"),
        ("trusted_proxies", "127.0.0.1", "trusted_proxies is wrong: a list is expected"),
    ],
)
def test_a_wrong_address_is_named_before_the_server_starts(name: str, value: object, word: str) -> None:
    """A slip in what decides about trust is one sentence, not a server that trusts everybody or nobody."""
    with pytest.raises(SettingsError, match=word):
        load_settings(None, **{name: value})


def test_an_address_is_compared_as_browsers_write_it() -> None:
    """Capitals, a slash and a port that goes without saying are no other address."""
    for written, meant in (
        ("HTTPS://Desk.Example:443/", "https://desk.example"),
        ("http://desk:80", "http://desk"),
        ("http://[FD00::1]:8710", "http://[fd00::1]:8710"),
        ("http://[FD00:0:0:0::1]", "http://[fd00::1]"),
        ("https://desk.example.", "https://desk.example"),
        ("https://受付.Example.jp", "https://xn--bnqq5j.example.jp"),
        ("https://ＤＥＳＫ。example", "https://desk.example"),
        ("https://desk_1:8710", "https://desk_1:8710"),
        ("https://192.168.10.5", "https://192.168.10.5"),
    ):
        assert Settings(public_url=written).public_url == meant
