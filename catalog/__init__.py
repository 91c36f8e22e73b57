"""What we make: one TOML file a product and the model that checks it."""

from catalog.errors import CatalogError, CatalogUnreadable, InvalidCatalog, Problem
from catalog.loading import Catalog, check, check_text, load, load_from_environment, parse
from catalog.model import Product

__all__ = [
    "Catalog",
    "CatalogError",
    "CatalogUnreadable",
    "InvalidCatalog",
    "Problem",
    "Product",
    "check",
    "check_text",
    "load",
    "load_from_environment",
    "parse",
]
