"""An MQTT 5 subscriber made for one thing: many messages in, acknowledged by hand, at little cost each."""
