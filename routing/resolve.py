"""From recipients to routes: all of them, or a refusal that names each one that cannot be reached."""

from datetime import date

from msgspec import Struct

from routing.directory import Directory
from routing.values import Agency, Binding


class Route(Struct, frozen=True, gc=False):
    """Where one recipient's copy goes. `recipient` is the agency's current code, or, beyond the directory, as written."""

    recipient: str
    system_id: str
    binding: Binding


class Unroutable(Struct, frozen=True, gc=False):
    """One recipient that cannot be reached, under the code that the sender wrote.

    `reason` is `unknown`, `suspended`, `closed` (outside its validity), `no-system` or `system-inactive`; `vi` and
    `en` are one sentence each.
    """

    code: str
    reason: str
    vi: str
    en: str


class NoRoute(Exception):
    """At least one recipient cannot be reached, so the package goes to none."""

    def __init__(self, unroutable: tuple[Unroutable, ...]) -> None:
        super().__init__(" ".join(each.en for each in unroutable))
        self.unroutable = unroutable


def resolve(directory: Directory, recipients: tuple[str, ...], on: date) -> tuple[Route, ...]:
    """Return the route of every recipient on a day, in the order of first mention.

    Two codes of one agency give one route. Raises `NoRoute` with every recipient that is unknown, suspended, closed on
    that day, or without an active system.
    """
    routes: dict[str, Route] = {}
    unroutable: dict[str, Unroutable] = {}
    for code in recipients:
        step = _route(directory, code, on)
        if isinstance(step, Route):
            routes.setdefault(step.recipient, step)
        else:
            unroutable.setdefault(code, step)
    if unroutable:
        raise NoRoute(tuple(unroutable.values()))
    return tuple(routes.values())


def _route(directory: Directory, code: str, on: date) -> Route | Unroutable:
    agency = directory.agency(code)
    if agency is None:
        beyond = directory.system_of(code)
        return Route(code, beyond.id, beyond.binding) if beyond else _unknown(directory, code)
    if agency.is_suspended:
        return _suspended(code, agency)
    if not agency.exists_on(on):
        return _closed(directory, code, agency, on)
    system = directory.system_of(code)
    if system is None:
        return _without_system(code, agency)
    if not system.is_active:
        return _system_inactive(code, agency)
    return Route(recipient=agency.code, system_id=system.id, binding=system.binding)


def _unknown(directory: Directory, code: str) -> Unroutable:
    if code in directory.ambiguous_codes:
        return Unroutable(
            code,
            "unknown",
            f"Mã cũ {code} trùng ở nhiều cơ quan, hãy dùng mã định danh hiện hành.",
            f"The old code {code} belongs to several agencies: use the recipient's current code.",
        )
    return Unroutable(
        code,
        "unknown",
        f"Không có cơ quan nào mang mã {code} trong danh bạ, hãy tra lại mã định danh.",
        f"No agency in the directory has the code {code}: look up the recipient's code.",
    )


def _suspended(code: str, agency: Agency) -> Unroutable:
    return Unroutable(
        code,
        "suspended",
        f"Cơ quan {agency.name} ({code}) đang tạm ngừng nhận văn bản, hãy liên hệ đơn vị vận hành trục.",
        f"{agency.name} ({code}) is suspended and receives nothing: ask the operator of the hub.",
    )


def _closed(directory: Directory, code: str, agency: Agency, on: date) -> Unroutable:
    if agency.valid_from is not None and on < agency.valid_from:
        return Unroutable(
            code,
            "closed",
            f"Cơ quan {agency.name} ({code}) chỉ nhận văn bản từ ngày {agency.valid_from:%d/%m/%Y}, hãy gửi lại sau.",
            f"{agency.name} ({code}) receives from {agency.valid_from} on: send it again then.",
        )
    successor = directory.successor(agency.code)
    vi, en = "hãy tra lại nơi nhận", "look up who took its place"
    if successor is not None:
        vi = f"hãy gửi đến {successor.name} ({successor.code})"
        en = f"send it to {successor.name} ({successor.code})"
    return Unroutable(
        code,
        "closed",
        f"Cơ quan {agency.name} ({code}) đã ngừng hoạt động sau ngày {agency.valid_to:%d/%m/%Y}, {vi}.",
        f"{agency.name} ({code}) was closed after {agency.valid_to}: {en}.",
    )


def _without_system(code: str, agency: Agency) -> Unroutable:
    return Unroutable(
        code,
        "no-system",
        f"Cơ quan {agency.name} ({code}) chưa kết nối hệ thống nào với trục, hãy gửi theo cách khác.",
        f"No connected system receives for {agency.name} ({code}): send it another way.",
    )


def _system_inactive(code: str, agency: Agency) -> Unroutable:
    return Unroutable(
        code,
        "system-inactive",
        f"Hệ thống nhận của cơ quan {agency.name} ({code}) đã bị ngắt khỏi trục, hãy liên hệ đơn vị vận hành trục.",
        f"The system that receives for {agency.name} ({code}) is switched off: ask the operator of the hub.",
    )
