from datetime import timedelta

from adapters.webhook.circuit import Circuit


class Seconds:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def opened():
    seconds = Seconds()
    circuit = Circuit(seconds, failures=3, pause=timedelta(seconds=30))
    for _ in range(3):
        assert circuit.wait("a") is None
        circuit.failed("a")
    return circuit, seconds


def test_opens():
    """Enough failures in a row stop calls to that system, not to others."""
    circuit, seconds = opened()
    seconds.now = 10.0
    assert circuit.wait("a") == timedelta(seconds=20)
    assert circuit.wait("b") is None


def test_one_tries():
    """After the pause one call goes through to try, the others go on waiting."""
    circuit, seconds = opened()
    seconds.now = 30.0
    assert circuit.wait("a") is None
    assert circuit.wait("a") == timedelta(seconds=30)


def test_closes():
    """A success closes the circuit and forgets the failures."""
    circuit, seconds = opened()
    seconds.now = 30.0
    assert circuit.wait("a") is None
    circuit.succeeded("a")
    circuit.failed("a")
    assert circuit.wait("a") is None


def test_opens_again():
    """A failed try keeps the circuit open for another pause."""
    circuit, seconds = opened()
    seconds.now = 31.0
    assert circuit.wait("a") is None
    circuit.failed("a")
    assert circuit.wait("a") == timedelta(seconds=30)
