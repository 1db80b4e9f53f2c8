"""Numbers and names that a command takes, each with its bounds: what lies outside is a fault of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from adapters.cli.messages import say
from routing.codes import may_name_agency, may_name_system

Port = Annotated[int, Parameter(validator=Number(gte=0, lte=65535))]
Count = Annotated[int, Parameter(validator=Number(gte=0, lte=2**31 - 1))]
Size = Annotated[int, Parameter(validator=Number(gte=0, lte=2**63 - 1))]  #: bytes
Days = Annotated[int, Parameter(validator=Number(gte=1, lte=36_500))]
Hours = Annotated[float, Parameter(validator=Number(gte=0, lte=876_000))]
Limit = Annotated[int, Parameter(validator=Number(gte=1, lte=200))]
Wait = Annotated[int, Parameter(validator=Number(gte=0, lte=60))]  #: whole seconds, as the API takes them
Lease = Annotated[int, Parameter(validator=Number(gte=1, lte=86_400))]
Rate = Annotated[float, Parameter(validator=Number(gte=0, lte=1_000_000))]


def _check(rule: Callable[[str], bool], message: str) -> Callable[[type, Any], None]:
    def check(_: type, given: str | Sequence[str] | None) -> None:
        for each in (given,) if isinstance(given, str) else given or ():
            if not rule(each):
                raise ValueError(say(message, what=each))

    return check


AgencyCode = Annotated[str, Parameter(validator=_check(may_name_agency, "bad-agency-code"))]
SystemId = Annotated[str, Parameter(name="ID", help="Id of the system.")]
NewSystemId = Annotated[str, Parameter(name="ID", validator=_check(may_name_system, "bad-system-id"))]
