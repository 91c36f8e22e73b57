"""docker-compose.yml as data, and the rules it keeps."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import click
import yaml  # type: ignore[import-untyped]

from settings import declared
from tests.unit.repository.files import ROOT
from vop.__main__ import cli

COMPOSE = ROOT / "docker-compose.yml"
DEPLOY = ROOT / "deploy"

# Begin as root, and why is said beside them in the file.
ROOT_SERVICES = {
    "timescaledb": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
    "volumes": {"CHOWN"},
}
# Not root, and why is said beside them too.
CAPABLE = {"proxy": {"NET_BIND_SERVICE"}}
# What speaks TLS, and the port that sends people there.
PUBLISHED = {
    "mosquitto": {"${MQTTS_PORT:-8883}:8883"},
    "proxy": {"${HTTPS_PORT:-443}:8443", "${HTTP_PORT:-80}:8080"},
}
# Mounted, made by scripts or by an operator, and never in the repository.
MADE_HERE = ("./deploy/tls/", "./deploy/sim")
OURS = "vop:local"
PINNED = re.compile(r"[a-z0-9./-]+(:v?\d+\.\d+\.\d+[A-Za-z0-9.-]*|.*@sha256:[0-9a-f]{64})")
CREDENTIAL = re.compile(r"password\s*=|://[^/\s:@]+:[^/\s@]+@", re.IGNORECASE)
VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::-([^}]*))?\})")


@cache
def text() -> str:
    """The file as it is."""
    return COMPOSE.read_text(encoding="utf-8")


def document() -> dict[str, Any]:
    """The file, merge keys resolved, variables not; the caller's own copy."""
    loaded: dict[str, Any] = yaml.safe_load(text())
    return loaded


def interpolated(value: str, env: dict[str, str]) -> str:
    """`value` as Compose would read it: ${NAME:-default} and $$."""

    def one(match: re.Match[str]) -> str:
        name, default = match.groups()
        return "$" if name is None else env.get(name) or default or ""

    return VARIABLE.sub(one, value)


def runs_on(service: dict[str, Any]) -> bool:
    """Whether it is a service, and not a step that ends."""
    return service.get("restart") != "no"


@cache
def declared_settings() -> frozenset[str]:
    """Every variable that a service of ours declares, and those the command line's own options read."""
    from api.settings import Settings as Api
    from ingest.settings import Settings as Ingest
    from relay.settings import Settings as Relay

    names = {one.env for service in (Api, Ingest, Relay) for one in declared(service)}
    options = [option for command in _commands() for option in command.params]
    return frozenset(
        names | {f"{name}_FILE" for name in names} | {str(option.envvar) for option in options if option.envvar}
    )


def _commands() -> list[click.Command]:
    context = click.Context(cli)
    found = [cli.get_command(context, name) for name in cli.list_commands(context)]
    return [cli, *(command for command in found if command is not None)]


def problems(compose: dict[str, Any]) -> list[str]:
    """What breaks a rule, each in one line that begins with the service's name."""
    found: list[str] = []
    services = compose["services"]
    for name, service in services.items():
        found += [f"{name}: {problem}" for problem in _problems(name, service, services, compose)]
    used = {secret for service in services.values() for secret in service.get("secrets", ())}
    found += [f"secrets: {name} is used by no service" for name in sorted(set(compose["secrets"]) - used)]
    for name, secret in compose["secrets"].items():
        if secret != {"file": f"deploy/secrets/{name}"}:
            found.append(f"secrets: {name} is not the file deploy/secrets/{name}")
    return found


def _problems(name: str, service: dict[str, Any], services: dict[str, Any], compose: dict[str, Any]) -> list[str]:
    return [
        *_what_it_is(service),
        *_what_it_may(name, service),
        *_what_it_knows(service, compose),
        *_how_it_lives(service, services),
    ]


def _what_it_is(service: dict[str, Any]) -> list[str]:
    found = []
    image = service.get("image", "")
    if ("build" in service) != (image == OURS):
        found.append(f"an image is built if and only if it is {OURS}")
    if "build" not in service and not PINNED.fullmatch(image):
        found.append(f"image {image} is not pinned to a version")
    command = service.get("command", [])
    if "build" in service:
        if not isinstance(command, list) or command[:1] != ["vop"]:
            found.append("its command is not a list that begins with vop")
        else:
            found += unknown_command([str(word) for word in command[1:]])
    return found


