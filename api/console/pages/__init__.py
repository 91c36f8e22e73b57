"""One module a feature; each has a `router` made by `console.routing.pages`, named here."""

from __future__ import annotations

from api.console.assets import router as assets
from api.console.pages.adherence import router as adherence
from api.console.pages.case_forms import router as case_forms
from api.console.pages.cases import router as cases
from api.console.pages.comparison import router as comparison
from api.console.pages.connect import router as connect
from api.console.pages.credentials import router as credentials
from api.console.pages.customer_forms import router as customer_forms
from api.console.pages.customers import router as customers
from api.console.pages.deadletters import router as deadletters
from api.console.pages.design import router as design
from api.console.pages.device import router as device
from api.console.pages.fleet import router as fleet
from api.console.pages.insights import router as insights
from api.console.pages.language import router as language
from api.console.pages.owners import router as owners
from api.console.pages.preferences import router as preferences
from api.console.pages.products import router as products
from api.console.pages.sign_in import router as sign_in
from api.console.pages.start import router as start
from api.console.pages.statement import router as statement
from api.console.pages.statements import router as statements
from api.console.pages.stock import router as stock
from api.console.pages.system import router as system
from api.console.pages.user_tokens import router as user_tokens
from api.console.pages.users import router as users

# Of two paths that fit an address the first one answers: /devices/import before /devices/{device}.
ROUTERS = (
    assets, start, language, design, sign_in, preferences, connect, fleet, device, customers, deadletters, products,
    adherence, insights, stock, system, users, user_tokens, customer_forms, owners, credentials, statements,
    statement, comparison, cases, case_forms,
)  # fmt: skip
