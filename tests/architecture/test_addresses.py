"""Every address of a page stands once: templates and scripts take it from there, and templates show what their page gives."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, meta, nodes

from backend.web.app import PAGE_ROUTERS
from backend.web.desk.about_view import AboutContext
from backend.web.desk.account_view import AccountContext
from backend.web.desk.addresses import At
from backend.web.desk.clerk_view import ClerkContext
from backend.web.desk.copy_view import CopyContext
from backend.web.desk.error_answers import TroubleContext
from backend.web.desk.office_choice import OfficeContext
from backend.web.desk.pages import EveryPage
from backend.web.desk.password_routes import FirstPasswordContext
from backend.web.desk.roster_view import RosterContext
from backend.web.desk.seat_view import TopBar
from backend.web.desk.session_routes import SignInContext
from backend.web.desk.staff_ticket_view import StaffTicketContext
from backend.web.desk.staff_view import StaffContext
from backend.web.desk.trail_view import TrailContext
from tests.architecture.papers import ROOT

TEMPLATES: Final = ROOT / "backend/web/desk/templates"
SCRIPTS: Final = ROOT / "assets/pages"
SHARED: Final = "parts.html"
_LITERAL = re.compile(r"""["'`(=]/(?!/)[a-z][\w/-]*""")
"""An address of ours, as a text begins with it."""

PAGES: Final[Mapping[str, type]] = {
    "account.html": AccountContext,
    "roster.html": RosterContext,
    "first_password.html": FirstPasswordContext,
    "clerk.html": ClerkContext,
    "clerk_panel.html": ClerkContext,
    "staff.html": StaffContext,
    "staff_panel.html": StaffContext,
    "copy.html": CopyContext,
    "trail.html": TrailContext,
    "staff_ticket.html": StaffTicketContext,
    "office.html": OfficeContext,
    "sign_in.html": SignInContext,
    "trouble.html": TroubleContext,
    "about.html": AboutContext,
    "banner.html": dict,
}
"""What each template that is shown by itself gets."""

_templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


def literals(text: str) -> list[str]:
    """Addresses that a text holds, remarks of scripts aside."""
    return _LITERAL.findall(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize(
    "path", [*sorted(TEMPLATES.glob("*.html")), *sorted(SCRIPTS.glob("*.js"))], ids=lambda path: path.name
)
def test_no_template_and_no_script_writes_an_address(path: Path) -> None:
    """Who moves a page changes one line; a form that leads nowhere cannot be."""
    assert literals(path.read_text("utf-8")) == []


def test_an_address_is_known_when_it_is_seen() -> None:
    """The rule itself: forms, links and questions of scripts are found, closing tags and remarks are not."""
    for text in ('action="/clerk"', "fetch(`/api/v1/health`)", "href='/staff/tickets/'", "x('/office')"):
        assert literals(text), text
    for text in ("</p>", "// see /clerk", 'a("https://", b)', "/[a-z]+/"):
        assert not literals(text), text


def test_every_route_of_pages_is_one_of_the_addresses() -> None:
    """Nothing is reached by another address than those that stand there, and each of them leads somewhere."""
    led_to = {route.path for router in PAGE_ROUTERS for route in router.routes if isinstance(route, APIRoute)}
    assert led_to == {at.value for at in At} - {At.HEALTH, At.STATIC}


def names_asked(name: str) -> set[str]:
    """Every name that a template takes from outside, with those of the templates that it is made of."""
    tree = _templates.parse((TEMPLATES / name).read_text("utf-8"))
    made_of = {found for found in meta.find_referenced_templates(tree) if found not in {None, SHARED}}
    own = {node.name for node in tree.find_all(nodes.Macro)} | {
        node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"
    }
    asked = meta.find_undeclared_variables(tree) - own
    return asked.union(*(names_asked(str(one)) for one in made_of)) - {"parts", "ways"}


@pytest.mark.parametrize("name", PAGES)
def test_a_template_shows_what_its_page_gives(name: str) -> None:
    """What a template asks for is a value of its page, whose types are checked where it is made, or of every page."""
    asked = names_asked(name)
    assert asked - set(EveryPage.__annotations__) <= set(getattr(PAGES[name], "__annotations__", {}))


def test_pieces_of_several_pages_show_what_each_of_them_gives() -> None:
    """The bar and the choice of a window ask for nothing that only one page has."""
    assert names_asked(SHARED) - set(EveryPage.__annotations__) <= set(TopBar.__annotations__)


def test_every_template_that_is_shown_has_its_values() -> None:
    """A new page comes with the values that it shows."""
    shown = {
        found
        for path in (ROOT / "backend/web/desk").glob("*.py")
        for found in re.findall(r'"(\w+\.html)"', path.read_text("utf-8"))
    }
    assert shown == set(PAGES)
