"""A device's first message in the words of the programs people write it in: complete, to be run as they stand."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from catalog.elements import Scalar
from catalog.model import Product
from catalog.quantities import NUMERIC, Signal
from wire import topics

SIGNALS = 2
PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where devices find the broker, and whether it asks them who they are."""

    host: str
    port: int
    tls: bool
    accounts: bool

    @classmethod
    def of(cls, url: str, host: str, *, accounts: bool) -> Broker:
        """From a setting; without one, `host` and the usual port."""
        parts = urlsplit(url or f"mqtt://{host}")
        tls = parts.scheme == "mqtts"
        return cls(parts.hostname or host, parts.port or PORTS["mqtts" if tls else "mqtt"], tls, accounts)


@dataclass(frozen=True, slots=True)
class Words:
    """One program."""

    name: str
    """What it is written in; a name, so not translated."""
    file: str
    text: str


def first_reading(product: Product) -> dict[str, Mapping[str, Scalar]]:
    """A reading a unit of `product` could send: plausible values, nothing about a person, and no time of its own."""
    candidates = sorted(product.signal, key=lambda s: (s.sensitive, s.type not in NUMERIC, s.kind == "counter"))
    return {"values": {signal.key: _plausible(signal) for signal in candidates[:SIGNALS]}}


def _plausible(signal: Signal) -> Scalar:
    if signal.type == "bool":
        return False
    if signal.type == "enum":
        return signal.values[0]
    if signal.type == "text":
        return "hello"
    low, high = signal.range or (0.0, 2.0)
    middle = low + (high - low) / 2  # neither end: an empty battery would raise questions
    return round(middle) if signal.type == "int64" else round(middle, 2)


def programs(broker: Broker, device: str, secret: str, product: Product) -> list[Words]:
    """The same first message by `mosquitto_pub`, Python, MicroPython and C. `secret` is not used without accounts."""
    topic = topics.up(device, "telemetry")
    message = json.dumps(first_reading(product))
    given = (broker, device, secret, topic, message)
    return [
        Words("mosquitto_pub", "first.sh", _shell(*given)),
        Words("Python", "first.py", _python(*given)),
        Words("MicroPython", "main.py", _micropython(*given)),
        Words("C", "first.c", _c(*given)),
    ]


def _shell(broker: Broker, device: str, secret: str, topic: str, message: str) -> str:
    tls = " --cafile ca.crt" if broker.tls else ""
    who = f" -u {shlex.quote(device)} -P {shlex.quote(secret)}" if broker.accounts else ""
    return (
        f"mosquitto_pub -h {shlex.quote(broker.host)} -p {broker.port}{tls} -i {shlex.quote(device)}{who} \\\n"
        f"  -q 1 -t {topic} -m {shlex.quote(message)}\n"
    )


def _python(broker: Broker, device: str, secret: str, topic: str, message: str) -> str:
    lines = [
        "# pip install paho-mqtt",
        "import paho.mqtt.client as mqtt",
        "",
        f"TOPIC = {_quoted(topic)}",
        f"MESSAGE = {message!r}",
        "",
        "",
        "def connected(client, userdata, flags, reason, properties):",
        '    print("connected:", reason)  # "Not authorized": password, user name or client id',
        "    if reason.is_failure:",
        "        client.disconnect()",
        "    else:",
        "        client.publish(TOPIC, MESSAGE, qos=1)",
        "",
        "",
        "def published(client, userdata, message_id, reason, properties):",
        '    print("the broker has it")',
        "    client.disconnect()",
        "",
        "",
        f"client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id={_quoted(device)})",
        *([f"client.username_pw_set({_quoted(device)}, {_quoted(secret)})"] if broker.accounts else []),
        *(['client.tls_set("ca.crt")'] if broker.tls else []),
        "client.on_connect = connected",
        "client.on_publish = published",
        f"client.connect({_quoted(broker.host)}, {broker.port})",
        "client.loop_forever(retry_first_connection=False)",
    ]
    return "\n".join(lines) + "\n"


def _micropython(broker: Broker, device: str, secret: str, topic: str, message: str) -> str:
    who = f", user={_quoted(device)}, password={_quoted(secret)}" if broker.accounts else ""
    tls = ", ssl=tls" if broker.tls else ""
    lines = [
        '# once, with the network up: import mip; mip.install("umqtt.simple")',
        *(
            [
                "import ssl",
                "",
                "tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)",
                'tls.load_verify_locations(cafile="ca.crt")',
            ]
            if broker.tls
            else []
        ),
        "from umqtt.simple import MQTTClient",
        "",
        f"client = MQTTClient({_quoted(device)}, {_quoted(broker.host)}, port={broker.port}{who}, keepalive=60{tls})",
        "client.connect()  # MQTTException: 5 or 4 is a wrong password, user name or client id",
        f"client.publish({_quoted(topic)}, {message!r}, qos=1)",
        "client.disconnect()",
    ]
    return "\n".join(lines) + "\n"


def _c(broker: Broker, device: str, secret: str, topic: str, message: str) -> str:
    scheme, library = ("ssl", "paho-mqtt3cs") if broker.tls else ("tcp", "paho-mqtt3c")
    address = f"{scheme}://{broker.host}:{broker.port}"
    who = [f"  how.username = {_quoted(device)};", f"  how.password = {_quoted(secret)};"] if broker.accounts else []
    tls = (
        [
            "  MQTTClient_SSLOptions tls = MQTTClient_SSLOptions_initializer;",
            '  tls.trustStore = "ca.crt";',
            "  how.ssl = &tls;",
        ]
        if broker.tls
        else []
    )
    lines = [
        f"/* Debian: apt-get install libpaho-mqtt-dev; cc first.c -o first -l{library} && ./first */",
        "#include <MQTTClient.h>",
        "#include <stdio.h>",
        "#include <string.h>",
        "",
        "int main(void) {",
        "  MQTTClient client;",
        "  MQTTClient_connectOptions how = MQTTClient_connectOptions_initializer;",
        *who,
        *tls,
        f"  MQTTClient_create(&client, {_quoted(address)}, {_quoted(device)}, MQTTCLIENT_PERSISTENCE_NONE, NULL);",
        "  int code = MQTTClient_connect(client, &how);",
        "  if (code != MQTTCLIENT_SUCCESS) {",
        '    fprintf(stderr, "not connected: %d\\n", code); /* 4 or 5: password, user name or client id */',
        "    return 1;",
        "  }",
        f"  const char *message = {_quoted(message)};",
        "  MQTTClient_deliveryToken token;",
        f"  MQTTClient_publish(client, {_quoted(topic)}, (int)strlen(message), message, 1, 0, &token);",
        "  code = MQTTClient_waitForCompletion(client, token, 10000L);",
        '  puts(code == MQTTCLIENT_SUCCESS ? "the broker has it" : "not sent");',
        "  MQTTClient_disconnect(client, 1000);",
        "  MQTTClient_destroy(&client);",
        "  return code != MQTTCLIENT_SUCCESS;",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """In double quotes, as Python and C both read it: what is no ASCII letter of JSON cannot occur unescaped."""
    return json.dumps(text)
