"""RabbitMQ as the broker between the outbox and the couriers, and as the binding `amqp`.

Every system has two quorum queues, urgent and normal. For a system that couriers of the hub serve a message is no more than
the id of an order: the database is the truth, and whatever the broker loses is published again from it. A system bound
`amqp` consumes its queues itself, and finds packages, claims of large ones, and receipts in them (`letters`); what became of
a delivery it says on `axis.acknowledgements` (`hearing`), for a broker's ack proves nothing.

Publishing counts only what the broker has confirmed; a time-out is an unknown outcome, and so not a confirmation. Each queue
is consumed on a channel of its own, with a bounded stock in memory, so that a long, slow or broken queue holds back nobody
else; a message is acknowledged after the commit of what came of it, and one whose channel was lost comes again. A queue that
gives no answer while others do is deleted and made anew; a queue that was not there had lost what it held, which is then
published again at once.

Connections are opened when they are needed, apart for publishing, consuming and asking (an alarm of the broker stops
publishing connections, and must not stop acknowledgements), and opened again after they were lost: a broker that is away at
the start or later is a `Deferral`, never an error. A watch compares what the queues hold with what arrives, begins a
consumer anew that looks alive and gets nothing, and gives messages back before the broker takes offence at their age.
"""

from adapters.amqp.courier import AbsentCourier
from adapters.amqp.opening import Rabbit, open_rabbit

__all__ = ["AbsentCourier", "Rabbit", "open_rabbit"]
