"""The addresses of pages and forms: each stands here once, for its route, for templates, and for what leads there."""

from enum import StrEnum


class At(StrEnum):
    """An address, as its route has it; parts that differ stand in braces."""

    FRONT = "/"
    ABOUT = "/about"
    SIGN_IN = "/sign-in"
    SIGN_OUT = "/sign-out"
    OFFICE = "/office"
    ACCOUNT = "/account"
    OWN_PASSWORD = "/account/password"  # noqa: S105 - an address
    OWN_SESSIONS = "/account/sessions"
    ROSTER = "/roster"
    ROSTER_ONE = "/roster/{account_id}"
    ROSTER_LINE = "/roster/{account_id}/line"
    ROSTER_ROLES = "/roster/{account_id}/roles"
    ROSTER_LINK = "/roster/{account_id}/link"
    ROSTER_STATE = "/roster/{account_id}/state"
    ROSTER_UNLOCK = "/roster/{account_id}/unlock"
    FIRST_PASSWORD = "/first-password/{link}"  # noqa: S105 - an address
    LANGUAGE = "/language"
    EVENTS = "/pages/events"
    HEALTH = "/api/v1/health"
    STATIC = "/static"

    CLERK = "/clerk"
    CLERK_PANEL = "/clerk/panel"
    CLERK_WINDOW = "/clerk/window"
    CLERK_LEAVE = "/clerk/leave"
    CLERK_CALL_NEXT = "/clerk/call-next"
    CLERK_RECALL = "/clerk/tickets/{ticket_id}/recall"
    CLERK_START = "/clerk/tickets/{ticket_id}/start"
    CLERK_ABSENT = "/clerk/tickets/{ticket_id}/absent"
    CLERK_BACK = "/clerk/tickets/{ticket_id}/back"
    CLERK_CANCEL = "/clerk/tickets/{ticket_id}/cancel"
    CLERK_TIE = "/clerk/tickets/{ticket_id}/tie"
    CLERK_UNTIE = "/clerk/tickets/{ticket_id}/untie"
    CLERK_LOOK = "/clerk/tickets/{ticket_id}/look"
    CLERK_PAPER = "/clerk/tickets/{ticket_id}/paper"
    CLERK_TICK = "/clerk/tickets/{ticket_id}/tick"
    CLERK_GUIDE = "/clerk/tickets/{ticket_id}/guide"
    CLERK_RECIPIENT = "/clerk/tickets/{ticket_id}/recipient"
    CLERK_HAND_OVER = "/clerk/tickets/{ticket_id}/hand-over"
    CLERK_FINISH = "/clerk/tickets/{ticket_id}/finish"
    CLERK_INCOMPLETE = "/clerk/tickets/{ticket_id}/incomplete"

    COPY = "/copy"
    TRAIL = "/trail"
    TRAIL_EXPORT = "/trail/export"

    STAFF = "/staff"
    STAFF_PANEL = "/staff/panel"
    STAFF_WINDOW = "/staff/window"
    STAFF_LEAVE = "/staff/leave"
    STAFF_TICKET = "/staff/tickets/{ticket_id}"
    STAFF_CALL = "/staff/tickets/{ticket_id}/call"
    STAFF_ISSUE = "/staff/tickets/{ticket_id}/issue"
    STAFF_END = "/staff/tickets/{ticket_id}/end"
    STAFF_ABSENT = "/staff/tickets/{ticket_id}/absent"
    STAFF_BACK = "/staff/tickets/{ticket_id}/back"
    STAFF_PUT_BACK = "/staff/tickets/{ticket_id}/put-back"
    STAFF_SEND_BACK = "/staff/tickets/{ticket_id}/send-back"
    STAFF_CANCEL = "/staff/tickets/{ticket_id}/cancel"
    STAFF_TIE = "/staff/tickets/{ticket_id}/tie"
    STAFF_UNTIE = "/staff/tickets/{ticket_id}/untie"
    STAFF_LOOK = "/staff/tickets/{ticket_id}/look"
    STAFF_STOP = "/staff/stop"
    STAFF_CONTACTED = "/staff/contacted"

    def of(self, ticket_id: str) -> str:
        """The address for one visitor."""
        return self.format(ticket_id=ticket_id)

    def of_account(self, account_id: str) -> str:
        """The address for one account."""
        return self.format(account_id=account_id)

    def of_link(self, link: str) -> str:
        """The address of a one-time link, by its secret part."""
        return self.format(link=link)

    @property
    def again(self) -> str:
        """The sign-in for somebody whose session has ended."""
        return f"{self}?again=1"
