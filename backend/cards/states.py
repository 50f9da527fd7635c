"""The closed lists of a card and of a notice; docs/states.md draws what leads to what."""

from enum import StrEnum


class CardKind(StrEnum):
    """Why a card was made."""

    NEW = "new"
    RENEWAL = "renewal"
    REISSUE_LOST = "reissue_lost"
    REISSUE_DAMAGED = "reissue_damaged"
    EXPRESS_RETURNED = "express_returned"
    OVERSEAS = "overseas"


class CardProgress(StrEnum):
    """How far a card has come, from application to issuance, and its ways out."""

    APPLIED = "applied"
    """申請: the application arrived."""
    DELIVERED = "delivered"
    """納品: the card lies at the ward."""
    PREPARED = "prepared"
    """交付前設定済."""
    NOTIFIED = "notified"
    """案内済: its notice was posted."""
    OVERDUE = "overdue"
    """期限経過: the period of the notice is over; the card may still be received."""
    RENOTIFIED = "renotified"
    """再案内: another notice was posted."""
    DISCARD_DUE = "discard_due"
    """廃棄予定: still there and still given."""
    ISSUED = "issued"
    """交付済."""
    DISCARDED = "discarded"
    """廃棄済."""
    MOVED_OUT = "moved_out"
    """区外転出."""
    APPLICATION_WITHDRAWN = "application_withdrawn"
    """申請取消."""
    EXPIRED_BEFORE_ISSUE = "expired_before_issue"
    """交付前失効."""
    WITHDRAWN = "withdrawn"
    """No card to hand over any more; which of the ways out, the record that was imported did not say."""

    @property
    def receivable(self) -> bool:
        """Whether the card may be handed over, as far as its progress says."""
        return self not in _OVER


_OVER = frozenset(
    {
        CardProgress.ISSUED,
        CardProgress.DISCARDED,
        CardProgress.MOVED_OUT,
        CardProgress.APPLICATION_WITHDRAWN,
        CardProgress.EXPIRED_BEFORE_ISSUE,
        CardProgress.WITHDRAWN,
    }
)


class NoticeKind(StrEnum):
    """What a notice is."""

    FIRST = "first"
    RESEND = "resend"
    INQUIRY_FOR_PROXY = "inquiry_for_proxy"


class NoticeState(StrEnum):
    """What became of a notice. Codes of all but void ones are understood."""

    MADE = "made"
    POSTED = "posted"
    RETURNED = "returned"
    """返戻: the post brought it back; the card is there."""
    SUPERSEDED = "superseded"
    """Another notice of the card took its place."""
    VOID = "void"
    """無効: its code is unknown from then on."""


LIVING_NOTICES = frozenset({NoticeState.MADE, NoticeState.POSTED})
"""Of these a card has one at most."""


class WardStatus(StrEnum):
    """処理状況 as the ward's system last told it; whatever is done here is told by the card's own progress."""

    NOTIFIED = "notified"
    """案内済: the notice was sent, nothing is booked yet."""
    BOOKED = "booked"
    """予約済: expected at an office at a time."""
    CANCELLED = "cancelled"
    """予約取消."""
    NO_SHOW = "no_show"
    """未来庁: the booked time passed without a visit."""
    ISSUED = "issued"
    """交付済: the card was handed over."""
    WITHDRAWN = "withdrawn"
    """廃棄・返戻・区外転出: there is no card to hand over any more."""


class IndexKind(StrEnum):
    """By what a card is found; each value is kept as a keyed digest only."""

    CARD_NUMBER = "card_number"
    APPLICATION_ID = "application_id"
    DISPATCH_NUMBER = "dispatch_number"
    BOOKING_NUMBER = "booking_number"
    """予約番号 under which nothing is booked yet."""
    PHONE = "phone"
    BIRTH = "birth"
    KANA = "kana"
    KANA_FAMILY = "kana_family"
