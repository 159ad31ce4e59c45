"""`python -m pipeline`: the same menu as the Makefile's, for who has no make."""

import sys

from pipeline.cli import main

sys.exit(main())
