"""The process behind the kernels starts before anything that takes long to import, and imports meanwhile itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import SENTENCES
from pipeline.execution.homes import Homes
from pipeline.execution.imports import imported_modules
from pipeline.places import DATA_VARIABLE, OUTPUTS_VARIABLE, REPOSITORY, data_folder, outputs_folder

NOTEBOOKS = ("01_cleaning", "02_classification", "03_metrics", "04_report")
"""The notebooks of a report, in order."""
STAGES = {"cleaning": 1, "classification": 2, "metrics": 3, "report": 4}
"""How many of them a command runs."""
IMPORTED_LATE = (
    "holidays.countries",
    "holidays.groups",
    "narwhals",
    "pandas.io.formats.csvs",
    "pandas.io.formats.html",
    "pandera.backends.pandas.register",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.cluster.hierarchy",
    "scipy.ndimage",
    "scipy.sparse.csgraph",
    "scipy.stats",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
)
"""What the notebooks' functions, and the libraries that they call, import only while they run."""
WHILE_IDLE = (*IMPORTED_LATE, "weasyprint", "pipeline.reporting.rendering")
"""What the origin of the kernels imports once it has what the notebooks name, so that it can also set the PDF."""
_OPTION = re.compile(r"--(data|outputs)=(.*)", re.DOTALL)


def notebook_files(names: Sequence[str]) -> list[Path]:
    """Return the files of notebooks, which are named without their ending."""
    return [REPOSITORY / "notebooks" / f"{name}.ipynb" for name in names]


def kernel_folders(data: Path, outputs: Path) -> dict[str, str]:
    """Tell the notebooks where data and outputs are."""
    return {DATA_VARIABLE: str(data), OUTPUTS_VARIABLE: str(outputs)}


@contextmanager
def begun(arguments: Sequence[str]) -> Iterator[Homes | None]:
    """Start what the notebooks of a call run in, and yield it; None for a command that runs none of them.

    The call has not been checked. If it is refused, or asks for something else in the end, the process is ended.
    """
    stages = STAGES.get(arguments[0], 0) if arguments else 0
    if not stages:
        yield None
        return
    matches = [match for argument in arguments if (match := _OPTION.fullmatch(argument))]
    folders = {match[1]: match[2] for match in matches}
    data = Path(folders["data"]).resolve() if "data" in folders else data_folder()
    outputs = Path(folders["outputs"]).resolve() if "outputs" in folders else outputs_folder()
    modules = imported_modules(notebook_files(NOTEBOOKS[:stages]))
    with Homes(WHILE_IDLE) as homes:
        homes.begin(modules, kernel_folders(data, outputs), frozenset(SENTENCES))
        yield homes
