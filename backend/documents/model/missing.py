"""What may be missing from a visit, and what to tell the visitor then."""

from enum import StrEnum

MISSING_PAPERS = ("applicant_id", "visitor_id", "notice", "seal", "authority", "proof", "extra")
"""Things that may not have been shown."""


MISSING = (*MISSING_PAPERS, "birth_date", "contradiction")
"""Everything that may keep a visit from being complete."""


class NextStep(StrEnum):
    """What to tell the visitor next, the strongest step first."""

    PROCEED = "proceed"
    ASK_STAFF = "ask_staff"
    APPLY_AGAIN = "apply_again"
    NEW_MUNICIPALITY = "new_municipality"
    OTHER_OFFICE = "other_office"
    APPLICANT_COMES = "applicant_comes"
    OTHER_TYPE = "other_type"
    RESEND_NOTICE = "resend_notice"
    RESEAL = "reseal"
    NEW_RESERVATION = "new_reservation"
    FETCH_TODAY = "fetch_today"
