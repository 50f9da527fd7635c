"""What to tell the visitor next: steps of a closed list, the strongest that fits first."""

from collections.abc import Iterable

from backend.documents.model.missing import NextStep
from backend.documents.model.persons import VisitForm
from backend.documents.model.recipient import NoticeNeed, RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Missing, Visit

LATER_FACT = "cannot_return_today"
"""The fact by which the clerk says that the visitor cannot come back on the same day."""

_USUAL = {
    "notice": (NextStep.RESEND_NOTICE,),
    "seal": (NextStep.RESEAL,),
    "birth_date": (NextStep.ASK_STAFF,),
    "contradiction": (NextStep.ASK_STAFF,),
}
_STRENGTH = tuple(NextStep)


def next_steps(
    rule_set: RuleSet,
    recipient: RecipientType,
    visit: Visit,
    missing: Iterable[Missing],
    *,
    ask_staff: bool = False,
) -> tuple[NextStep, ...]:
    """What to tell the visitor if something is missing: the strongest step first, then the alternatives.

    A thing that is at home is fetched today; if the visitor cannot come back today, or somebody has to make out the
    paper first, a new reservation is needed. Set ``ask_staff`` if a document was shown that staff may accept.
    """
    first: list[NextStep] = []
    also: list[NextStep] = []
    lacking = tuple(missing)
    if lacking and recipient.notice is NoticeNeed.LOST and "notice" in visit.papers:
        # The visit counts as one without the notice, but the notice was shown: the usual type asks for less.
        return (NextStep.OTHER_TYPE,)
    for item in lacking:
        steps = recipient.then.get(item.what) or _USUAL.get(item.what) or (_fetch(rule_set, item),)
        if (
            item.what == "notice"
            and NextStep.OTHER_TYPE in steps
            and not _other_type_is_open(rule_set, recipient)
        ):
            steps = _USUAL["notice"]
        if LATER_FACT in visit.facts:
            steps = tuple(NextStep.NEW_RESERVATION if one is NextStep.FETCH_TODAY else one for one in steps)
        first.append(steps[0])
        also.extend(steps[1:])
    if not first:
        return (NextStep.PROCEED,)
    if ask_staff:
        first.append(NextStep.ASK_STAFF)
    strongest = min(first, key=_STRENGTH.index)
    return tuple(dict.fromkeys((strongest, *(also if len(set(first)) == 1 else ()))))


def _other_type_is_open(rule_set: RuleSet, recipient: RecipientType) -> bool:
    """Whether the ward accepts the type without the notice."""
    return recipient.no_notice is None or rule_set.recipient(recipient.no_notice).visit is not VisitForm.NEVER


def _fetch(rule_set: RuleSet, item: Missing) -> NextStep:
    """Fetch it today; or a new reservation, if all papers that would be enough must first be made out by others."""
    papers = [rule_set.paper_table[code] for code in item.need if code in rule_set.paper_table]
    later = bool(papers) and all(paper.another_day for paper in papers)
    return NextStep.NEW_RESERVATION if later else NextStep.FETCH_TODAY
