"""Systems and agencies as the directory knows them."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Binding(StrEnum):
    """How a system receives."""

    PULL = "pull"  #: it asks for its inbox over HTTP
    AMQP = "amqp"  #: it consumes its own queues
    WEBHOOK = "webhook"  #: the hub calls it
    VXP = "vxp"  #: it speaks the national SDK's protocol
    UPSTREAM = "upstream"  #: another axis


class SignaturePolicy(StrEnum):
    """What proves the origin of a system's documents."""

    REQUIRED = "required"  #: the agency's XML signature
    TRANSPORT = "transport"  #: the system's authentication only, for systems that cannot sign properly


class Lane(StrEnum):
    """Which of its two queues a delivery waits in."""

    URGENT = "urgent"  #: served first, alarms in minutes
    NORMAL = "normal"


class System(Struct, frozen=True, gc=False):
    """A connected computer system, acting for the agencies that name it; `webhook` bindings have a `webhook_url`.

    `reaches` are prefixes of agency codes that stand behind an `upstream` without being listed in the directory; see
    `routing.reach`.
    """

    id: str
    name: str
    binding: Binding
    policy: SignaturePolicy = SignaturePolicy.REQUIRED
    is_active: bool = True
    webhook_url: str | None = None
    reaches: tuple[str, ...] = ()


class Agency(Struct, frozen=True, gc=False):
    """A body with an identifier code.

    `parent` is the code of the body above it. `old_codes` are former identifiers that still mean it, kept as data
    because renumbering followed no rule. `valid_from` and `valid_to` are its first and last day as a recipient; None
    leaves that side open.
    """

    code: str
    name: str
    parent: str | None = None
    system_id: str | None = None
    old_codes: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    is_suspended: bool = False

    def exists_on(self, day: date) -> bool:
        """Return whether `day` lies within its validity, both ends included."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)
