"""Where and when: which system a package goes to, how soon, how often again, and by which day the law wants it.

The directory of agencies and systems is built from the store, never changed, and swapped whole when a new version
appears; every question to it is answered from dictionaries in memory. `resolve` turns the recipients of an envelope
into routes, all or none: a package with one recipient that cannot be reached is refused whole, and every such
recipient is named with the reason.

Time is decided here too, and only decided: `RetrySchedule` says how long to wait before another attempt,
`WorkingCalendar` and the legal clocks say when a deadline of QĐ 28/2018/QĐ-TTg or NĐ 30/2020/NĐ-CP ends, counted in
Vietnamese working days. Nothing here waits, sends or reads a clock: times and random numbers are arguments.
"""
