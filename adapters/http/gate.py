"""How many connections are open, and whether one more may come in."""

from __future__ import annotations

from collections import Counter

from adapters.http.annexes import Annexes
from adapters.http.peers import Network, Peer
from hub.settings import ListenSettings


class Gate:
    """How many connections are open, in all and by address; shared by all connections of one process."""

    def __init__(
        self, listen: ListenSettings, proxies: tuple[Network, ...] = (), annexes: Annexes | None = None
    ) -> None:
        self.listen = listen
        self.proxies = proxies
        self.annexes = annexes or Annexes()
        self._open = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, peer: Peer) -> bool:
        """Count a connection; return whether there is room for it. All who behind a proxy share its address are exempt."""
        self._open += 1
        self._by_address[peer.address] += 1
        if self._open > self.listen.max_connections:
            return False
        return peer.is_proxy or self._by_address[peer.address] <= self.listen.max_connections_per_address

    def may_linger(self) -> bool:
        """Whether a connection without room may stay for its last word: a flood of them may not."""
        return self._open <= self.listen.max_connections + self.listen.max_connections // 4

    def leave(self, peer: Peer) -> None:
        """Forget a connection that entered, with or without room."""
        self._open -= 1
        self._by_address[peer.address] -= 1
        if not self._by_address[peer.address]:
            del self._by_address[peer.address]
