"""No file of the ward, no name of an account or a device and no line of the audit trail holds a 12-digit number."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from backend.common.shipped import locate
from backend.documents.model.errors import DocumentsError
from backend.exchange.mapping import MappingError, load_mapping
from backend.offices.directory import OfficesError
from backend.offices.directory_file import load_directory
from backend.protection import audit
from backend.protection.accounts import create_account
from backend.protection.device_tokens import enrol
from backend.protection.login_names import NumberInNameError
from backend.protection.roles import DeviceKind, Role
from backend.protection.tables import audit as trail
from backend.reservations.code_patterns import CodePatternError, load_patterns
from backend.settings import Settings
from backend.storage.database import Database
from backend.ward_rules import open_rules, refuse_numbers
from tests.support import PASSWORD

DRESSES = ["123456789018", "1234|5678|9018", "壱弐参四五六七八九〇一八"]


@pytest.mark.parametrize("dress", DRESSES)
def test_a_file_of_offices_with_a_number_is_refused(tmp_path: Path, dress: str) -> None:
    """Names and addresses of offices are shown to everybody; a telephone number may have an extension."""
    shipped = locate("offices", "shinjuku.toml").read_text("utf-8")
    file = tmp_path / "offices.toml"
    for place in ('authority = "', 'name = { ja = "', 'phone = "'):
        assert place in shipped
        file.write_text(shipped.replace(place, f"{place}{dress} ", 1), "utf-8")
        with pytest.raises(OfficesError, match="12-digit number") as caught:
            load_directory(file)
        assert dress not in str(caught.value)
    file.write_text(shipped.replace('phone = "', 'phone = "03-3209-9999 内線12 / ', 1), "utf-8")
    assert load_directory(file).get("00") is not None


@pytest.mark.parametrize("dress", DRESSES)
def test_a_mapping_or_a_pattern_with_a_number_is_refused(tmp_path: Path, dress: str) -> None:
    """What a ward writes into its mapping is repeated in reports of imports and handed out to kiosks."""
    file = tmp_path / "own.toml"
    file.write_text(f'[columns]\nalias = ["通称", "{dress}"]\n', "utf-8")
    with pytest.raises(MappingError, match="12-digit number"):
        load_mapping(file)
    file.write_text(f'[[pattern]]\nname = "{dress}"\nregex = "A[0-9]+"\nfields = ["number"]\n', "utf-8")
    with pytest.raises(CodePatternError, match="12-digit number"):
        load_patterns(file)


@pytest.mark.parametrize("dress", DRESSES)
def test_a_rule_file_with_a_number_is_refused(tmp_path: Path, dress: str) -> None:
    """A ward's policy names lines, never what stands there."""
    policy = tmp_path / "ward.yaml"
    policy.write_text(locate("rules", "policy", "ward.yaml").read_text("utf-8"), "utf-8")
    assert open_rules(Settings(document_policy_file=policy)).rule_sets()
    policy.write_text(f"{policy.read_text('utf-8')}\n# about nobody\n", "utf-8")
    refuse_numbers(policy)
    text = tmp_path / "text.yaml"
    text.write_text(f"a: b\nnote: 番号は {dress} です\n", "utf-8")
    with pytest.raises(DocumentsError, match=r"text\.yaml:2: a 12-digit number stands here") as caught:
        refuse_numbers(text)
    assert dress not in str(caught.value)


@pytest.mark.parametrize("file", sorted(locate("rules").rglob("*.yaml")), ids=lambda file: file.name)
def test_no_shipped_rule_looks_like_a_number(file: Path) -> None:
    """The server does not look at the shipped files when it starts."""
    refuse_numbers(file)


@pytest.mark.parametrize("dress", DRESSES)
def test_no_account_and_no_device_is_named_by_a_number(sqlite: Database, dress: str) -> None:
    """Whoever makes them, a command or a page: names are shown, logged and audited."""
    with pytest.raises(NumberInNameError):
        create_account(sqlite, dress, PASSWORD, Role.CLERK, "00")
    with sqlite.write() as work:
        with pytest.raises(NumberInNameError):
            enrol(work, f"kiosk {dress}", DeviceKind.KIOSK, "00")
        assert work.connection.execute(select(trail)).all() == []


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        *((dress, "***") for dress in DRESSES),
        (["x", "1234 5678 9018"], "***"),
        (int("123456" + "789018"), "***"),
        ("2026-11-24T10:30:00+09:00", "2026-11-24T10:30:00+09:00"),
        ("01890a5dac96774bbcce123456" + "789018", "01890a5dac96774bbcce123456" + "789018"),
        (3, 3),
    ],
)
def test_the_audit_trail_withholds_a_number(sqlite: Database, fact: Any, kept: Any) -> None:
    """It names ids and times; what looks as if it had stood in a field is not written."""
    with sqlite.write() as work:
        audit.record_audit(work, "console", "tick", facts={"fact": fact})
        assert work.connection.execute(select(trail.c.facts)).scalar_one() == {"fact": kept}
