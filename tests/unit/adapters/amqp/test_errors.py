"""What the client library raises when the broker is away, and what it must not hide."""

import pytest
from aio_pika.exceptions import AMQPConnectionError, ChannelInvalidStateError

from adapters.amqp.errors import forgiven, translated
from hub.trouble import Deferral

#: aiormq ends a write that it has in hand when the connection is lost with an exception of no kind at all.
AWAY = [AMQPConnectionError("refused"), ChannelInvalidStateError(), ConnectionResetError(), TimeoutError(), Exception()]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_away(error):
    """A broker that is away is a deferral."""
    with pytest.raises(Deferral) as caught, translated():
        raise error
    assert caught.value.code == "broker-unavailable"


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_forgiven(error):
    """Where nothing is lost by it, a broker that is away is passed over."""
    with forgiven():
        raise error


@pytest.mark.parametrize("border", [translated, forgiven])
def test_bugs_show(border):
    """What has nothing to do with the broker is neither a deferral nor passed over."""
    with pytest.raises(KeyError), border():
        raise KeyError
