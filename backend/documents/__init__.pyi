from .files.policy_file import read_policy_file as read_policy_file
from .files.rule_book import (
    RuleBook as RuleBook,
    load_policies as load_policies,
    rule_files as rule_files,
)
from .files.rule_file import RuleNode as RuleNode
from .files.rule_reader import read_rule_set as read_rule_set
from .files.rule_sense import policies_in_use as policies_in_use
from .judging.bring import (
    BringLine as BringLine,
    bring_list as bring_list,
)
from .judging.checklist import judge as judge
from .judging.comparison import (
    RuleChange as RuleChange,
    changes as changes,
)
from .judging.explanation import (
    RuleLine as RuleLine,
    explain as explain,
)
from .judging.guide import (
    Ask as Ask,
    GuideStep as GuideStep,
    Refused as Refused,
    Resolved as Resolved,
    guide as guide,
    walk as walk,
)
from .model.ages import (
    BirthDate as BirthDate,
    age_on as age_on,
)
from .model.document import DocumentClass as DocumentClass
from .model.errors import (
    BirthDateError as BirthDateError,
    DocumentsError as DocumentsError,
    NoRuleSetError as NoRuleSetError,
    RuleFileError as RuleFileError,
)
from .model.paper_slot import (
    PaperRole as PaperRole,
    PaperSlot as PaperSlot,
)
from .model.persons import (
    Person as Person,
    VisitForm as VisitForm,
)
from .model.recipient import RecipientType as RecipientType
from .model.rule_set import (
    AGE_SETTLED as AGE_SETTLED,
    RuleSet as RuleSet,
)
from .model.shown import (
    MARK as MARK,
    plain as plain,
    read_shown as read_shown,
)
from .model.visit import (
    CombinationState as CombinationState,
    Note as Note,
    Verdict as Verdict,
    Visit as Visit,
)
from .saying.handbook import handbook as handbook
from .saying.open_rules import (
    GROUPS as GROUPS,
    open_rules as open_rules,
)
from .saying.search import search_keys as search_keys
from .saying.verdict_words import (
    missing_in_short as missing_in_short,
    missing_parts as missing_parts,
    missing_text as missing_text,
    name_of as name_of,
    note_text as note_text,
    shown_name as shown_name,
)
from .saying.visitor_words import (
    BringWords as BringWords,
    bring_words as bring_words,
    option_text as option_text,
    question_text as question_text,
    rule_text as rule_text,
    said_in_two as said_in_two,
    step_text as step_text,
)
