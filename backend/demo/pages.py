"""placeholder"""


class ClerkPage: ...


class StaffPage: ...
