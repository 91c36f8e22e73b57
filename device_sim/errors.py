"""What can go wrong while simulating.

SimulationError
├── UnmodelledProduct    the catalogue has a product, signal or event the simulator has no physics for
├── BadAccounts          the file with brokers and credentials cannot be used
├── BrokerRefused        the broker answered a device's connection with a refusal
├── BrokerLost           the broker went away and did not come back in time
└── Unacknowledged       messages were published and never acknowledged
"""

from __future__ import annotations

from pathlib import Path


class SimulationError(Exception):
    """Root of the package's errors."""


class UnmodelledProduct(SimulationError):
    """No physics for `product`."""

    def __init__(self, product: str, detail: str) -> None:
        super().__init__(f"product {product!r} cannot be simulated: {detail}")
        self.product = product


class BadAccounts(SimulationError):
    """The accounts file `path` cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"accounts file {path}: {problem}")
        self.path = path


class BrokerRefused(SimulationError):
    """The broker refused `device`: wrong credentials, or a name it does not know."""

    def __init__(self, device: str, reason: str) -> None:
        super().__init__(
            f"the broker refused device {device!r} ({reason}); "
            "check that it is registered and that its secret is the current one"
        )
        self.device = device


class BrokerLost(SimulationError):
    """The connection to the broker could not be made or kept."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"no connection to the MQTT broker at {address}: {reason}")
        self.address = address


class Unacknowledged(SimulationError):
    """`messages` publishes had no PUBACK after `waited_s` seconds without any progress."""

    def __init__(self, messages: int, waited_s: float) -> None:
        super().__init__(
            f"{messages} published messages were not acknowledged by the broker within {waited_s:.0f} s; "
            "check its log for limits on message size or quota"
        )
        self.messages = messages
