"""The exchange: facts, rules and use cases, without framework or driver.

One package takes ten hops (docs/architecture.md). `hub.examine` turns received bytes into a verified envelope with routes, CPU
only. `hub.submission` decides on it and attests the decision with a signed receipt. The store records package, content,
deliveries, orders and receipts in one transaction; only then is the sender answered. From there on nothing is asked of the
sender again: `hub.relay` brings orders from the outbox to the broker, `hub.consignment` lets couriers carry them to the
recipients' systems, `hub.handover` takes the recipients' word that they have it, and `hub.expiry` ends what nobody took.
Each of these is the same small shape: read, decide (a synchronous function from values to a `Changes` value), record.

A delivery's state moves along the table in `hub.lifecycle`; beside every change stands an append-only event row with its
receipt. What recipients say about their own work (business statuses) is kept apart and never moves a delivery.
"""
