"""The application: every feature's routes, one envelope, one table of permissions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
from fastapi import FastAPI

from api import document, permissions, problems
from api.adherence.endpoints import router as adherence_of
from api.audit.endpoints import router as audit
from api.cases.endpoints import router as cases
from api.claims.endpoints import router as claims
from api.connecting.endpoints import router as connecting
from api.console import problem_pages
from api.console.pages import ROUTERS as PAGES
from api.console.rendering import Console
from api.customers.cared import router as cared
from api.customers.endpoints import router as customers
from api.customers.usage import router as customer_usage
from api.deadletters.endpoints import router as deadletters
from api.devices.export import router as export
from api.devices.history import router as history
from api.devices.records import router as records
from api.devices.registry import router as registry
from api.devices.usage import router as usage
from api.envelope import Envelope
from api.health.endpoints import router as health
from api.insight.endpoints import router as insights
from api.metrics import Metrics
from api.packing import Packing
from api.products.endpoints import router as products
from api.services import Services, ThreadIntake
from api.sessions.endpoints import router as me
from api.settings import Settings
from api.statements.comparison import router as comparison
from api.statements.endpoints import router as statements
from api.statements.importing import router as statements_import
from api.statements.labels import router as labels
from api.stock.endpoints import router as stock
from api.stream.endpoints import router as stream
from api.stream.hub import Hub
from api.system.endpoints import router as system
from api.telemetry.endpoints import router as telemetry
from api.throttle import Throttle
from api.tokens.endpoints import router as tokens
from api.users.endpoints import router as users
from api.webhooks.endpoints import router as webhooks
from catalog import Catalog
from store.database import Database
from voice.adherence.thresholds import Thresholds as AdherenceThresholds
from voice.compare import Thresholds
from voice.insight.thresholds import Thresholds as InsightThresholds

# `registry` before `records`: /devices/import is not a device called "import". The same with /statements/labels.jsonl.
ROUTERS = (
    health, products, registry, records, history, export, usage, customers, customer_usage, cared, connecting,
    claims, statements_import, labels, statements, comparison, cases, insights, deadletters, system, telemetry, stream,
    adherence_of, stock, webhooks, me, users, tokens, audit,
)  # fmt: skip

SPARE_CONNECTIONS = 2
PROBES_AT_ONCE = 2


def create_app(
    settings: Settings,
    catalog: Catalog,
    database: Database,
    thresholds: Thresholds | None = None,
    insight: InsightThresholds | None = None,
    adherence: AdherenceThresholds | None = None,
) -> FastAPI:
    """The HTTP service over `database`, which the caller opens and closes.

    Needs no database to start: requests are answered with 503 until it is there. Raises `permissions.UnlistedRoute`
    when a route has no row in the permissions table, `console.errors.ConsoleError` when a file of the console lacks.
    """
    services = Services(
        settings=settings,
        catalog=catalog,
        database=database,
        intake=ThreadIntake(catalog),
        hub=Hub(database.url, settings.max_streams),
        throttle=Throttle(settings.auth_failures),
        metrics=Metrics(),
        at_work=anyio.Semaphore(max(1, settings.pool_size - SPARE_CONNECTIONS)),
        probes=anyio.CapacityLimiter(PROBES_AT_ONCE),
        thresholds=thresholds or Thresholds(),
        insight=insight or InsightThresholds(),
        adherence=adherence or AdherenceThresholds(),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await anyio.to_thread.run_sync(services.hub.close)

    app = FastAPI(
        title="Voice of the product",
        description="What connected products report, and what their customers experience. docs/api.md has the rules.",
        version=version("vop"),
        openapi_url=f"{permissions.API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,  # the address of such a redirect would hold whatever Host header came
    )
    app.state.services = services
    app.state.console = Console.load()
    for router in (*ROUTERS, *PAGES):
        app.router.routes.extend(router.routes)
    permissions.check(app.routes)
    document.install(app)
    problems.install(app)
    problem_pages.install(app)
    app.add_middleware(Packing)
    app.add_middleware(
        Envelope,
        metrics=services.metrics,
        max_body_bytes=settings.max_body_bytes,
        retold=problem_pages.retold,
    )
    return app
