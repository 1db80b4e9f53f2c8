"""How long the broker may take, in seconds."""

from __future__ import annotations

from msgspec import Struct


class Patience(Struct, frozen=True, kw_only=True):
    """Time limits towards the broker.

    A queue that gives no answer on a broker that gives answers is made anew after `consumed` seconds when the hub consumes
    it, after `sent` when only its recipient does. RabbitMQ 3.10 killed right after a quorum queue was declared can come back
    with a queue that has no log, elects no leader and answers nothing, for ever; or with one that has no process, and
    closes the connection of whoever consumes it. What was in it stands in the database.
    """

    answer: float = 10.0  #: after a crash a queue may need some to find its leader
    confirm: float = 5.0  #: one publication; then its outcome is unknown
    trial: float = 1.0  #: one publication to a queue in doubt
    remaking: float = 40.0  #: deleting a broken queue and declaring it anew: the broker waits for the broken one, too
    consumed: float = 20.0
    sent: float = 60.0


PATIENT = Patience()
