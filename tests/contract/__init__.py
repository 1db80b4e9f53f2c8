"""One behaviour for every implementation of a port: what holds for one engine or broker holds for all."""
