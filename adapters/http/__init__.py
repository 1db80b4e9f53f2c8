"""The HTTP API: the door through which systems and people reach the use cases (described in `openapi.yaml`).

A connection waits on the doorstep for its first bytes (`doorstep`; `gate` counts who is in, `last_word` tells those who must go
why). What is known to come again byte for byte may be answered there (`repeats`). Everything else comes in through the guarded
connection (`guard`: time limits, answers to broken HTTP) and the one middleware (`door`): it takes up the trace, lets in who
may (`auth`, `routes`), and turns whatever goes wrong into a problem document (`problems`). Behind it stand handlers grouped by
noun (`packages`, `deliveries`, `inbox`, `receipts`, `feed`, `agencies`, `health`): each reads what is asked (`intake`, `query`,
`bodies`), calls one use case, and shows its answer as a value of `views`. `server` opens the socket and closes it again without
dropping work; `metrics`, `logs` and `request_log` say what happened.

`openapi.yaml` is written by hand, but never drifts: tests compare its operations with the table in `routes`, its parameters with
`query`, and its component schemas with `views`.
"""
