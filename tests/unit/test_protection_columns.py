"""Which columns each role may read, and who may open more than a reader may see."""

import re
from typing import Final

from backend.protection.columns import COUNTER_LIST, TELEPHONE_LIST, Columns, permitted_columns
from backend.protection.permissions import OF_ROLE, permissions_of
from backend.protection.roles import Role
from tests.architecture.papers import ROOT


def test_the_lists_are_those_of_the_paper() -> None:
    """Item by item what the ward wrote down for the telephone and for the counter; nothing computed, nothing forgotten."""
    both = [
        "氏名",
        "通称",
        "生年月日",
        "住所",
        "製造管理番号",
        "発送番号",
        "予約番号",
        "受取人種別",
        "代理受取人氏名",
        "交付予約日時",
        "交付窓口",
    ]
    telephone = [
        "連絡先",
        "外国人住民の区分",
        "在留期間等満了日",
        "申請書ID",
        "電子メールアドレス",
        "処理状況",
        "有効期限",
    ]
    items = {
        "氏名": ("name", "name_kana"), "通称": ("alias",), "生年月日": ("birth",), "住所": ("address",), "連絡先": ("phone",),
        "外国人住民の区分": ("foreign_category",), "在留期間等満了日": ("stay_expires_on",), "申請書ID": ("application_id",),
        "製造管理番号": ("card_number",), "発送番号": ("dispatch_number",), "予約番号": ("number",),
        "電子メールアドレス": ("email",), "受取人種別": ("recipient_type",), "代理受取人氏名": ("proxy_name",),
        "交付予約日時": ("starts_at",), "交付窓口": ("office_id",), "処理状況": ("state",), "有効期限": ("card_expires_on",),
    }  # fmt: skip
    assert set(COUNTER_LIST) == {column for item in both for column in items[item]}
    assert set(TELEPHONE_LIST) == {column for item in both + telephone for column in items[item]}
    assert set(permitted_columns(OF_ROLE[Role.OPERATOR])) == set(TELEPHONE_LIST)
    assert set(permitted_columns(OF_ROLE[Role.CLERK])) == set(COUNTER_LIST)


FOR_THE_PROGRAM: Final = {
    "backend/cli/notice_run.py": "the order in which postcards lie",
    "backend/exchange/our_rows.py": "the ward's file, which the outlet enters, and knowing a row again",
    "backend/handing_back/ward_rows.py": "the numbers by which the ward's file knows a card",
    "backend/reception/checking.py": "what papers are judged by; the reader is told no more than their own columns",
    "backend/reservations/card_search.py": "a birthday that somebody typed is compared",
    "backend/reservations/fields.py": "what became of a booking, for 処理状況",
    "backend/web/desk/card_alarm.py": "who may not see it is told to ask staff",
}
"""Who opens more than a reader may see, and what for."""


def test_nobody_else_opens_more_than_a_reader_may_see() -> None:
    """A list of columns is made of permissions; each module that asks for one of its own is named here with the reason."""
    asking = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "backend").rglob("*.py")
        if re.search(r"columns_for_program\(|\bColumns\(", path.read_text("utf-8"))
    }
    assert asking - {"backend/protection/columns.py"} == set(FOR_THE_PROGRAM)


def test_several_roles_read_what_each_of_them_reads_and_each_column_once() -> None:
    """Whoever answers the telephone and sits at the counter reads both lists, in the order of a page; nothing is asked for twice."""
    both = permitted_columns(permissions_of({Role.OPERATOR, Role.CLERK}))
    assert set(both) == set(COUNTER_LIST) | set(TELEPHONE_LIST)
    assert len(both) == len(set(both))
    assert both[: len(COUNTER_LIST)] == COUNTER_LIST
    assert both.only({"phone", "nothing"}) == Columns(("phone",))
    assert "phone" not in both.without({"phone"})
    assert (
        permitted_columns(
            permissions_of({Role.AUDITOR, Role.ADMINISTRATOR, Role.SUPERVISOR, Role.RESPONSIBLE})
        )
        == ()
    )
