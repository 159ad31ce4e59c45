#!/bin/sh
# The same report by the tools' own command lines: four times papermill, then nbconvert, then WeasyPrint.
#
#   sh command_lines.sh PYTHON NOTEBOOKS PROJECT PERIOD SET STYLE
#
# SET is the folder of the set; the notebooks find it by where they run. Its public folder gets the same tables, written
# by the fourth notebook, and report.html and report.pdf as far as these tools make them.
set -eu
python=$1 notebooks=$2 project=$3 period=$4 set=$5 style=$6
executed=$set/internal/notebooks
mkdir -p "$executed" "$set/public"
for name in 01_cleaning 02_classification 03_metrics 04_report; do
    "$python" -m papermill --no-progress-bar --cwd "$executed" -r project "$project" -r period "$period" \
        "$notebooks/$name.ipynb" "$executed/$name.ipynb"
done
# 'basic' has neither the code of JupyterLab's pages nor their styles: the lightest that nbconvert has.
"$python" -m nbconvert --to html --template basic --no-input --output-dir "$set/public" --output report.html \
    "$executed/04_report.ipynb"
"$python" -m weasyprint --pdf-variant pdf/ua-1 --stylesheet "$style" "$set/public/report.html" "$set/public/report.pdf"
