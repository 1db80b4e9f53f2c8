"""Faults: a real hub under load is hurt, and afterwards everything that was promised must still be true.

`make faults` (`python -m tests.faults --minutes 10 --seed 7`) founds a demo hub, lets systems send, collect and acknowledge
through any of its processes, hurts processes and servers with two hands at random moments, lets the load drain, audits all
receipts, and prints what it found. docs/reliability.md says what is promised and holds the last run.

* `history`: what the outside saw, one JSON line per call that began (`invoke`) and ended (`ok`, `fail`, `unknown`).
* `checker`: from a history alone, the violations of the invariants I1 to I10; pure, with tests of its own.
* `systems`, `called`, `post`: senders and recipients; they keep trying as real ones must, and write the history.
* `site`: hub processes, their database, broker and disk, on a profile: embedded or production.
* `harm`, `servers`: what is done to processes, and to what they stand on; a fault hurts and heals once. `plan`: when which.
* `proxy`: a TCP proxy between any two of them, for faults of the network; it can lose the N-th confirmation of a broker.
* `scenario`, `report`: load, faults, recovery, drain, audit; and what came of it.

The same seed gives the same packages, choices and moments; what the machine does between them it cannot repeat.
"""
