"""The invariants of a hub, checked from a history alone.

With A the packages whose submission was accepted, U those whose last answer is unknown, D what recipients took, R the
receipts that the feed shows at the end:

* I1  every package of A was taken by each of its recipients.
* I2  everything that was taken is of A or U, and was taken by one of its recipients: nothing is invented or misdirected.
* I3  no recipient takes a document twice, and none is offered what it has acknowledged.
* I4  the bytes that are fetched are the bytes that were sent as this package.
* I5  every package of A has one SubmissionAcceptance and one ContentHandover per recipient; they verify, and wherever a
  receipt is seen (answers, repeated answers, feed) it is the same, byte for byte.
* I6  what was only ever refused has no acceptance and reaches nobody.
* I7  the log only grows: not applicable until there is a transparency log.
* I8  nothing accepted waits longer than `LONGEST` after the last fault before it is filed.
* I9  order between packages: none is promised, so none is checked.
* I10 a submission that was repeated after an unknown end is one package, with one acceptance.
* feed  positions rise, and no receipt stands there twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from .history import Entry, Operation, Phase

ACCEPTANCE = "SubmissionAcceptance"
CONSIGNMENT = "ContentConsignment"
HANDOVER = "ContentHandover"
LONGEST = 60.0  #: seconds; a claim, a lost connection and a rebuilt consumer fit in, a lost order does not


class Violation(Struct, frozen=True):
    """An invariant that does not hold, and what shows it."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


