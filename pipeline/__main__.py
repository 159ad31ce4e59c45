"""`python -m pipeline`: the same menu as the Makefile's, for who has no make."""

import sys
from functools import partial

from pipeline.commands.screen import shown
from pipeline.execution.stops import stoppable


def _call() -> int:
    from pipeline.commands.unchanged import unchanged

    told = unchanged(sys.argv[1:])
    if told is not None:
        print(told)
        return 0

    import logging
    import warnings

    from pipeline.commands.early import begun
    from pipeline.execution.garbage import collect_seldom

    collect_seldom()
    # What a library has to remark may quote a cell, and is no business of the analyst's. python -W shows it all the
    # same.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    with begun(sys.argv[1:]) as homes:
        from pipeline.cli import main  # takes half a second, which a call with nothing to do need not

        return main(homes=homes)


sys.exit(shown(partial(stoppable, _call)))
