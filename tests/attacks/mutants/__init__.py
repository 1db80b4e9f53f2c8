"""Named mutants of any good signed package: what an attacker makes of it, and what each may be answered.

A `Good` package is taken apart once: its bytes, its text with `{SIG}` in the signature's place, and the laboratory whose
agency signed it. Each family yields `Mutant`s. Most keep the true signature and change the rest (the attacker on the wire);
some are signed anew by a registered key (the attacker who is an agency, or whose software is careless). A mutant that is
benign by construction says canonically what was signed: it may be accepted, and then every value must be the signed one.

Nothing is stored: keys and mutants are made in each run.
"""

from tests.attacks.mutants.families import FAMILIES, mutants_of
from tests.attacks.mutants.good import Good, goods
from tests.attacks.mutants.mutant import EVIL, Mutant

__all__ = ["EVIL", "FAMILIES", "Good", "Mutant", "goods", "mutants_of"]
