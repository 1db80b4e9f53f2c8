"""`axis demo`: a hub of a minute's life, on which documents really travel.

`hub` founds a demo hub in a temporary folder and runs it as a process of its own, as an operator would. `receiver` is the
computer system of an agency that wants to be called: it listens on this machine, checks the signature of each call, fetches
the package and acknowledges it. `play` lets the agencies exchange documents through the public API only, checks everything
that it is told, and writes one line for each thing that happened; `report` prints these lines.
"""
