"""The typed client of the HTTP API: what the command line, the demo and the tests talk to a hub with.

`AxisClient` has one method per route and gives back frozen values. Below it, `Transport` sends one request: it bounds
the time and the size of every answer, repeats what may be repeated (connection lost, 429, 503; every POST carries an
Idempotency-Key and the same bytes, so a repetition is harmless), and turns a problem document into `ProblemError`.
The client knows the contract and nothing of the hub's code.
"""

from adapters.client.client import AxisClient, open_client
from adapters.client.errors import ClientError, ContentDamaged, HubUnreachable, Problem, ProblemError, UnexpectedAnswer
from adapters.client.transport import RetryPolicy

__all__ = [
    "AxisClient",
    "ClientError",
    "ContentDamaged",
    "HubUnreachable",
    "Problem",
    "ProblemError",
    "RetryPolicy",
    "UnexpectedAnswer",
    "open_client",
]
