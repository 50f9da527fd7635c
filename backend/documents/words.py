"""Sentences of a verdict, from the texts of the catalogue area ``documents``.

The room stays pure: whoever asks brings the texts, for example an ``assets.catalogue.Catalogue``. A ward may add
codes to its rule file that the catalogue has no name for: then the code itself is shown.
"""

from collections.abc import Iterable
from typing import Protocol

from backend.documents.rule_set import RuleSet
from backend.documents.visit import Lack, Missing, Note

_DOCUMENTS_MISSING = frozenset({"applicant_id", "visitor_id"})


class Texts(Protocol):
    """Where words come from."""

    def text(self, key: str, **values: object) -> str:
        """The text of a key with its places filled in; KeyError where there is none."""
        ...


def name_of(kind: str, code: str, texts: Texts) -> str:
    """The name of a code, for example of ``document`` ``A03``; the code itself where it has no name.

    Kinds are ``document``, ``paper``, ``fact``, ``recipient``, ``combination``, ``policy``, ``return``, ``reason``,
    ``class``, ``visit``, ``person`` and ``document_check``.
    """
    try:
        return texts.text(f"{kind}.{code}")
    except KeyError:
        return code


def missing_text(missing: Missing, texts: Texts) -> str:
    """One sentence about a thing that is missing."""
    if missing.what in _DOCUMENTS_MISSING:
        ways = texts.text("list.or").join(_lack_text(lack, texts) for lack in missing.add)
        fewest = min((lack.count for lack in missing.add), default=1)
        return texts.text(f"missing.{missing.what}", count=fewest, add=ways)
    if missing.what == "contradiction":
        return texts.text("missing.contradiction", facts=_names("fact", missing.need, "item", texts))
    papers = _names("paper", missing.need, "item", texts)
    if missing.unless:
        facts = _names("fact", missing.unless, "or", texts)
        return texts.text(f"missing.{missing.what}_unless", papers=papers, facts=facts)
    return texts.text(f"missing.{missing.what}", papers=papers)


def note_text(note: Note, rule_set: RuleSet, texts: Texts) -> str:
    """One sentence of a note, with the names of what it is about and the fees of the rule set (yen) filled in."""
    about = texts.text("list.item").join(_name_anywhere(code, rule_set, texts) for code in note.about)
    fees = {code: f"{yen:,}" for code, yen in rule_set.fees_yen.items()}
    try:
        return texts.text(f"note.{note.code}", about=about, **fees)
    except KeyError:
        return f"{note.code} {about}".strip()


def fee_text(code: str, rule_set: RuleSet, texts: Texts) -> str:
    """One line of the fees, with the amount in yen."""
    return texts.text(f"fee.{code}", yen=f"{rule_set.fees_yen[code]:,}")


def _lack_text(lack: Lack, texts: Texts) -> str:
    """What to add, as parts: of class A, with a photo, of either class, 通知カード."""
    with_photo = max(0, lack.photo - lack.a)
    parts = (
        ("A", lack.a),
        ("photo", with_photo),
        ("any", lack.total - lack.a - with_photo),
        ("TN", lack.tn),
    )
    return texts.text("list.and").join(
        texts.text(f"add.{part}", count=count) for part, count in parts if count
    )


def _names(kind: str, codes: Iterable[str], joint: str, texts: Texts) -> str:
    """Names of several codes of one kind, joined."""
    return texts.text(f"list.{joint}").join(name_of(kind, code, texts) for code in codes)


def _name_anywhere(code: str, rule_set: RuleSet, texts: Texts) -> str:
    """The name of a code of any kind."""
    for kind, table in (
        ("document", rule_set.document_table),
        ("recipient", rule_set.recipient_table),
        ("paper", rule_set.paper_table),
        ("fact", rule_set.fact_table),
        ("policy", rule_set.policy_table),
    ):
        if code in table:
            return name_of(kind, code, texts)
    return code
