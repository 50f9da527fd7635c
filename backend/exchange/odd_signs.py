"""One look at a whole row of a file for characters that some field may not have, or that get a remark; hardly any row has one."""

import re
from typing import Final

from backend.exchange.mapping import FieldName
from backend.exchange.person_names import remarks_on
from backend.exchange.refusals import ImportRemark
from backend.exchange.spreadsheet import may_have_lost_a_character

# Everything of the first plane but: what no field may hold (backend.common.field_text), characters of somebody's own set and
# variation selectors (backend.exchange.person_names), and ?, ？ and 〓. What lies beyond the first plane is looked at closely.
_ODD: Final = re.compile(
    "[^\\t\\n\\r -\\x3e\\x40-\\x7e\\xa0-\\u2029\\u202f-\\u2065\\u206a-\\u3012\\u3014-\\ud7ff\\uf900-\\ufdff\\ufe10-\\uff1e\\uff20-\\uffef]"
)


def is_odd(text: str) -> bool:
    """Whether a text has a character that no field may hold, that other machines may lose, or that stands for a lost one."""
    return _ODD.search(text) is not None


def remarks_on_signs(text: str, field: FieldName) -> list[ImportRemark]:
    """What somebody should check in a value of a row that is odd."""
    lost = [ImportRemark.LOST_CHARACTER] if may_have_lost_a_character(text, field) else []
    return lost + remarks_on(text)
