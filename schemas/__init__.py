"""Documents: bytes to elements to frozen values, and back.

`parser` turns the received bytes into one element tree, or says in a typed error why it will not: it looks at the bytes first
(encoding, DOCTYPE, how many tags, how long), so that the tree that libxml2 then builds is bounded before it exists.

`edxml` reads such a tree: the schemas in `xsd/` decide, a few rules that XSD cannot state are checked beside them, the
attachments are decoded and measured, and the caller gets an `Envelope`. Writing goes the other way, in the exact form that the
national SDK emits. Large contents never enter the tree: `edxml.lean` keeps them beside it, each known by the mark in its place.

Everything here is synchronous and pure: no file but the package's own schemas is opened, no network is touched.
"""