def unknown_command(words: list[str]) -> list[str]:
    """What the command line does not know of `words`."""
    try:
        command = cli.get_command(click.Context(cli), words[0])
        if command is None:
            return [f"there is no vop {words[0]}"]
        command.make_context(words[0], words[1:])
    except click.ClickException as error:
        return [f"vop {' '.join(words)}: {error.format_message()}"]
    return []


def _what_it_may(name: str, service: dict[str, Any]) -> list[str]:
    found = []
    if name in ROOT_SERVICES:
        if set(service.get("cap_add", ())) != ROOT_SERVICES[name]:
            found.append("begins as root with other capabilities than agreed")
    else:
        account = interpolated(str(service.get("user", "0")), {}).split(":")
        if account[0] in {"0", "root", ""}:
            found.append("runs as root")
        if set(service.get("cap_add", ())) != CAPABLE.get(name, set()):
            found.append("has capabilities and is not root")
    if service.get("cap_drop") != ["ALL"]:
        found.append("keeps capabilities")
    if "no-new-privileges:true" not in service.get("security_opt", ()):
        found.append("may gain privileges")
    if service.get("read_only") is not True:
        found.append("may write into its root file system")
    found += [f"has no {limit}" for limit in ("mem_limit", "pids_limit") if not service.get(limit)]
    return found + _what_it_reaches(name, service)


def _what_it_reaches(name: str, service: dict[str, Any]) -> list[str]:
    found = []
    if service.get("privileged") or "host" in (service.get("network_mode"), service.get("pid"), service.get("ipc")):
        found.append("reaches into the host")
    found += [
        f"port {port} is published beyond this machine"
        for port in map(str, service.get("ports", ()))
        if not port.startswith("127.0.0.1:") and port not in PUBLISHED.get(name, ())
    ]
    for volume in service.get("volumes", ()):
        source, _, mode = interpolated(str(volume), {}).partition(":")
        if source.startswith((".", "/")):
            if not mode.endswith(":ro"):
                found.append(f"may write to {source}")
            if not source.startswith(MADE_HERE) and not (ROOT / source).exists():
                found.append(f"{source} does not exist")
    return found


def _what_it_knows(service: dict[str, Any], compose: dict[str, Any]) -> list[str]:
    given = {f"/run/secrets/{secret}" for secret in service.get("secrets", ())}
    known = " ".join(map(str, [*service.get("environment", {}).values(), *service.get("command", ())]))
    read = re.findall(r"/run/secrets/\w+", known)
    found = [f"{path} is not among its secrets" for path in read if path not in given]
    undeclared = set(service.get("secrets", ())) - set(compose["secrets"])
    found += [f"secret {secret} is not declared" for secret in sorted(undeclared)]
    for variable, value in service.get("environment", {}).items():
        if CREDENTIAL.search(str(value)) or (variable.endswith(("PASSWORD", "SECRET", "TOKEN")) and value):
            found.append(f"{variable} holds a secret itself")
        if variable.startswith("VOP_") and variable not in declared_settings():
            found.append(f"{variable} is a setting of no service")
    return found


def _how_it_lives(service: dict[str, Any], services: dict[str, Any]) -> list[str]:
    found = []
    check = service.get("healthcheck", {})
    if runs_on(service):
        if service.get("restart") != "unless-stopped":
            found.append("is not started again")
        if not check.get("test") or not all(check.get(key) for key in ("interval", "timeout", "retries")):
            found.append("has no whole health check")
        if not service.get("stop_grace_period"):
            found.append("does not say how long it takes to stop")
    elif check != {"disable": True}:
        found.append("ends by itself and has a health check")
    after = service.get("depends_on", {})
    for other, how in after.items():
        wanted = "service_healthy" if runs_on(services[other]) else "service_completed_successfully"
        if how != {"condition": wanted}:
            found.append(f"waits for {other} without {wanted}")
    return found
