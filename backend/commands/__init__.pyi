from .command import (
    Command as Command,
    Done as Done,
    Due as Due,
    Handling as Handling,
)
from .runner import (
    Agenda as Agenda,
    Identify as Identify,
    NotPermittedError as NotPermittedError,
    Runner as Runner,
)
