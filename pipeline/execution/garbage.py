"""How often Python looks for objects that only refer to each other."""

import gc

_NEW_OBJECTS = 50_000
_ROUNDS = (20, 50)


def collect_seldom() -> None:
    """Let Python look for circles among its objects after 50,000 new ones instead of some hundred.

    Setting and searching a PDF make millions of objects that stay, so that looking for garbage among them takes a
    quarter of the time. What waits to be found meanwhile is a few megabytes.
    """
    gc.set_threshold(_NEW_OBJECTS, *_ROUNDS)
