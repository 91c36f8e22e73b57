"""The AsyncAPI document keeps to AsyncAPI 3 by the rules below, and tells the truth about `decode`.

Rules, from the specification 3.0.0: the root's, channels', operations', messages' and bindings'
fixed fields are the only ones used (but `x-`); what is required is there; every `$ref` resolves; an
operation names a channel of the document and messages of that channel; each `{parameter}` of an
address is declared; every schema is JSON Schema draft 7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

import catalog
from catalog.model import Product
from tests.unit.wire.conftest import GOLDEN
from tests.unit.wire.test_golden import FILES, payload_of
from vop.cli.asyncapi import command
from wire import topics
from wire.asyncapi import document

ROOT = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
CHANNEL = {
    "address",
    "messages",
    "title",
    "summary",
    "description",
    "servers",
    "parameters",
    "tags",
    "externalDocs",
    "bindings",
}
OPERATION = {
    "action",
    "channel",
    "title",
    "summary",
    "description",
    "security",
    "tags",
    "externalDocs",
    "bindings",
    "traits",
    "messages",
    "reply",
}
MESSAGE = {
    "headers",
    "payload",
    "correlationId",
    "contentType",
    "name",
    "title",
    "summary",
    "description",
    "tags",
    "externalDocs",
    "bindings",
    "examples",
    "traits",
}
PARAMETER = {"enum", "default", "description", "examples", "location"}
MQTT_OPERATION = {"qos", "retain", "messageExpiryInterval", "bindingVersion"}
COMPONENTS = {"schemas", "servers", "channels", "operations", "messages", "securitySchemes", "parameters"}
NAME = re.compile(r"[\w\-.]+")


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return document(catalog.load())


@pytest.fixture(scope="module")
def of_golden(product: Product) -> dict[str, Any]:
    return document({product.key: product})


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            assert value.keys() == {"$ref"}
            yield value["$ref"]
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def resolved(made: dict[str, Any], reference: str) -> Any:
    assert reference.startswith("#/")
    found: Any = made
    for step in reference[2:].split("/"):
        found = found[step]
    return found


def test_it_is_the_same_each_time_and_plain_json(made: dict[str, Any]) -> None:
    again = json.dumps(document(catalog.load()), allow_nan=False)
    assert json.loads(again) == made
    assert json.dumps(made) == again


def test_fixed_fields(made: dict[str, Any]) -> None:
    assert made.keys() <= ROOT
    assert made["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= made["info"].keys()
    assert made["components"].keys() <= COMPONENTS
    for kind in ("schemas", "messages", "securitySchemes"):
        assert all(NAME.fullmatch(name) for name in made["components"][kind])
    for channel in made["channels"].values():
        assert channel.keys() <= CHANNEL
        assert all(parameter.keys() <= PARAMETER for parameter in channel["parameters"].values())
        assert set(re.findall(r"\{(.*?)\}", channel["address"])) == channel["parameters"].keys()
    for operation in made["operations"].values():
        assert operation.keys() <= OPERATION
        assert operation["action"] in {"send", "receive"}
        assert operation["bindings"]["mqtt"].keys() <= MQTT_OPERATION
    for message in made["components"]["messages"].values():
        assert message.keys() <= MESSAGE


def test_references_resolve(made: dict[str, Any]) -> None:
    found = list(references(made))
    assert len(found) > 50
    for reference in found:
        resolved(made, reference)


def test_operations_use_messages_of_their_channel(made: dict[str, Any]) -> None:
    for operation in made["operations"].values():
        channel = operation["channel"]["$ref"]
        named = {message["$ref"] for message in operation["messages"]}
        there = {f"{channel}/messages/{name}" for name in resolved(made, channel)["messages"]}
        assert named == there
        assert named


def test_schemas_are_json_schema(made: dict[str, Any]) -> None:
    schemas = made["components"]["schemas"]
    assert schemas
    for schema in schemas.values():
        Draft7Validator.check_schema(schema)


def test_every_topic_is_a_channel(made: dict[str, Any]) -> None:
    addresses = {channel["address"] for channel in made["channels"].values()}
    up = {f"vop/v1/{{device}}/up/{channel}" for channel in topics.UP_CHANNELS}
    down = {f"vop/v1/{{device}}/down/{channel}" for channel in topics.DOWN_CHANNELS}
    assert addresses == up | down


def test_direction_retention_and_quality_of_service(made: dict[str, Any]) -> None:
    operations = made["operations"]
    assert {name for name, o in operations.items() if o["action"] == "receive"} == {
        f"up_{channel}" for channel in topics.UP_CHANNELS
    }
    assert {name for name, o in operations.items() if o["bindings"]["mqtt"]["retain"]} == {
        "up_state",
        "down_desired",
        "down_firmware",
    }
    assert {name for name, o in operations.items() if o["bindings"]["mqtt"]["qos"] == 0} == {"down_rejected"}


def test_every_declaration_of_every_product_is_in_it(made: dict[str, Any]) -> None:
    schemas = made["components"]["schemas"]
    for product in catalog.load().values():
        signals = schemas[f"signals_{product.key}"]["properties"]
        assert signals.keys() == {signal.key for signal in product.signal}
        kinds = schemas[f"event_{product.key}"]["properties"]["kind"]["examples"]
        assert kinds == [event.key for event in product.event]
        told = json.dumps(schemas[f"down_command_{product.key}"])
        assert all(f'"{given.name}"' in told for given in product.command)


def test_a_product_that_declares_only_signals_has_sound_schemas(product: Product) -> None:
    bare = product.model_copy(update={"event": (), "command": (), "setting": ()})
    schemas = document({bare.key: bare})["components"]["schemas"]
    assert f"signals_{bare.key}" in schemas
    for schema in schemas.values():
        Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_schemas_accept_what_decode_accepts(file: Any, of_golden: dict[str, Any]) -> None:
    """What was kept whole must fit its schema; what was refused must not, where a schema can tell."""
    message = json.loads(file.read_text(encoding="utf-8"))
    schemas = of_golden["components"]
    reference = {"$ref": f"#/components/schemas/up_{message['channel']}_golden_unit"}
    validator = Draft7Validator({**reference, "components": schemas})
    if not message["rejects"]:
        validator.validate(json.loads(payload_of(message)))
    beyond_schemas = {
        "telemetry_not_utf8", "telemetry_truncated", "telemetry_not_finite", "telemetry_bad_ts",
        "telemetry_unusable_text", "telemetry_too_deep", "telemetry_content_type",
    }  # fmt: skip
    if message["rejects"] and file.stem not in beyond_schemas:
        assert not validator.is_valid(json.loads(payload_of(message)))


def test_the_command_prints_it(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOP_CATALOG_DIR", raising=False)
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == made


def test_the_command_includes_a_companys_own_products(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.toml").write_bytes((GOLDEN / "product.toml").read_bytes())
    monkeypatch.setenv("VOP_CATALOG_DIR", str(tmp_path))
    result = CliRunner().invoke(command, [])
    assert "signals_golden_unit" in json.loads(result.stdout)["components"]["schemas"]
