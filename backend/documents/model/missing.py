"""What may be missing for a complete visit, and what to say to the visitor then."""

from enum import StrEnum

MISSING_PAPERS = ("applicant_id", "visitor_id", "notice", "seal", "authority", "proof", "extra")
"""What may be missing on the counter."""


MISSING = (*MISSING_PAPERS, "birth_date", "contradiction")
"""Everything that may stand in the way of a complete visit."""


class NextStep(StrEnum):
    """What to say to the visitor next; the first of several that fit is the strongest."""

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
