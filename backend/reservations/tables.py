"""Tables of this room: who is expected where and when, and the codes printed on their notices.

Rows hold what the ward's 個人番号カード交付管理システム exports (``docs/import.md`` lists the items). They are personal
data: no other room reads them whole; check-in sees only a :class:`~backend.reservations.lookup.ReservationMatch`.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table

from backend.storage import UtcDateTime, metadata

reservations = Table(
    "reservations",
    metadata,
    Column("id", String(32), primary_key=True, comment="UUID in hex, ours"),
    Column("number", String(20), nullable=False, unique=True, comment="予約番号, upper case, no hyphen"),
    Column("card_number", String(20), comment="製造管理番号"),
    Column("dispatch_number", String(20), comment="発送番号"),
    Column("application_id", String(23), comment="申請書ID"),
    Column("name", String(200), nullable=False, comment="氏名, as the register writes it"),
    Column("name_kana", String(200), comment="フリガナ in full-width katakana"),
    Column("alias", String(200), comment="通称"),
    Column("birth", String(10), comment="生年月日: 1950, 1950-02 or 1950-02-03"),
    Column("address", String(300), comment="住所"),
    Column("phone", String(30), comment="連絡先"),
    Column("email", String(254), comment="電子メールアドレス"),
    Column("foreign_category", String(60), comment="外国人住民の区分"),
    Column("stay_expires_on", Date, comment="在留期間等満了日"),
    Column("card_expires_on", Date, comment="有効期限"),
    Column("recipient_type", String(8), comment="受取人種別, a code of the document rules"),
    Column("proxy_name", String(200), comment="代理受取人氏名"),
    Column("office_id", String(8), comment="交付窓口: the office"),
    Column("starts_at", UtcDateTime, comment="交付予約日時, UTC"),
    Column("window_name", String(60), comment="交付窓口: the window, as exported"),
    Column("ward_ticket_number", String(20), comment="受付番号 of the ward's system, not ours"),
    Column("state", String(20), nullable=False, comment="処理状況: a ReservationState"),
    Column("fingerprint", String(64), nullable=False, comment="Keyed hash of the imported content"),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_reservations_card_number", "card_number"),
    Index("ix_reservations_dispatch_number", "dispatch_number"),
    Index("ix_reservations_office_id_starts_at", "office_id", "starts_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("token", String(32), primary_key=True, comment="Random part of the code on the sheet"),
    Column(
        "reservation_id",
        String(32),
        ForeignKey("reservations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime, comment="From then on the code is unknown"),
)
