"""Sentences of a verdict, from the texts of the catalogue area ``documents``.

The room stays pure: callers pass the texts, for example a ``backend.common.catalogue.Catalogue``. A ward may add codes
to its rule file for which the catalogue has no name: then the code itself is shown.
"""

from collections.abc import Iterable
from typing import Protocol

from backend.documents.model.rule_set import RuleSet
from backend.documents.model.shown import MARK
from backend.documents.model.visit import Lack, Missing, Note

_DOCUMENTS_MISSING = frozenset({"applicant_id", "visitor_id"})


_TO_SETTLE = frozenset({"contradiction", "birth_date"})


class Texts(Protocol):
    """A source of texts, such as a catalogue."""

    def text(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled in; raises KeyError if there is none."""
        ...


_KINDS = ("A", "photo", "any", "TN")
"""The parts of text keys for the counts of ``Lack.kinds``."""
_FEW = 2
"""Up to this many alternatives are joined by "or"; a longer list begins by saying that one of them is enough."""


def name_of(kind: str, code: str, texts: Texts) -> str:
    """The name of a code, for example of ``document`` ``A03``; the code itself if it has no name.

    Kinds are ``document``, ``paper``, ``fact``, ``recipient``, ``combination``, ``policy``, ``return``, ``reason``,
    ``class``, ``visit``, ``person``, ``document_check``, ``question`` and ``next``.
    """
    try:
        return texts.text(f"{kind}.{code}")
    except KeyError:
        return code


def shown_name(written: str, texts: Texts) -> str:
    """The name of a document as it was shown, with its flaws: ``A03:expired``."""
    code, *written_flaws = written.split(MARK)
    flaws = tuple(dict.fromkeys(written_flaws))
    name = name_of("document", code, texts)
    if not flaws:
        return name
    said = texts.text("list.item").join(name_of("flaw", flaw, texts) for flaw in flaws)
    return texts.text("list.flawed", name=name, flaws=said)


def missing_text(missing: Missing, texts: Texts) -> str:
    """One sentence about a thing that is missing."""
    if missing.what in _DOCUMENTS_MISSING:
        ways = either((_lack_text(lack, texts) for lack in missing.add), texts)
        return texts.text(f"missing.{missing.what}", add=ways)
    if missing.what in _TO_SETTLE:
        return _to_settle(missing, texts)
    papers = _names("paper", missing.need, "item", texts)
    if missing.unless:
        facts = _names("fact", missing.unless, "or", texts)
        return texts.text(f"missing.{missing.what}_unless", papers=papers, facts=facts)
    if missing.what == "proof" and len(missing.need) == 1:
        return texts.text("missing.proof_one", papers=papers)
    return texts.text(f"missing.{missing.what}", papers=papers)


def _to_settle(missing: Missing, texts: Texts) -> str:
    """What must be settled before any paper: the birth date, or facts and papers that cannot all be true."""
    if missing.what == "birth_date":
        return texts.text(f"missing.{missing.need[0]}")
    names = (name_of("fact", code, texts) for code in missing.need)
    named = (
        name_of("paper", code, texts) if name == code else name
        for code, name in zip(missing.need, names, strict=True)
    )
    return texts.text("missing.contradiction", facts=texts.text("list.item").join(named))


def missing_short(missing: Missing, texts: Texts) -> str:
    """What is missing, in as few words as possible: how many documents of which list, or the names of papers.

    Alternatives with the same number of documents share one number; an alternative has numbers of its own only if it
    needs documents of several kinds.
    """
    if missing.what in _TO_SETTLE:
        return _to_settle(missing, texts)
    if missing.what == "seal":
        return texts.text("missing.seal")
    if missing.what not in _DOCUMENTS_MISSING:
        joint = "or" if missing.what == "proof" and len(missing.need) <= _FEW else "item"
        names = _names("paper", missing.need, joint, texts)
        if missing.what == "proof" and len(missing.need) > _FEW:
            return texts.text("short.one_of", names=names)
        return names
    parts = []
    with_a = any(lack.a for lack in missing.add)
    for count in dict.fromkeys(lack.count for lack in missing.add):
        ways = [_short_lack(lack, with_a, texts) for lack in missing.add if lack.count == count]
        parts.append(texts.text("short.lead", count=count, ways=either(ways, texts, last="short.or")))
    return texts.text("short.or_count").join(parts)


def missing_parts(missing: Iterable[Missing], texts: Texts, *, alone: bool) -> tuple[str, ...]:
    """Everything that is missing, in as few words as possible, one text per thing.

    Args:
        missing: the missing things of a verdict.
        texts: the catalogue ``documents``.
        alone: whether the applicant comes alone; then the texts do not say whose documents are meant.
    """
    parts = []
    # Things that are not papers come first: once they are settled, some papers may no longer be needed.
    for item in sorted(missing, key=lambda one: one.what not in _TO_SETTLE):
        said = missing_short(item, texts)
        if item.what in _DOCUMENTS_MISSING and not alone:
            said = texts.text(f"short.{item.what.removesuffix('_id')}", said=said)
        parts.append(said)
    return tuple(parts)


def missing_in_short(missing: Iterable[Missing], texts: Texts, *, alone: bool) -> str:
    """Everything that is missing, in one short sentence; the arguments are those of :func:`missing_parts`."""
    return texts.text("short.and").join(missing_parts(missing, texts, alone=alone))


def note_text(note: Note, rule_set: RuleSet, texts: Texts) -> str:
    """One sentence of a note, with the names of what it is about and the fees of the rule set (yen) filled in."""
    about = texts.text("list.item").join(name_anywhere(code, rule_set, texts) for code in note.about)
    fees = {code: f"{yen:,}" for code, yen in rule_set.fees_yen.items()}
    try:
        return texts.text(f"note.{note.code}", about=about, **fees)
    except KeyError:
        return f"{note.code} {about}".strip()


def fee_text(code: str, rule_set: RuleSet, texts: Texts) -> str:
    """One line of the fees, with the amount in yen."""
    return texts.text(f"fee.{code}", yen=f"{rule_set.fees_yen[code]:,}")


def either(names: Iterable[str], texts: Texts, *, last: str = "list.or") -> str:
    """Join alternatives with a single "or", before the last of them.

    Args:
        names: the alternatives.
        texts: the catalogue ``documents``.
        last: the key of the word before the last alternative.
    """
    every = tuple(names)
    before, final = texts.text("list.item").join(every[:-1]), "".join(every[-1:])
    return f"{before}{texts.text(last)}{final}" if len(every) > 1 else final


def _lack_text(lack: Lack, texts: Texts) -> str:
    """What to add, as a list: documents of class A, with a photo, of either class, 通知カード."""
    parts = zip(_KINDS, lack.kinds, strict=True)
    # "A and B together" makes sense only for several documents.
    return texts.text("list.and").join(
        texts.text("add.any_one" if (part, count) == ("any", 1) else f"add.{part}", count=count)
        for part, count in parts
        if count
    )


def _short_lack(lack: Lack, with_a: bool, texts: Texts) -> str:
    """One alternative, without a number if all its documents are of one kind.

    If another alternative needs documents of list A (``with_a``), this one names only list B.
    """
    asked = [kind for kind, count in zip(_KINDS, lack.kinds, strict=True) if count]
    if len(asked) != 1:
        return _lack_text(lack, texts)
    return texts.text("short.B" if with_a and asked == ["any"] else f"short.{asked[0]}")


def _names(kind: str, codes: Iterable[str], joint: str, texts: Texts) -> str:
    """Names of several codes of one kind, joined."""
    names = tuple(name_of(kind, code, texts) for code in codes)
    return either(names, texts) if joint == "or" else texts.text(f"list.{joint}").join(names)


def name_anywhere(code: str, rule_set: RuleSet, texts: Texts) -> str:
    """The name of a code of any kind."""
    for kind, table in (
        ("document", rule_set.document_table),
        ("recipient", rule_set.recipient_table),
        ("paper", rule_set.paper_table),
        ("fact", rule_set.fact_table),
        ("policy", rule_set.policy_table),
        ("combination", rule_set.combination_table),
    ):
        if code in table:
            return name_of(kind, code, texts)
    return code
