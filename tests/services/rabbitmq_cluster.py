"""Three RabbitMQ nodes on this machine, one cluster, with a port mapper of their own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.rabbitmq import RabbitNode
from tests.support.hub import free_port

_LOOKUP = '{ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"%s">>)), '
_LEADER = _LOOKUP + "element(2, amqqueue:get_pid(Queue))"
_TRANSFER = _LOOKUP + "rabbit_quorum_queue:transfer_leadership(Queue, '%s')"


class RabbitCluster:
    """The nodes, running."""

    def __init__(self, nodes: tuple[RabbitNode, ...]) -> None:
        self.nodes = nodes

    @property
    def url(self) -> str:
        """All of them, as `broker.url` names them."""
        return ",".join(node.url for node in self.nodes)

    def leader_of(self, queue: str) -> RabbitNode:
        """Return the node that leads a queue."""
        (leader,) = [each for each in self.nodes if each.name == self.nodes[0].evaluate(_LEADER % queue)]
        return leader

    def transfer(self, queue: str, leader: RabbitNode) -> None:
        """Have another node lead a queue."""
        assert self.nodes[0].evaluate(_TRANSFER % (queue, leader.name)) == f"{{migrated, {leader.name}}}"


@contextmanager
def running_cluster(folder: Path) -> Iterator[RabbitCluster]:
    """Start three nodes as one cluster, and stop them again."""
    mapper = free_port()
    folders = [folder / str(number) for number in range(3)]
    for each in folders:
        each.mkdir()
    nodes = tuple(RabbitNode(each, mapper=mapper) for each in folders)
    names, cookie = tuple(node.name for node in nodes), secrets.token_hex(20)
    try:
        for node in nodes:
            node.join(names, cookie)
        # The first alone: nodes that start together may each find nobody, and stay alone.
        nodes[0].start()
        for node in nodes[1:]:
            node.launch()
        for node in nodes[1:]:
            node.wait()
        assert nodes[0].evaluate("length(rabbit_nodes:all_running())") == str(len(nodes))
        yield RabbitCluster(nodes)
    finally:
        for node in nodes:
            node.stop()
        nodes[0].end_mapper()