class Seen:
    """The entries of a history, looked up by what they say."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)

    def of(self, operation: Operation, *phases: Phase) -> list[Entry]:
        """Return the entries of an operation that ended in one of `phases`."""
        return [each for each in self.entries if each.operation is operation and each.phase in phases]

    @cached_property
    def accepted(self) -> dict[str, list[Entry]]:
        """Acceptances by digest; several when a submission was repeated."""
        return _grouped(self.of(Operation.SUBMIT, Phase.OK), "sha256")

    @cached_property
    def refused(self) -> frozenset[str]:
        """Digests that were refused and never ended in another way."""
        ended = self.of(Operation.SUBMIT, Phase.OK, Phase.UNKNOWN)
        no = {each.sha256 for each in self.of(Operation.SUBMIT, Phase.FAIL)}
        return frozenset(no - {each.sha256 for each in ended})

    @cached_property
    def unknown(self) -> frozenset[str]:
        """Digests of which no submission ended with acceptance and at least one without a decisive answer."""
        return frozenset({each.sha256 for each in self.of(Operation.SUBMIT, Phase.UNKNOWN)} - self.accepted.keys())

    @cached_property
    def taken(self) -> list[Entry]:
        """What recipients filed."""
        return self.of(Operation.TAKE, Phase.OK)

    @cached_property
    def feed(self) -> list[Entry]:
        """What the feeds show at the end, in their order."""
        return self.of(Operation.RECEIPT, Phase.OK)

    @cached_property
    def receipts(self) -> list[Entry]:
        """Every receipt once; sender and recipient both see that of a handover."""
        return list({each.receipt: each for each in self.feed}.values())

    @cached_property
    def package_ids(self) -> dict[str, str]:
        """The package of every digest that an acceptance, answered or in the feed, speaks of."""
        acceptances = [each for each in self.receipts if each.event == ACCEPTANCE]
        answered = [each for several in self.accepted.values() for each in several]
        return {each.package_id: each.sha256 for each in (*answered, *acceptances)}


def check(entries: Iterable[Entry]) -> tuple[Violation, ...]:
    """Return every violation of the invariants."""
    seen = Seen(entries)
    checks = (
        _nothing_lost,
        _nothing_invented,
        _nothing_doubled,
        _nothing_changed,
        _all_receipted,
        _refusals_without_trace,
        _nothing_waits,
        _repetition_is_one,
        _feed_in_order,
    )
    return tuple(Violation(invariant, what) for each in checks for invariant, what in each(seen))


Found = Iterator[tuple[str, str]]


def undelivered(entries: Iterable[Entry]) -> tuple[tuple[str, Entry], ...]:
    """Return the recipients that have not taken an accepted package yet, with its acceptance."""
    seen = Seen(entries)
    taken = {(each.actor, each.sha256) for each in seen.taken}
    firsts = [answers[0] for answers in seen.accepted.values()]
    return tuple((to, each) for each in firsts for to in each.recipients if (to, each.sha256) not in taken)


def _nothing_lost(seen: Seen) -> Found:
    for recipient, accepted in undelivered(seen.entries):
        yield "I1", f"{recipient} never got {accepted.document_id} (package {accepted.package_id})"


def _nothing_invented(seen: Seen) -> Found:
    meant_for = {each.sha256: each.recipients for each in seen.of(Operation.SUBMIT, Phase.INVOKE)}
    for each in seen.taken:
        if each.sha256 not in seen.accepted and each.sha256 not in seen.unknown:
            yield "I2", f"{each.actor} got {each.document_id}, which nobody had accepted"
        elif each.actor not in meant_for.get(each.sha256, ()):
            yield "I2", f"{each.actor} got {each.document_id}, which was not meant for it"


def _nothing_doubled(seen: Seen) -> Found:
    for (recipient, sha256), times in Counter((each.actor, each.sha256) for each in seen.taken).items():
        if times > 1:
            yield "I3", f"{recipient} got the package with digest {sha256} {times} times"
    acknowledged: dict[str, int] = {}  # where in the history
    asked: dict[str, int] = {}
    for number, each in enumerate(seen.entries):
        match each.operation, each.phase:
            case Operation.ACKNOWLEDGE, Phase.OK:
                acknowledged.setdefault(each.delivery_id, number)
            case Operation.COLLECT, Phase.INVOKE:
                asked[each.actor] = number
            case Operation.COLLECT, Phase.OK if acknowledged.get(each.delivery_id, number) < asked.get(each.actor, 0):
                yield "I3", f"{each.actor} was offered delivery {each.delivery_id} after its handover"


def _nothing_changed(seen: Seen) -> Found:
    sent = {each.sha256 for each in seen.of(Operation.SUBMIT, Phase.INVOKE)}
    for each in seen.of(Operation.FETCH, Phase.OK):
        if each.sha256 not in sent:
            yield "I4", f"{each.actor} fetched bytes of {each.document_id} that nobody sent"
        elif seen.package_ids.get(each.package_id, each.sha256) != each.sha256:
            yield "I4", f"{each.actor} fetched another package's bytes as {each.document_id}"


def _all_receipted(seen: Seen) -> Found:
    acceptances = _grouped([each for each in seen.receipts if each.event == ACCEPTANCE], "package_id")
    handovers = _grouped([each for each in seen.receipts if each.event == HANDOVER], "package_id")
    for answers in seen.accepted.values():
        first = answers[0]
        if len({each.receipt for each in answers}) != 1:
            yield "I5", f"{first.document_id}: repeated submissions were answered with different receipts"
        found = acceptances.get(first.package_id, [])
        if [each.receipt for each in found] != [first.receipt]:
            yield "I5", f"{first.document_id}: the feed has {len(found)} acceptances, or another one than was answered"
        found = handovers.get(first.package_id, [])
        if len(found) != len(first.recipients) or len({each.delivery_id for each in found}) != len(found):
            yield "I5", f"{first.document_id}: {len(found)} handovers for {len(first.recipients)} recipients"
    shown = {each.delivery_id: each.receipt for each in seen.receipts if each.event == HANDOVER}
    for each in seen.of(Operation.ACKNOWLEDGE, Phase.OK):
        if shown.get(each.delivery_id) != each.receipt:
            yield (
                "I5",
                f"delivery {each.delivery_id}: the acknowledgement was answered with another receipt than the feed's",
            )
    for each in seen.receipts:
        if not each.is_verified:
            yield "I5", f"receipt {each.event} of package {each.package_id} does not verify"


def _refusals_without_trace(seen: Seen) -> Found:
    for each in seen.receipts:
        if each.event == ACCEPTANCE and each.sha256 in seen.refused:
            yield "I6", f"package {each.package_id} has an acceptance and was refused"
    for each in seen.taken:
        if each.sha256 in seen.refused:
            yield "I6", f"{each.actor} got {each.document_id}, which was refused"


def _nothing_waits(seen: Seen) -> Found:
    """Wait counts from the acceptance, or from the last fault when that came later: nobody promises more than to recover."""
    healed = max((each.at for each in seen.of(Operation.FAULT, Phase.OK)), default=0.0)
    accepted = {sha256: answers[0].at for sha256, answers in seen.accepted.items()}
    for each in seen.taken:
        waited = each.at - max(healed, accepted.get(each.sha256, each.at))
        if waited > LONGEST:
            yield "I8", f"{each.actor} got {each.document_id} {waited:.0f} s after the last fault and its acceptance"


def _repetition_is_one(seen: Seen) -> Found:
    packages: defaultdict[str, set[str]] = defaultdict(set)
    for package_id, sha256 in seen.package_ids.items():
        packages[sha256].add(package_id)
    for sha256, ids in packages.items():
        if len(ids) > 1:
            yield "I10", f"the package with digest {sha256} was accepted {len(ids)} times"


def _feed_in_order(seen: Seen) -> Found:
    last: dict[str, int] = {}
    for each in seen.feed:
        if each.position <= last.get(each.actor, -1):
            yield "feed", f"position {each.position} of {each.actor} comes after {last[each.actor]}"
        last[each.actor] = each.position
    for (actor, receipt), times in Counter((each.actor, each.receipt) for each in seen.feed).items():
        if times > 1:
            yield "feed", f"{actor} sees one receipt {times} times: {receipt[-16:]}"


def _grouped(entries: Sequence[Entry], field: str) -> dict[str, list[Entry]]:
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for each in entries:
        groups[getattr(each, field)].append(each)
    return dict(groups)
