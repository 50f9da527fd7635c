"""``uketsuke account``: roles, the roster, and whether somebody may sign in, as commands on the server's console."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from backend.__main__ import cli
from backend.protection.roles import Role
from tests.support import House
from tests.uketsuke_command import Uketsuke


@pytest.fixture
def account(house: House) -> Uketsuke:
    """The commands with the settings of a house."""
    settings = house.graph.settings
    environment = {"UKETSUKE_DATABASE_URL": settings.database_url, "UKETSUKE_VAR_DIR": str(settings.var_dir)}

    def run(*arguments: object) -> Result:
        return CliRunner(env=environment).invoke(cli, ["account", *(str(one) for one in arguments)])

    return run


def listed(account: Uketsuke, login: str) -> dict[str, object]:
    """What the list says of one."""
    rows = [json.loads(line) for line in account("list", "--json").stdout.splitlines()]
    return next(row for row in rows if row["login"] == login)


def test_the_life_of_an_account_on_the_console(account: Uketsuke, house: House) -> None:
    """Made with a link, named from–to, other roles, disabled, back, a new link; each is in the list, and a wrong one is a sentence."""
    made = account("add", "suzuki", "--role", "clerk", "--role", "staff", "--office", "01", "--link")
    first = re.search(r"/first-password/([a-z]{40})", made.stdout)
    assert (made.exit_code, bool(first)) == (0, True)
    assert (
        account(
            "handler", "suzuki", "--name", "受付 花子", "--from", "2026-11-01", "--to", "2026-12-31"
        ).exit_code
        == 0
    )
    assert (
        "operator"
        in account("roles", "suzuki", "--office", "01", "--give", "operator", "--take", "staff").stdout
    )
    assert listed(account, "suzuki") == {
        "login": "suzuki",
        "roles": {"01": ["clerk", "operator"]},
        "handler": "受付 花子",
        "from": "2026-11-01",
        "to": "2026-12-31",
        "disabled": False,
        "password": False,
        "used_at": None,
    }
    assert account("disable", "suzuki").exit_code == 0
    assert "disabled; no password" in account("list").stdout
    assert account("enable", "suzuki").exit_code == 0
    again = re.search(r"/first-password/([a-z]{40})", account("reset", "suzuki").stdout)
    assert again is not None
    assert first is not None
    assert again[1] != first[1]
    wrong = account("handler", "suzuki", "--name", "受付 花子", "--from", "2026-12-01", "--to", "2026-11-30")
    assert (wrong.exit_code, "cannot be those of a handler" in wrong.output) == (1, True)
    assert "there is no account of this name" in account("reset", "nobody").output


def test_the_last_responsible_person_stays(account: Uketsuke, house: House) -> None:
    """Neither disabled, nor ended, nor without the role; a second one makes it possible."""
    house.person("sekinin", Role.RESPONSIBLE)
    for refused in (
        ("disable", "sekinin"),
        ("handler", "sekinin", "--name", "責任 太郎", "--from", "2020-01-01", "--to", "2020-01-02"),
        ("roles", "sekinin", "--give", "clerk", "--take", "responsible"),
    ):
        answer = account(*refused)
        assert (answer.exit_code, "nobody who is responsible could sign in" in answer.output) == (1, True), (
            refused
        )
    house.person("futari", Role.RESPONSIBLE)
    assert account("disable", "sekinin").exit_code == 0
