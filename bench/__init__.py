"""The hub beside the obvious design, measured on this machine: `make bench`, or `python -m bench --help`.

Packages are signed beforehand. The obvious design (`naive`) and the hub are started in turn on fresh folders, each as one
process on SQLite, and get the same load from the same generator (`load`), which runs in a process of its own: senders
post, the recipient collects its inbox, fetches and hashes every content and acknowledges it, and the sender reads every
receipt. The clock runs from the first post to the last receipt. A run counts only when everything that was accepted was
also handed over with the bytes that were sent, and every receipt is there. `stall` asks how long small packages wait
while a large one is handled; `hops` measures the CPU of each step without a server.

Speeds of virtual machines change from second to second: absolute figures are worth little, so runs of both are
interleaved and ratios are printed, and `clock` rejects batches in which the machine itself was slow.
"""
