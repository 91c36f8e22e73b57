"""What devices say: topics, payloads and the broker connection."""
