"""Everything that can be slow, absent or lying, behind the ports of `hub`.

Each subpackage speaks to one kind of outside: `http` to agency systems, `storage` to the database and the disk,
`webhook` to systems that want to be called, `trust` to key files, `cli` to the person at a terminal. An adapter
imports the hub's values and the leaf libraries, turns foreign errors into the hub's own once, at its border, and
never imports another adapter: `hub.compose` wires them together.
"""
