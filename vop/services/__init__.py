"""PostgreSQL and an MQTT broker that live and die with the process that starts them."""
