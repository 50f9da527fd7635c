"""The register of personal data is read with every mistake named, and says of every item what an auditor asks."""

from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from backend.cards.sealed_persons import PERSON, PERSON_COLUMNS
from backend.common.shipped import locate
from backend.office_settings import OfficeSettings
from backend.protection.columns import permitted_columns
from backend.protection.permissions import Permission, permissions_of
from backend.protection.register import RegisterError, keep_until, load_register, shipped_register
from backend.protection.register_entries import Item, Lies, OutletKind
from backend.protection.register_list import list_of
from backend.protection.roles import Role
from backend.reservations.booking import CONTACT, CONTACT_COLUMNS
from backend.settings import Settings

SHIPPED = locate("protection", "register.toml")
IN_CLEAR = {
    "number": "reservations",
    "office_id": "reservations",
    "starts_at": "reservations",
    "recipient_type": "reservations",
    "state": "reservations",
}
"""Columns that pages show and that are not sealed, with their table."""

MISTAKES = [
    ('purpose = "find"', 'purpose = "fun"', "there is no purpose fun"),
    ('source = "visit"', 'source = "rumour"', "there is no source rumour"),
    ('kept = "seat"', 'kept = "ages"', "there is no keeping ages"),
    ('name = "seats"', 'name = "cases"', "the table cases is registered twice"),
    ('plain = ["office_id", "window"]', 'plain = ["office_id", "taken_at"]', "the table seats has the column taken_at twice"),
    ('because = "窓口の名前だけを表す"\n', "", "the table seats needs both or none of plain and because"),
    ('table = "card_persons"', 'table = "cards"', "the record person lies in cards.sealed, which is not registered"),
    ('kind = "sound"', 'kind = "sample_ticket"', "the file sample_ticket is registered twice"),
    ('kept = "by_system"', 'kept = "no_idea"', "there is no keeping no_idea"),
    ('because = "空のファイル"\n', "", "the file server_lock needs either holds and whose, or because"),
    ('kind = "backup"', 'kind = "copy"', "the file copy and the outlet do not know each other"),
    ('whose = "proxy"', 'whose = "neighbour"', "is wrong at sealed.1.item.1.whose"),
    ('seen_by = ["follow_office"]', 'seen_by = ["everybody"]', "is wrong at table"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "words"), MISTAKES)
def test_a_mistake_in_the_register_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, words: str
) -> None:
    """Whoever changes the register learns where it contradicts itself."""
    content = SHIPPED.read_text("utf-8")
    assert right in content
    path = tmp_path / "register.toml"
    path.write_text(content.replace(right, wrong, 1), "utf-8")
    with pytest.raises(RegisterError) as caught:
        load_register(path)
    assert str(caught.value).startswith(f"{path}, line "), caught.value
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_kind_of_file_that_leaves_cannot_be_left_out(tmp_path: Path) -> None:
    """The outlet finds how long each kind may be kept."""
    content = SHIPPED.read_text("utf-8")
    begins = content.index('[[file]]\nkind = "key_backup"')
    path = tmp_path / "register.toml"
    path.write_text(content[:begins] + content[content.index("\n[[file]]", begins) :], "utf-8")
    with pytest.raises(RegisterError, match="the file key_backup leaves and is not registered"):
        load_register(path)


def test_every_sealed_field_is_registered_once() -> None:
    """What is inside of a sealed record is as well known as what lies in clear, and nothing is registered that is not."""
    inside = {
        record.record: sorted(name for item in record.item for name in item.columns)
        for record in shipped_register().sealed
    }
    assert inside == {PERSON: sorted(PERSON_COLUMNS), CONTACT: sorted(CONTACT_COLUMNS)}
    lies = {item.lies for record in shipped_register().sealed for item in record.item}
    assert lies == {Lies.SEALED}


def test_who_sees_a_column_is_what_the_permissions_say() -> None:
    """The register promises no less and no more than the server shows."""
    shown = {
        name: {permission for permission in Permission if name in permitted_columns([permission])}
        for name in permitted_columns(list(Permission))
    }
    register = shipped_register()
    registered: dict[str, Item] = {
        name: item for record in register.sealed for item in record.item for name in item.columns
    }
    tables = {table.name: table for table in register.table}
    registered |= {
        name: item for name, table in IN_CLEAR.items() for item in tables[table].item if name in item.columns
    }
    seen = {
        name: set() if item.seen_by == "nobody" else set(item.seen_by) for name, item in registered.items()
    }
    assert {name: by for name, by in seen.items() if by} == shown
    assert set(shown) == set(permitted_columns(permissions_of(Role)))


def test_how_long_something_is_kept_is_kept_by_something() -> None:
    """Every retention period in the register names an existing setting and an existing function that deletes."""
    settings = set(Settings.model_fields) | set(OfficeSettings.model_fields)
    for keeping in shipped_register().keeping.values():
        assert keeping.setting is None or keeping.setting in settings
        if keeping.deleted_by is None:
            continue
        module, *names = _parts(keeping.deleted_by)
        found = import_module(module)
        for name in names:
            found = getattr(found, name)
        assert callable(found)


def _parts(dotted: str) -> list[str]:
    """A module, then the names inside of it: classes are capitals, functions come last."""
    words = dotted.split(".")
    inside = next((place for place, word in enumerate(words) if word[0].isupper()), len(words) - 1)
    return [".".join(words[:inside]), *words[inside:]]


def test_every_word_of_the_register_is_used() -> None:
    """No purpose, source or keeping stands there that nothing has."""
    register = shipped_register()
    items = [
        *(item for table in register.table for item in table.item),
        *(item for record in register.sealed for item in record.item),
    ]
    assert {item.purpose for item in items} == set(register.purpose)
    assert {item.source for item in items} == set(register.source)
    assert {item.kept for item in items} | {file.kept for file in register.file} == set(register.keeping)


def test_a_day_until_which_a_file_may_be_kept_is_counted_from_its_own() -> None:
    """Backups of keys are kept no longer than what they open, and as long as the setting says."""
    day = date(2026, 11, 28)
    ends = {kind: keep_until(kind, day) for kind in OutletKind}
    assert ends.pop(OutletKind.TRAIL_ARCHIVE) is None, "the ward says how long old days of the trail are kept"
    assert all(end is not None and end > day for end in ends.values())
    proposed = Settings.model_fields["key_backup_days"].default
    assert ends[OutletKind.KEY_BACKUP] == ends[OutletKind.BACKUP] == day + timedelta(days=proposed)


def test_the_list_names_every_column_and_every_file_in_words() -> None:
    """An auditor reads one list, with as many cells in every line, and no code where a word belongs."""
    register = shipped_register()
    headings, *lines = list_of(register)
    assert {len(line) for line in lines} == {len(headings)}
    named = [name for line in lines for name in line[1].split()]
    for table in register.table:
        assert set(table.columns) <= set(named)
    assert len(lines) == len(register.file) + sum(
        len(table.item) + bool(table.plain) for table in register.table
    ) + sum(len(record.item) for record in register.sealed)
    kept = {line[-1] for line in lines}
    assert any("(event_retention_days)" in one for one in kept)
    assert any("(35日)" in one for one in kept)
    assert not any(purpose in line[4] for line in lines for purpose in register.purpose)
