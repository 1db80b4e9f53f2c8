"""Accounts at RabbitMQ for systems that consume their own queue."""

from adapters.amqp.accounts import Account


def test_password():
    """A password has 64 digits of base 16: it never begins with a dash, which `rabbitmqctl` would take for an option."""
    password = Account.new("tay", "amqp://localhost").password
    assert len(bytes.fromhex(password)) == 32
