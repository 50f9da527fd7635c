from .card_counts import (
    CardCount as CardCount,
    Milestones as Milestones,
    NoticeCount as NoticeCount,
    count_cards as count_cards,
    count_notices as count_notices,
    milestones as milestones,
)
from .issuing import mark_issued as mark_issued
from .keeping import (
    CardEntry as CardEntry,
    SealedPerson as SealedPerson,
    card_ids as card_ids,
    keep_cards as keep_cards,
    keep_sealed_cards as keep_sealed_cards,
    lock_cards as lock_cards,
    seal_persons as seal_persons,
)
from .many_persons import persons_of as persons_of
from .notice_code import (
    CodeProblem as CodeProblem,
    NoticeCode as NoticeCode,
    make_code as make_code,
    new_token as new_token,
    parse_code as parse_code,
)
from .notifying import (
    KeptNotice as KeptNotice,
    count_copy as count_copy,
    has_notice as has_notice,
    note_returned as note_returned,
    notice_of as notice_of,
    notify_again as notify_again,
    void_notices as void_notices,
)
from .numbers import (
    BadNumberError as BadNumberError,
    fold_number as fold_number,
    grouped as grouped,
    normalise_number as normalise_number,
)
from .print_runs import (
    adopt_part as adopt_part,
    cards_to_notify as cards_to_notify,
    make_part as make_part,
    note_part_printed as note_part_printed,
    part_of as part_of,
    parts_of as parts_of,
    unfinished_elsewhere as unfinished_elsewhere,
)
from .sealed_persons import (
    PERSON_COLUMNS as PERSON_COLUMNS,
    cards_by_digest as cards_by_digest,
    find_cards as find_cards,
    index_of as index_of,
    is_erased as is_erased,
    last_day_of as last_day_of,
    read_person as read_person,
)
from .states import (
    CardKind as CardKind,
    CardProgress as CardProgress,
    IndexKind as IndexKind,
    NoticeKind as NoticeKind,
    NoticeState as NoticeState,
    WardStatus as WardStatus,
)
from .tables import (
    cards as cards,
    notices as notices,
)
from .ward_words import WardWord as WardWord
