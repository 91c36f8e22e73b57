"""MQTT -> store: receive, batch, keep, and only then acknowledge."""
