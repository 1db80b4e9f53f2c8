"""The loops that carry deliveries, wired from the use cases of a running hub: relay, couriers, deadlines, lost orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from hub.attest import Attestor
from hub.collection import Axes, Collection, GivenLeases
from hub.conclusion import Concluder
from hub.consignment import Consignment, ForgetAddress
from hub.expiry import Expiry
from hub.freight import Freight
from hub.lost_orders import LostOrders
from hub.marks import Marks
from hub.own_orders import OwnOrders
from hub.ports import Courier
from hub.reception import Reception
from hub.relay import Relay
from hub.services import Services
from routing.schedule import RetrySchedule
from routing.values import Binding

#: Packages of up to 1 MiB on their way to a system's own queue. A broker confirms many together as fast as one, and needs no
#: sparing as somebody's web server does.
_IN_FLIGHT = 32


def lost_orders(services: Services) -> LostOrders:
    """Return who looks for orders that their broker has lost."""
    return LostOrders(
        outbox=services.store,
        broker=services.broker,
        systems=lambda: services.register.snapshot.directory.systems(),  # noqa: PLW0108 - the register of the moment
        after=timedelta(seconds=services.settings.broker.lost_after),
        remind_after=timedelta(seconds=services.settings.broker.remind_after),
        clock=services.clock,
    )


def collection(services: Services, axes: Axes, leases: GivenLeases) -> Collection:
    """Return who asks other axes what they keep for our agencies."""
    delivery = services.settings.delivery
    reception = Reception(
        submission=services.submission,
        spool=services.spool,
        reader=services.store,
        register=services.register,
        clock=services.clock,
        most_bytes=services.settings.intake.max_bytes,
    )
    return Collection(
        reception=reception,
        axes=axes,
        register=services.register,
        leases=leases,
        schedule=RetrySchedule.of_seconds(*delivery.retry_delays),
        clock=services.clock,
        every=timedelta(seconds=services.settings.upstream.poll_seconds),
    )


def delivery_loops(
    services: Services,
    couriers: Mapping[Binding, Courier],
    attestor: Attestor,
    forget_address: ForgetAddress,
    own_orders: OwnOrders,
) -> dict[str, Callable[[], Awaitable[None]]]:
    """Return the loops by name."""
    delivery = services.settings.delivery
    schedule = RetrySchedule.of_seconds(*delivery.retry_delays, spread=delivery.retry_jitter)
    concluder = Concluder(attestor=attestor, schedule=schedule, register=services.register, clock=services.clock)
    freight = Freight()
    services.commits.subscribe(freight.observe)
    marks = Marks(store=services.store, clock=services.clock)
    services.commits.subscribe(marks.observe)
    relay = Relay(
        store=services.store,
        broker=services.broker,
        freight=freight,
        marks=marks,
        own=own_orders,
        signals=services.signals,
        clock=services.clock,
    )
    consignment = Consignment(
        store=services.store,
        broker=services.broker,
        couriers=couriers,
        concluder=concluder,
        freight=freight,
        signals=services.signals,
        concurrency=lambda binding: _IN_FLIGHT if binding is Binding.AMQP else delivery.webhook_concurrency,
        forget_address=forget_address,
    )
    expiry = Expiry(store=services.store, register=services.register, attestor=attestor, clock=services.clock)
    return {
        "relay": relay.run,
        "relay-own": relay.run_own,
        "consignment": consignment.run,
        "expiry": expiry.run,
    }
