"""RabbitMQ as the broker between the outbox and the couriers.

Every system has two quorum queues, urgent and normal, and a message there is no more than the id of an order: the
database is the truth, and whatever the broker loses is published again from it. Publishing counts only what the broker
has confirmed; a time-out is an unknown outcome, and so not a confirmation. Consumers keep a bounded stock of messages of
each queue in memory, so that a long queue or a resting system holds back nobody else; a message is acknowledged after
the commit of what came of it, and one whose connection was lost comes again.

Connections are opened when they are needed, two of them (an alarm of the broker stops publishing connections, and must
not stop acknowledgements), and opened again after they were lost: a broker that is away at the start or later is a
`Deferral`, never an error. A watch compares what the queues hold with what arrives, and rebuilds a consumer that looks
alive and gets nothing.
"""

from adapters.amqp.broker import AmqpBroker, open_broker

__all__ = ["AmqpBroker", "open_broker"]
