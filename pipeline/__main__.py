"""`python -m pipeline`: the same menu as the Makefile's, for who has no make."""

import logging
import sys
import warnings

from pipeline.commands.unchanged import unchanged

told = unchanged(sys.argv[1:])
if told is not None:
    print(told)
    sys.exit(0)

from pipeline.cli import main  # noqa: E402  # takes half a second, which a call with nothing to do need not

# What a library has to remark may quote a cell, and is no business of the analyst's. python -W shows it all the same.
if not sys.warnoptions:
    warnings.simplefilter("ignore")
logging.getLogger().addHandler(logging.NullHandler())

sys.exit(main())
