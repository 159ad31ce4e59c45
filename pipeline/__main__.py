"""`python -m pipeline`: the same menu as the Makefile's, for who has no make."""

import sys

from pipeline.commands.unchanged import unchanged

told = unchanged(sys.argv[1:])
if told is not None:
    print(told)
    sys.exit(0)

from pipeline.cli import main  # noqa: E402  # takes half a second, which a call with nothing to do need not

sys.exit(main())
