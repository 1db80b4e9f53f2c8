"""The `axis` command: everything a person does with a hub from a terminal.

Commands talk to a running hub through the same typed HTTP client that the tests use, or work offline on files
(`sign`, `verify`, `compose`). `init`, `serve`, `migrate` and `doctor` work on a hub's own folder. Exit codes: 0 done,
1 the answer is no, 2 usage, 3 hub not reachable.
"""
