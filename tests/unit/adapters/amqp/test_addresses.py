"""What `broker.url` may say."""

import pytest

from adapters.amqp.addresses import addresses
from hub.configuration import ConfigurationError


@pytest.mark.parametrize(
    "urls, found",
    [
        ("", ()),
        ("amqp://a:b@one/", ("amqp://a:b@one/",)),
        (" amqps://a:b@one:5671/axis , amqp://[::1]:5672, ", ("amqps://a:b@one:5671/axis", "amqp://[::1]:5672")),
    ],
    ids=["none", "one", "several"],
)
def test_addresses(urls, found):
    """Addresses are separated by commas; what is empty between them is passed over."""
    assert addresses(urls) == found


@pytest.mark.parametrize(
    "wrong", ["one", "amqp://", "amqp:/one", "http://one", "amqp://a:secret@one:x/", "amqp://[::1", "amqp://one,two"]
)
def test_no_address(wrong):
    """Anything else is told as what it is, a fault of the configuration, and without a password."""
    with pytest.raises(ConfigurationError, match=r"broker\.url") as told:
        addresses(wrong)
    assert "secret" not in str(told.value)
