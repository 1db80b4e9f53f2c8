"""RabbitMQ, when the hub is to use it: whether each node is there, and takes what the hub will send."""

from __future__ import annotations

from collections.abc import AsyncIterator

from yarl import URL

from adapters.amqp.addresses import addresses
from adapters.amqp.fitness import CHANNELS, OLDEST, Node, look_at
from adapters.amqp.letters import LARGEST
from adapters.cli.checks.finding import Finding, Place, failed, passed, warned
from hub.configuration import ConfigurationError
from hub.trouble import Deferral

_NAME = "broker"


async def check(place: Place) -> AsyncIterator[Finding]:
    """Judge every node that `broker.url` names; one of several may be away."""
    try:
        urls = addresses(place.settings.broker.url)
    except ConfigurationError as error:
        yield failed(_NAME, "doctor-configuration", error=error)
        return
    away: list[dict[str, object]] = []
    found = False
    for url in urls:
        shown = str(URL(url).with_password(None))
        try:
            node = await look_at(url)
        except Deferral as trouble:
            away.append({"url": shown, "error": trouble.detail})
            continue
        found = True
        yield _judged(shown, node)
    for each in away:
        yield warned(_NAME, "doctor-broker-away", **each) if found else failed(_NAME, "doctor-broker-away", **each)


def _judged(url: str, node: Node) -> Finding:
    if node.is_old:
        return failed(_NAME, "doctor-broker-old", url=url, version=node.version, oldest=".".join(map(str, OLDEST)))
    if not node.takes_largest:
        return failed(_NAME, "doctor-broker-small", url=url, size=LARGEST)
    if node.has_few_channels:
        return failed(_NAME, "doctor-broker-channels", url=url, channels=node.channels, needed=CHANNELS)
    return passed(_NAME, "doctor-broker", url=url, version=node.version)
