"""`python -m hub.problems`: print the page `docs/errors.md`."""

import sys

from hub.problems.page import errors_page

sys.stdout.write(errors_page())
