"""What the making of a report imports, for a process of which those that make reports are copies; it runs nothing.

Some of it is otherwise imported when it is first needed, papermill and WeasyPrint above all, which take longest.
"""

import gc
import importlib

from pipeline.execution.garbage import collect_seldom
from pipeline.execution.notebooks import import_papermill

collect_seldom()
import_papermill()
for _name in (
    "pipeline.commands.one_set",
    "pipeline.commands.searching",
    "pipeline.confidentiality.guard",
    "pipeline.reporting.actions",
    "pipeline.reporting.disclosure",
    "pipeline.reporting.provisional",
    "pipeline.reporting.rendering",
    "pipeline.reporting.report",
    "pipeline.reporting.uptake",
):
    importlib.import_module(_name)
# What is there by now is never freed: its pages stay shared with the copies.
gc.collect()
gc.freeze()
