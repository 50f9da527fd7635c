from .errors import (
    BackendError as BackendError,
    BackendRefusedError as BackendRefusedError,
    BackendUnavailableError as BackendUnavailableError,
)
from .fake import FakeBackend as FakeBackend
from .http import BackendClient as BackendClient
from .port import Backend as Backend
from .stream import (
    EventReader as EventReader,
    Link as Link,
    LinkHealth as LinkHealth,
)
