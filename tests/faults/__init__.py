"""Faults: a real hub under load is hurt, and afterwards everything that was promised must still be true.

`python -m tests.faults --kills 50 --seed 7` starts a demo hub, lets systems send, collect and acknowledge, kills the process
with SIGKILL at random moments and starts it again, lets the load drain, audits all receipts, and prints what it found.

The parts know little of each other, so that other faults and other engines can be added:

* `history`: what the outside saw, one JSON line per call that began (`invoke`) and ended (`ok`, `fail`, `unknown`).
* `checker`: from a history alone, the violations of the invariants I1 to I6 and I10; pure, with tests of its own.
* `systems`: senders and recipients; they keep trying as real ones must, and write the history.
* `faults`: what is done to the hub; a fault is a coroutine that hurts and heals once.
* `scenario`: load, faults, recovery, drain, audit.

The same seed gives the same packages, choices and moments; what the machine does between them it cannot repeat.
"""
