"""The web application: devices, pages, health, and what every request goes through."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import structlog
from fastapi import APIRouter, Depends, FastAPI

from backend.common import product_version
from backend.storage import Listener, Pulse
from backend.web.desk import (
    account_routes,
    clerk_routes,
    copy_routes,
    password_routes,
    roster_routes,
    session_routes,
    staff_routes,
    trail_routes,
)
from backend.web.desk.addresses import At
from backend.web.desk.error_answers import LastAnswer, answer_errors
from backend.web.devices import device_commands, device_routes
from backend.web.devices.command_lane import CommandLane
from backend.web.graph import Graph
from backend.web.http.methods import Methods
from backend.web.http.middleware import (
    NOT_KEPT,
    BodyLimit,
    CarefulHeaders,
    NoNul,
    WholeFiles,
    careful_headers,
)
from backend.web.http.number_guard import no_number_in_address
from backend.web.http.proxies import TrustedProxies
from backend.web.http.refused_requests import Refusals
from backend.web.http.static_files import PageFiles
from backend.wire import WIRE_VERSION, Health

log = structlog.get_logger("uketsuke.web")

PAGE_ROUTERS: Final[tuple[APIRouter, ...]] = (
    session_routes.router,
    clerk_routes.router,
    staff_routes.router,
    copy_routes.router,
    account_routes.router,
    password_routes.router,
    roster_routes.router,
    trail_routes.router,
)
"""The routes of all pages, in the order in which they are looked through."""


def create_app(graph: Graph) -> FastAPI:
    """Build the application around a graph of objects."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await graph.hub.start()
        graph.database.on_commit(graph.hub.notify)
        passing_on = asyncio.create_task(graph.hub.run())
        sweeping = asyncio.create_task(graph.housekeeping.run())
        sealing = asyncio.create_task(graph.sealing.run())
        # PostgreSQL may be shared with other processes, which commit, too.
        listener = (
            None
            if graph.database.is_sqlite
            else Listener(graph.database.url, graph.hub.notify, graph.database.backends)
        )
        if listener is not None:
            listener.start()
        log.info("server_ready")
        yield
        graph.hub.close()
        graph.door.close()
        sweeping.cancel()
        sealing.cancel()
        if listener is not None:
            await asyncio.to_thread(listener.stop)
        await asyncio.gather(passing_on, sweeping, sealing, return_exceptions=True)
        # What was carried out at the very end is sealed, too.
        await asyncio.to_thread(graph.sealing.seal)
        graph.database.dispose()
        graph.records.store.dispose()
        log.info("server_stopped")

    app = FastAPI(
        title="Uketsuke",
        version=product_version(),
        description="受付: kiosks, hall displays, clerk and staff pages of a My Number card counter.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(no_number_in_address)],
        # Redirects to the address with or without a final slash would use the request's own Host header.
        redirect_slashes=False,
    )
    app.state.graph = graph
    app.state.refusals = Refusals(graph.database)
    pulse = Pulse(graph.database, keys=graph.look_at_keys)
    answer_errors(app)

    # The middleware added last is the outermost.
    app.add_middleware(Methods)
    app.add_middleware(BodyLimit)
    app.add_middleware(NoNul)
    app.add_middleware(LastAnswer)
    app.add_middleware(CarefulHeaders, over_tls=graph.settings.over_tls)
    app.add_middleware(TrustedProxies, proxies=graph.settings.trusted_proxies)
    app.add_middleware(
        CommandLane,
        routes=device_commands.router.routes,
        headers={**careful_headers(over_tls=graph.settings.over_tls), **NOT_KEPT},
    )

    @app.get(At.HEALTH, tags=["operation"])
    def health() -> Health:
        """Whether the server is well: whether the database can commit, and whether events are passed on."""
        parts = {"events": "closing" if graph.hub.closed else "ok", "streams": str(graph.hub.readers)}
        trouble = pulse.trouble()
        parts["database"] = "ok" if trouble is None else trouble.word
        well = parts["database"] == "ok" and parts["events"] == "ok"
        return Health(
            status="ok" if well else "degraded",
            version=product_version(),
            wire_version=WIRE_VERSION,
            server_time=graph.database.clock(),
            parts=parts,
        )

    # Routes are searched in this order, and most requests are from devices.
    app.include_router(device_commands.router)
    app.include_router(device_routes.router)
    for router in PAGE_ROUTERS:
        app.include_router(router)
    app.mount(At.STATIC, WholeFiles(PageFiles()), name="static")
    return app
