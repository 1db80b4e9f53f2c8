"""Services that any test may ask for by the name of their fixture; they start when the first one does."""

from hypothesis import settings

pytest_plugins = ("tests.services.postgresql", "tests.services.rabbitmq")

# How long an example takes says more about the machine's other guests than about the code.
settings.register_profile("axis", deadline=None)
settings.load_profile("axis")
