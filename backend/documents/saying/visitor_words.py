"""Sentences of the guide, of what to bring, and of an explanation, from the catalogue area ``documents``."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.documents.judging.bring import BringLine
from backend.documents.judging.explanation import RuleLine
from backend.documents.model.missing import NextStep
from backend.documents.model.policy import PolicyValue
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Lack, Note
from backend.documents.saying.verdict_words import Texts, either, fee_text, name_anywhere, name_of, note_text


@dataclass(frozen=True, slots=True)
class BringWords:
    """One line of what to bring: the thing itself, and a note on it, which may be empty."""

    thing: str
    note: str = ""


def question_text(code: str, texts: Texts) -> str:
    """A question of the guide; the code itself if a ward's question has no words yet."""
    return name_of("question", code, texts)


def option_text(question: str, option: str, texts: Texts) -> str:
    """An option of a question; reasons are named as reasons."""
    kind = "reason" if question == "reason" else f"option.{question}"
    return name_of(kind, option, texts)


def step_text(step: NextStep, texts: Texts) -> str:
    """What to say to the visitor next, one sentence."""
    return texts.text(f"next.{step}")


def bring_words(line: BringLine, rule_set: RuleSet, texts: Texts) -> BringWords:
    """One line of what to bring, in words that a visitor understands."""
    if line.what == "check":
        return BringWords(name_of("document_check", line.codes[0], texts))
    key, facts = f"bring.{line.what}", ""
    if line.unless:
        key, facts = f"{key}_unless", _names("fact", line.unless, "or", texts)
    elif line.if_fact is not None:
        key, facts = f"{key}_if", name_of("fact", line.if_fact, texts)
    ways = either((_way_text(way, texts) for way in line.ways), texts)
    return said_in_two(key, texts, names=_things(line, rule_set, texts), facts=facts, ways=ways)


def said_in_two(key: str, texts: Texts, **values: str) -> BringWords:
    """The texts of a key: the thing, and its note if the catalogue has one."""
    try:
        note = texts.text(f"{key}_note", **values)
    except KeyError:
        note = ""
    return BringWords(texts.text(key, **values), note)


def rule_text(line: RuleLine, rule_set: RuleSet, texts: Texts) -> str:
    """One line of an explanation: the result, the rule and its source; unverified rules are marked."""
    about = _names_anywhere(line.about, rule_set, texts)
    if line.value is not None:
        said = texts.text("explain.policy", about=about, value=value_text(line.value, texts))
    elif line.says == "waived":
        facts = _names("fact", line.about[1:], "or", texts)
        said = texts.text("explain.waived", about=name_of("paper", line.about[0], texts), facts=facts)
    elif line.says == "counts":
        document, kind = line.about
        said = texts.text(
            "explain.counts", about=name_of("document", document, texts), kind=name_of("class", kind, texts)
        )
    elif line.says in {"recipient", "met", "open", "there", "not_there", "judged_as"}:
        said = texts.text(f"explain.{line.says}", about=about)
    else:
        said = note_text(Note(line.says, line.about), rule_set, texts)
    person = f"{name_of('person', line.person, texts)}: " if line.person is not None else ""
    return (
        person + said + texts.text("explain.rule", rule=line.rule, source=source_text(line, rule_set, texts))
    )


def source_text(line: RuleLine, rule_set: RuleSet, texts: Texts) -> str:
    """Where a rule was read, with its evidence tag; for an unverified one, that the ward must be asked."""
    titles = [rule_set.source_table[code].title for code in line.sources]
    if line.unverified:
        titles.append(texts.text("explain.unverified"))
    if line.evidence is not None:
        titles.append(f"[{line.evidence}]")
    return texts.text("list.item").join(titles) or texts.text("explain.ward")


def value_text(value: PolicyValue, texts: Texts) -> str:
    """The value of a policy."""
    if isinstance(value, bool):
        return texts.text("explain.yes" if value else "explain.no")
    if isinstance(value, int):
        return texts.text("explain.months", count=value) if value else texts.text("explain.no_limit")
    return _names("combination", value, "or", texts)


def _way_text(way: Lack, texts: Texts) -> str:
    """How many documents of which kind, without class letters."""
    parts = zip(
        ("photo_document", "other_with_photo", "other_document", "notification"), way.kinds, strict=True
    )
    return texts.text("list.and").join(
        texts.text(f"bring.{part}", count=count) for part, count in parts if count
    )


def _things(line: BringLine, rule_set: RuleSet, texts: Texts) -> str:
    """The names of what a line is about."""
    if line.what == "fee":
        return texts.text("list.item").join(fee_text(code, rule_set, texts) for code in line.codes)
    kind = {"return": "return", "photo_examples": "document", "other_examples": "document"}
    return _names(kind.get(line.what, "paper"), line.codes, "item", texts)


def _names(kind: str, codes: Iterable[str], joint: str, texts: Texts) -> str:
    names = tuple(name_of(kind, code, texts) for code in codes)
    return either(names, texts) if joint == "or" else texts.text(f"list.{joint}").join(names)


def _names_anywhere(codes: Iterable[str], rule_set: RuleSet, texts: Texts) -> str:
    return texts.text("list.item").join(name_anywhere(code, rule_set, texts) for code in codes)
