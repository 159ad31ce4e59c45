"""Boston's register, repeated: real texts and gaps in a register of any size."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from making import ROOT

REGISTER = "boston311_2015_H1.csv.gz"
_DATES = ("OPEN_DT", "TARGET_DT", "CLOSED_DT")
_WRITTEN = "%m/%d/%Y %I:%M:%S %p"
_DAYS_APART = 182
"""Each copy lies so much earlier: half a year of whole weeks, so that weekdays stay."""
_NUMBERS_APART = 10**12


def repeat_boston(source: Path, folder: Path, rows: int) -> Path:
    """Write a project with the first `rows` grievances of Boston's register and earlier copies of it.

    `source` is the folder boston311_2015. Each copy has its dates 182 days before those of the former and registration
    numbers of its own; every other cell stays. Returns the register.
    """
    table = pd.read_csv(source / REGISTER, dtype="str", keep_default_na=False)
    copies = -(-rows // len(table))
    parts = []
    for copy in range(copies):
        back = pd.Timedelta(days=copy * _DAYS_APART)
        dates = {name: (pd.to_datetime(table[name], format=_WRITTEN) - back) for name in _DATES}
        written = {name: days.dt.strftime(_WRITTEN).fillna("") for name, days in dates.items()}
        numbers = (table["CASE_ENQUIRY_ID"].astype("int64") + copy * _NUMBERS_APART).astype("str")
        parts.append(table.assign(CASE_ENQUIRY_ID=numbers, **written))
    folder.mkdir(parents=True, exist_ok=True)
    start = (pd.Timestamp("2015-01-01") - pd.Timedelta(days=(copies - 1) * _DAYS_APART)).date()
    text = (ROOT / "tests" / "projects" / "boston-311" / "project.yml").read_text(encoding="utf-8")
    text = re.sub(r"^grm_start: .*$", f"grm_start: {start}", text, flags=re.MULTILINE)
    text = re.sub(r"^register: .*$", "register: register.csv", text, flags=re.MULTILINE)
    (folder / "project.yml").write_text(text, encoding="utf-8")
    path = folder / "register.csv"
    pd.concat(parts, ignore_index=True).head(rows).to_csv(path, index=False, lineterminator="\n")
    return path
