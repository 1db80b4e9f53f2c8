"""Services that any test may ask for by the name of their fixture; they start when the first one does."""

pytest_plugins = ("tests.services.postgresql", "tests.services.rabbitmq")
