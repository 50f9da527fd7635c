"""Routes on which somebody sets a password: by a one-time link, or a new one in place of their own.

Hashing is slow on purpose, so it is done in the one thread for it, without a transaction.
"""

from typing import Final, TypedDict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.protection import (
    SHORTEST,
    ChangedMeanwhileError,
    LinkError,
    WeakPasswordError,
    WrongCredentialsError,
    account_of_link,
    change_password,
    check_new_password,
    hash_password,
    redeem_link,
)
from backend.web.desk.account_view import account_context
from backend.web.desk.addresses import At
from backend.web.desk.banner import Banner
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page, send_on
from backend.web.desk.people import BROWSER_COOKIE, check_csrf, check_same_site, need_person, read_cookie
from backend.web.desk.work_page import Post, Posted
from backend.web.graph import Graph, graph_of
from backend.web.http.door import LONGEST_TYPED_PASSWORD
from backend.web.http.hashing import Lane
from backend.web.http.page_threads import Threads, run_in
from backend.web.http.proxies import client_address

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_LONGEST_LINK: Final = 100


class FirstPasswordContext(TypedDict):
    """What the page of a one-time link shows; without a name the link opens nothing."""

    login: str
    link: str
    shortest: int
    longest_password: int


class RefusedPasswordError(Exception):
    """A password that was typed is not taken.

    Attributes:
        why: the end of the key of the words for it.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@router.get(At.FIRST_PASSWORD)
def first_password(request: Request, link: str) -> Response:
    """The form of a one-time link. Opening it uses nothing up."""
    asked = Asked(request, graph_of(request))
    login = _owner(asked.graph, link)
    return _form(asked, link, login)


@router.post(At.FIRST_PASSWORD)
async def set_first_password(post: Posted, link: str) -> Response:
    """Set the password: ``password`` and ``again``. With that the link is used up."""
    check_same_site(post.request)
    asked, graph = Asked(post.request, post.graph), post.graph
    login = await run_in(Threads.PAGES, _owner, graph, link)
    if not login:
        return await run_in(Threads.PAGES, lambda: _form(asked, link, ""))

    def redeem(fresh: str) -> str:
        with graph.database.write() as work:
            return redeem_link(work, link, fresh)

    try:
        fresh = await _hashed(post, login)
        await run_in(Threads.PAGES, redeem, fresh)
    except RefusedPasswordError as error:
        why = error.why
        return await run_in(Threads.PAGES, lambda: _form(asked, link, login, why))
    except LinkError:
        return await run_in(Threads.PAGES, lambda: _form(asked, link, ""))
    return send_on(asked, At.SIGN_IN, Banner("done.password"))


@router.post(At.OWN_PASSWORD)
async def set_own_password(post: Posted) -> Response:
    """Change one's own password: ``before``, ``password`` and ``again``. Other sessions of one's own end."""
    asked, graph = Asked(post.request, post.graph), post.graph
    session = await run_in(Threads.PAGES, need_person, post.request, graph)
    check_csrf(post.request, post.form, session)
    account = session.account

    def change(before: str, after: str) -> None:
        with graph.database.write() as work:
            change_password(work, account.id, before, after, session.token_hash)

    def refuse(why: str) -> Response:
        banner = Banner(f"error.password_{why}")
        return page(asked, "account.html", account_context(asked, session), banner=banner, status=409)

    try:
        kept = await graph.door.confirm(
            account.login,
            post.form.one("before"),
            client_address(post.request),
            read_cookie(post.request, BROWSER_COOKIE),
        )
        fresh = await _hashed(post, account.login)
        await run_in(Threads.PAGES, change, kept, fresh)
    except RefusedPasswordError as error:
        return await run_in(Threads.PAGES, refuse, error.why)
    except (WrongCredentialsError, ChangedMeanwhileError):
        return await run_in(Threads.PAGES, refuse, "wrong")
    return send_on(asked, At.ACCOUNT, Banner("done.own_password"))


async def _hashed(post: Post, login: str) -> str:
    """The hash of a new password that was typed twice.

    Raises:
        RefusedPasswordError: it was not typed twice alike, or could be guessed.
        WireError: the queue for hashing is full.
    """
    password = post.form.one("password")
    if password != post.form.one("again"):
        raise RefusedPasswordError("differs")

    def judged() -> str:
        check_new_password(password, login)
        return hash_password(password)

    with post.graph.door.hashing.reserve(Lane.STRANGER) as place:
        try:
            return await place.run(judged)
        except WeakPasswordError:
            raise RefusedPasswordError("weak") from None


def _owner(graph: Graph, link: str) -> str:
    """The name of whom a link is for; empty where it opens nothing."""
    if not link.isascii() or len(link) > _LONGEST_LINK:
        return ""
    try:
        with graph.database.read() as connection:
            return account_of_link(connection, link, graph.database.clock())[1]
    except LinkError:
        return ""


def _form(asked: Asked, link: str, login: str, why: str = "") -> Response:
    context: FirstPasswordContext = {
        "login": login,
        "link": At.FIRST_PASSWORD.of_link(link) if login else "",
        "shortest": SHORTEST,
        "longest_password": LONGEST_TYPED_PASSWORD,
    }
    if login:
        banner = Banner(f"error.password_{why}") if why else None
        return page(asked, "first_password.html", context, banner=banner, status=409 if why else 200)
    # Opened too late or twice: nothing tells which, and whose link it was.
    return page(asked, "first_password.html", context, banner=Banner("error.password_link"), status=410)
