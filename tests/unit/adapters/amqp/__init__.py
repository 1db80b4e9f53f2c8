"""The border between the broker's client library and the hub."""
