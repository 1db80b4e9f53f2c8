"""The promises of the hub, each as a test.

`unit` states facts of values and functions, `contract` runs one suite against every implementation of a port,
`integration` and `acceptance` talk to a running hub, `faults` kills and starves it, `architecture` holds the shape of
the code itself.
"""
