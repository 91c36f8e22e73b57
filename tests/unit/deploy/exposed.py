"""Names that Prometheus may be asked for in this installation."""

from __future__ import annotations

import re

from api.metrics import Metrics as ApiMetrics
from ingest.metrics import Metrics as IngestMetrics
from relay.metrics import Metrics as RelayMetrics
from tests.unit.deploy.compose_file import DEPLOY

# What the programs of others expose, as far as it is used here.
OTHERS = frozenset(
    {
        "up",
        "ALERTS",
        "probe_success",
        "probe_ssl_earliest_cert_expiry",
        "node_filesystem_avail_bytes",
        "node_filesystem_size_bytes",
    }
)


def exposed() -> dict[str, str]:
    """Our metrics' names as Prometheus sees them, and their types; those of the backup included."""
    found = {}
    for registry in (IngestMetrics().registry, RelayMetrics(()).registry, ApiMetrics().registry):
        for family in registry.collect():
            if family.name.startswith("vop_"):
                found[f"{family.name}_total" if family.type == "counter" else family.name] = family.type
    script = (DEPLOY / "backup.sh").read_text()
    return found | dict(re.findall(r"^# TYPE (vop_\w+) (\w+)$", script, re.MULTILINE))


def series() -> set[str]:
    """The same, and the series a histogram consists of."""
    ours = exposed()
    parts = {
        f"{name}_{part}" for name, kind in ours.items() if kind == "histogram" for part in ("bucket", "sum", "count")
    }
    return set(ours) | parts | OTHERS


def asked_for(expression: str) -> set[str]:
    """The metrics that a PromQL expression names: whatever is no function, key word, label, string or number."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]', " ", expression)
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", " ", bare)
    words = re.findall(r"(?<![\w.$])([A-Za-z_]\w*)\b(?!\s*\()", bare)
    return set(words) - {"and", "or", "unless", "by", "on", "without", "ignoring", "bool", "offset"}
