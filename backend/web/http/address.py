"""The address that a request came from: the one place that knows it."""

from starlette.requests import Request


def client_address(request: Request) -> str:
    """The client's address, or the empty text where the server is not reached over a network."""
    return request.client.host if request.client is not None else ""
