"""Routes of the roster of handlers: lines, accounts, one-time links; and of the page on which a password is set by one."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.protection import (
    AccountExistsError,
    BadNameError,
    ChangedMeanwhileError,
    Handler,
    LastOfficeError,
    LastOneError,
    NumberInNameError,
    ObjectKind,
    Permission,
    Role,
    RosterError,
    Session,
    change_roles,
    create_account,
    disable_account,
    enable_account,
    enter_handler,
    give_link,
    known_accounts,
    may_give,
    record_audit,
    roles_by_office,
    somebody_left,
    take_version,
)
from backend.storage import UnitOfWork
from backend.web.desk.addresses import At
from backend.web.desk.banner import Banner
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page, send_on
from backend.web.desk.people import check_csrf, need_session
from backend.web.desk.roster_view import TYPED, roster_context
from backend.web.desk.work_page import Post, Posted
from backend.web.graph import graph_of
from backend.web.http.errors import WireError
from backend.web.http.forms import wants_json
from backend.wire import ErrorCode, contains_my_number

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_REFUSALS: tuple[type[Exception], ...] = (
    AccountExistsError,
    BadNameError,
    ChangedMeanwhileError,
    LastOfficeError,
    LastOneError,
    NumberInNameError,
    RosterError,
)


@router.get(At.ROSTER)
def roster(request: Request) -> Response:
    """Every line and account."""
    asked = Asked(request, graph_of(request))
    session = need_session(request, asked.graph, Permission.UNLOCK_ACCOUNTS)
    return page(asked, "roster.html", roster_context(asked, session))


@router.get(At.ROSTER_ONE)
def one(request: Request, account_id: str) -> Response:
    """One of them, with what may be done about it."""
    asked = Asked(request, graph_of(request))
    session = need_session(request, asked.graph, Permission.UNLOCK_ACCOUNTS)
    return page(asked, "roster.html", roster_context(asked, session, account_id))


@router.post(At.ROSTER)
def enter(post: Posted) -> Response:
    """Enter somebody and make the account: ``handler``, ``login``, ``begins``, ``ends``, ``office``, ``roles``."""
    asked, session = _who(post)
    form, database = post.form, post.graph.database
    try:
        roles = _roles_of(post)
        line = _line_of(post)
        first, *also = roles
        office_id = _office_of(post)
        account = create_account(
            database,
            form.one("login"),
            None,
            first,
            office_id,
            also=also,
            actor=session.actor_anywhere,
            line=line,
        )
        with database.write() as work:
            link = give_link(work, account.id, _lasts(post), session.actor_anywhere)
    except _REFUSALS as error:
        return _refused(post, asked, session, None, error)
    return _with_link(post, asked, session, account.id, link)


@router.post(At.ROSTER_LINE)
def change_line(post: Posted, account_id: str) -> Response:
    """Change name and days: ``handler``, ``begins``, ``ends``, ``version``."""

    def do(work: UnitOfWork, session: Session) -> None:
        with somebody_left(work):
            enter_handler(work, account_id, _line_of(post), session.actor_anywhere)

    return _carry_out(post, account_id, do)


@router.post(At.ROSTER_ROLES)
def change_what(post: Posted, account_id: str) -> Response:
    """Change what somebody is at ``office``: ``roles``, ``version``. Roles that are not given here stay as they are."""

    def do(work: UnitOfWork, session: Session) -> None:
        office_id = post.form.one("office")
        before = roles_by_office(work.connection, account_id).get(office_id, frozenset())
        wanted = frozenset(_roles_of(post, none=True))
        give, take = wanted - before, {role for role in before - wanted if may_give(role)}
        if give:
            office_id = _office_of(post)
        change_roles(work, account_id, office_id, give=give, take=take, actor=session.actor_anywhere)

    return _carry_out(post, account_id, do)


@router.post(At.ROSTER_STATE)
def change_state(post: Posted, account_id: str) -> Response:
    """Disable an account (``state`` is ``disabled``), or let it in again; ``version``."""

    def do(work: UnitOfWork, session: Session) -> None:
        change = disable_account if post.form.one("state") == "disabled" else enable_account
        change(work, account_id, session.actor_anywhere)

    return _carry_out(post, account_id, do)


@router.post(At.ROSTER_LINK)
def make_link(post: Posted, account_id: str) -> Response:
    """A new one-time link (``version``): the password of before opens nothing any more, and every session ends."""
    made = ""

    def do(work: UnitOfWork, session: Session) -> None:
        nonlocal made
        made = give_link(work, account_id, _lasts(post), session.actor_anywhere)

    asked, session = _who(post)
    refused = _try(post, asked, session, account_id, do)
    return refused if refused is not None else _with_link(post, asked, session, account_id, made)


@router.post(At.ROSTER_UNLOCK)
def unlock(post: Posted, account_id: str) -> Response:
    """Forget the wrong passwords of a name, so that it may be tried again at once."""
    asked, session = _who(post, Permission.UNLOCK_ACCOUNTS)
    with post.graph.database.read() as connection:
        found = known_accounts(connection, account_id)
    if not found or post.graph.door.unlock(found[0].login, session.actor_anywhere) is None:
        raise WireError(ErrorCode.NOT_FOUND)
    return send_on(asked, At.ROSTER_ONE.of_account(account_id), Banner("done.roster"))


def _who(post: Post, needed: Permission = Permission.KEEP_ROSTER) -> tuple[Asked, Session]:
    session = need_session(post.request, post.graph, needed)
    check_csrf(post.request, post.form, session)
    return Asked(post.request, post.graph), session


def _carry_out(post: Post, account_id: str, do: Callable[[UnitOfWork, Session], None]) -> Response:
    asked, session = _who(post)
    refused = _try(post, asked, session, account_id, do)
    if refused is not None:
        return refused
    return send_on(asked, At.ROSTER_ONE.of_account(account_id), Banner("done.roster"))


def _try(
    post: Post, asked: Asked, session: Session, account_id: str, do: Callable[[UnitOfWork, Session], None]
) -> Response | None:
    """Change one account in one transaction; the answer where that is refused."""
    version = post.form.one("version")
    try:
        with post.graph.database.write() as work:
            take_version(work, account_id, int(version) if version.isdecimal() and len(version) < 10 else -1)
            do(work, session)
    except _REFUSALS as error:
        return _refused(post, asked, session, account_id, error)
    return None


def _refused(
    post: Post, asked: Asked, session: Session, account_id: str | None, error: Exception
) -> Response:
    """Tell why nothing was changed, with what was typed; the refusal is in the trail.

    Raises:
        WireError: a program asked; or there is no such account.
    """
    why = _why(error)
    with post.graph.database.write() as work:
        # What stands in an address may be anything; the trail names ids only.
        known = account_id if account_id is not None and known_accounts(work.connection, account_id) else None
        record_audit(
            work, session.actor_anywhere, "roster_refused", known, {"why": why}, about=ObjectKind.ACCOUNT
        )
    if isinstance(error, NumberInNameError):
        raise WireError(ErrorCode.CONTAINS_MY_NUMBER)
    if wants_json(post.request):
        raise WireError(ErrorCode.INVALID_REQUEST, fields=why)
    typed = {name: post.form.one(name)[:200] for name in TYPED if not contains_my_number(post.form.one(name))}
    context = roster_context(asked, session, account_id, typed=typed)
    return page(asked, "roster.html", context, banner=Banner(f"error.roster_{why}"), status=409)


def _why(error: Exception) -> str:
    """The end of the key of the words for a refusal."""
    reasons: Mapping[type[Exception], str] = {
        AccountExistsError: "exists",
        BadNameError: "login",
        ChangedMeanwhileError: "changed",
        LastOfficeError: "nothing_left",
        LastOneError: "last_one",
        NumberInNameError: "number",
    }
    return str(error) if isinstance(error, RosterError) else reasons[type(error)]


def _with_link(post: Post, asked: Asked, session: Session, account_id: str, secret: str) -> Response:
    """The page of one account with the address of its link; it is shown with this answer alone."""
    # By the address in the settings, if there is one; never by the request's own Host header.
    link = (post.graph.settings.public_url or "") + At.FIRST_PASSWORD.of_link(secret)
    context = roster_context(asked, session, account_id, link=link)
    return page(asked, "roster.html", context, banner=Banner("done.roster"))


def _lasts(post: Post) -> timedelta:
    return timedelta(hours=post.graph.settings.first_password_hours)


def _line_of(post: Post) -> Handler:
    """The line that a form says.

    Raises:
        RosterError: it is none.
    """
    begins, ends = _day(post.form.one("begins")), post.form.one("ends").strip()
    if begins is None or (ends and _day(ends) is None):
        raise RosterError("days")
    return Handler(post.form.one("handler").strip(), begins, _day(ends) if ends else None)


def _day(written: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(written.strip())
    return None


def _office_of(post: Post) -> str:
    office = post.graph.directory.get(post.form.one("office"))
    if office is None:
        raise WireError(ErrorCode.OFFICE_UNKNOWN)
    return office.id


def _roles_of(post: Post, *, none: bool = False) -> list[Role]:
    """The roles that a form ticks, of those that may be given here.

    Raises:
        RosterError: there is none of them.
    """
    ticked = set(post.form.many("roles"))
    roles = [role for role in Role if role.value in ticked and may_give(role)]
    if len(roles) != len(ticked) or not (roles or none):
        raise RosterError("roles")
    return roles
