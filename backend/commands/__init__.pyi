from .command import (
    Command as Command,
    Done as Done,
    Handling as Handling,
)
from .runner import (
    Identify as Identify,
    NotPermittedError as NotPermittedError,
    Runner as Runner,
)
