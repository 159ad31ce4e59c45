"""What people decided about the register: corrections with a guard, explanations of errors."""

from __future__ import annotations

import pytest
from making import Cleaned, Maker, clean

from pipeline.commands.searching import search_for
from pipeline.confidentiality.readable.text import Seen
from pipeline.errors import InputError


def row(number: int = 1, received: str = "2024-03-05", status: str = "Resolving", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Question", **cells}


def entry(
    number: str = "1/2024", column: str = "date_received", old: str = "'2024-13-05'", new: str = "2024-03-05"
) -> str:
    return (
        f"- match: {{registration_no: {number}}}\n  column: {column}\n  from: {old}\n  to: {new}\n"
        "  reason: misread\n  who: M&E\n  date: 2024-07-01\n"
    )


def corrected(make: Maker, rows: list[dict[str, str]], text: str) -> Cleaned:
    project = make.project(rows)
    register = (project.folder / "register.csv").read_bytes()
    (project.folder / "corrections.yml").write_text(text, encoding="utf-8")
    try:
        return clean(project)
    finally:
        assert (project.folder / "register.csv").read_bytes() == register


def test_a_correction_is_applied_and_told(make: Maker) -> None:
    cleaned = corrected(make, [row(1, "2024-13-05"), row(2)], entry())
    assert str(cleaned.cases["date_received"][0].date()) == "2024-03-05"
    (finding,) = cleaned.findings.to_dict("records")
    assert (finding["severity"], finding["rule"]) == ("note", "correction_applied")
    assert (finding["registration_no"], finding["row"], finding["column"]) == ("1/2024", 2, "date_received")
    assert finding["message"] == (
        "register.csv, row 2, column date_received: corrected as corrections.yml says: '2024-13-05' became "
        "'2024-03-05'. misread (M&E, 2024-07-01)"
    )


@pytest.mark.parametrize("blank", ["", '""', "' '", "null"])
def test_a_blank_cell_can_be_filled_and_a_filled_one_made_blank(make: Maker, blank: str) -> None:
    text = entry(old=blank, new="2024-03-05") + entry(column="type", old="Question", new=blank)
    cleaned = corrected(make, [row(1, "")], text)
    assert str(cleaned.cases["date_received"][0].date()) == "2024-03-05"
    assert cleaned.cases["type"].isna().all()


def test_days_and_numbers_may_stand_without_quotes(make: Maker) -> None:
    cleaned = corrected(
        make,
        [row(1, "2024-03-05", note="7")],
        entry(old="2024-03-05", new="2024-03-06") + entry(column="note", old="7", new="8"),
    )
    assert str(cleaned.cases["date_received"][0].date()) == "2024-03-06"
    assert cleaned.cases["note"].tolist() == ["8"]


def test_two_corrections_of_one_cell_follow_each_other(make: Maker) -> None:
    cleaned = corrected(
        make, [row(1, type="a")], entry(column="type", old="a", new="b") + entry(column="type", old="b", new="Request")
    )
    assert cleaned.cases["type"].tolist() == ["request"]


def test_the_row_tells_two_of_one_number_apart(make: Maker) -> None:
    rows = [row(1, type="x"), row(1, type="x")]
    with pytest.raises(InputError, match=r"entry 1 \(1/2024\): 2 rows of the register match.*add `row:`"):
        corrected(make, rows, entry(column="type", old="x", new="Request"))
    text = entry(column="type", old="x", new="Request").replace("1/2024}", "1/2024, row: 3}")
    assert corrected(make, rows, text).cases["type"].fillna("").tolist() == ["", "request"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # The guard: the register was mended, or changed, meanwhile.
        (entry(old="'2024-12-05'"), r"entry 1 \(1/2024\), column date_received: the cell no longer holds what `from`"),
        (entry(old=""), "no longer holds"),
        (entry(number="9/2024"), "no row of the register match"),
        (entry(column="colour"), "'colour' is not a known column"),
        (entry() + entry(), r"entry 2 \(1/2024\), column date_received: the cell no longer holds"),
        (entry().replace("  reason: misread\n", ""), r"corrections\.yml, line 1, key corrections\.1\.reason.*missing"),
        (entry().replace("misread", "''"), r"key corrections\.1\.reason"),
        (entry().replace("  who: M&E\n", ""), r"key corrections\.1\.who"),
        (entry().replace("2024-07-01", "2024-07-32"), "2024-07-32 is not a day of the calendar"),
        (entry().replace("2024-07-01", "then"), r"key corrections\.1\.date"),
        (entry() + "  because: x\n", r"key corrections\.1\.…: this key is not known"),
        ("a: b\n", "key corrections"),
        ("- [\n", "not valid YAML"),
        (entry() + "  to: Bat\n", r"corrections\.yml, line \d+, key to: this key is there twice in one place\. Leave"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused(make: Maker, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        corrected(make, [row(1, "2024-13-05"), row(2)], text)


def test_an_empty_file_of_corrections_corrects_nothing(make: Maker) -> None:
    assert corrected(make, [row(1)], "# none yet\n").rules() == []


@pytest.mark.parametrize("column", ["complainant", "summary", "note"])
def test_a_correction_of_what_is_not_public_does_not_repeat_it(make: Maker, column: str) -> None:
    cells = {"complainant": "Bat Bold", column: "Bat Bold"}
    found = corrected(make, [row(1, **cells)], entry(column=column, old="Bat Bold", new="Dorj Bold")).findings
    assert found["rule"].tolist() == ["correction_applied"]
    for text in ("Bold", "Dorj"):
        assert not found[["message", "value"]].apply(lambda cells, text=text: cells.str.contains(text)).any(axis=None)


NAMED = {"complainant": "Precious Hope", "complainant_contact": "c/o Zola, 70112233", "responsible": "Faith Gift"}
SAID = "Faith Gift of 7011 2233 met precious hope, Zola and Mercy Banda."


@pytest.mark.parametrize("new", ["", "Mercy Banda"])
def test_whom_a_correction_took_out_of_the_register_is_known_in_its_texts_as_before(make: Maker, new: str) -> None:
    text = entry(column="complainant", old="Precious Hope", new=new)
    text += entry(column="complainant_contact", old="c/o Zola, 70112233", new="")
    text += entry(column="responsible", old="Faith Gift", new="")
    cleaned = corrected(make, [row(1, **NAMED), row(2, complainant="Mercy Banda", summary=SAID)], text)
    assert cleaned.cases["summary_public"][1] == "[person 1] of [contact] met [person 2], [person 3] and [person 4]."
    assert cleaned.identities["complainant"].fillna("").tolist() == [new, "Mercy Banda"]
    assert not cleaned.cases["has_contact"].any()
    # The guard knows them from what is kept apart.
    search = search_for(cleaned.project, cleaned.identities)
    for name in ("Precious Hope", "70112233", "Faith Gift"):
        assert search.finds([Seen(name)]) != []
    assert not {"Precious Hope", "Faith Gift"} & set(cleaned.cases.astype("str").to_numpy().ravel())


def test_of_a_cell_that_is_corrected_twice_every_name_is_known(make: Maker) -> None:
    text = entry(column="complainant", old="Precios Hop", new="Gracious Hope")
    text += entry(column="complainant", old="Gracious Hope", new="Bat Bold")
    said = row(2, summary="Precios met gracious hope and Bat.")
    cleaned = corrected(make, [row(1, complainant="Precios Hop"), said], text)
    assert cleaned.cases["summary_public"][1] == "[person 1] met [person 2] and [person 3]."


def test_a_correction_that_does_not_fit_does_not_repeat_a_name(make: Maker) -> None:
    with pytest.raises(InputError) as refusal:
        corrected(make, [row(1, complainant="Bat Bold")], entry(column="complainant", old="Dorj Bold", new="x"))
    assert "Bold" not in str(refusal.value)


HEAD = "number,rule,reason,who,date\n"
LINE = "2/2024,number_gap,never given,M&E,2024-07-01\n"


def explained(make: Maker, text: str) -> Cleaned:
    project = make.project([row(1), row(3), row(5, "soon")])
    (project.folder / "explanations.csv").write_text(text, encoding="utf-8")
    return clean(project)


def test_an_explanation_settles_its_error_and_no_other(make: Maker) -> None:
    found = explained(make, "\ufeff" + HEAD + LINE).findings
    severities = dict(zip(zip(found["registration_no"], found["rule"], strict=True), found["severity"], strict=True))
    assert severities == {
        ("2/2024", "number_gap"): "explained",
        ("4/2024", "number_gap"): "error",
        ("5/2024", "unreadable_date"): "error",
        ("5/2024", "date_bounded"): "note",
    }
    # What may be printed does not say by whom.
    assert found.loc[found["severity"] == "explained", "explained"].tolist() == ["never given (2024-07-01)"]
    message = found.loc[found["severity"] == "explained", "message"].iloc[0]
    assert message.endswith("is missing from the register. Explained: never given (M&E, 2024-07-01)")
    assert found["severity"].tolist() == ["error", "error", "note", "explained"]


def test_of_two_explanations_the_last_counts(make: Maker) -> None:
    found = explained(make, HEAD + LINE + LINE.replace("never given", "kept apart")).findings
    assert found["message"].str.contains("kept apart").sum() == 1
    assert not found["message"].str.contains("never given").any()


def test_only_errors_are_explained(make: Maker) -> None:
    found = explained(make, HEAD + "5/2024,date_bounded,known,M&E,2024-07-01\n").findings
    assert "explained" not in found["severity"].tolist()


def test_blank_lines_explain_nothing(make: Maker) -> None:
    assert "explained" not in explained(make, HEAD + "\n,,,,\n").findings["severity"].tolist()


def test_a_name_in_an_explanation_is_replaced(make: Maker) -> None:
    project = make.project([row(1, complainant="Bat Bold"), row(3)])
    text = HEAD + LINE.replace("never given", "Bat Bold kept it")
    (project.folder / "explanations.csv").write_text(text, encoding="utf-8")
    assert clean(project).findings["message"].str.contains("[person] kept it", regex=False).sum() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "row 1: the headings must be number, rule, reason, who, date"),
        ("number,rule,reason,who\n", "row 1: the headings must be number, rule, reason, who, date"),
        (HEAD + LINE.replace("number_gap", "gap"), "row 2, column rule: this is not a rule"),
        (HEAD + LINE + LINE.replace("never given", ""), "row 3: every cell must be filled"),
        (HEAD + "2/2024,number_gap\n", "row 2: every cell must be filled"),
        (HEAD + LINE.replace("2024-07-01", "1 July"), "row 2, column date: write the day as 2024-06-30"),
        (HEAD + LINE.replace("never given", '"never'), "cannot be read"),
    ],
)
def test_a_faulty_line_of_explanations_is_refused_by_its_row(make: Maker, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        explained(make, text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_explanations_are_read_in_every_encoding_and_with_every_delimiter(
    make: Maker, encoding: str, delimiter: str
) -> None:
    project = make.project([row(1), row(3)])
    line = "2/2024,number_gap,réservé,M&E,2024-07-01\n"
    text = (HEAD + line).replace(",", delimiter)
    (project.folder / "explanations.csv").write_bytes(text.encode(encoding))
    (told,) = clean(project).findings.query("severity == 'explained'")["message"]
    assert "Explained: réservé (M&E, 2024-07-01)" in told


def test_an_explanation_that_fits_no_error_is_told(make: Maker) -> None:
    project = make.project([row(1), row(3)])
    lines = "Oct-24,number_gap,never given,M&E,2024-07-01\n2/2024,number_gap,never given,M&E,2024-07-01\n"
    (project.folder / "explanations.csv").write_text(HEAD + lines, encoding="utf-8")
    found = clean(project).findings
    (message,) = found.loc[found["rule"] == "explanation_unused", "message"]
    assert message.startswith("explanations.csv: the explanation of Oct-24 and the rule number_gap fits no error")
    assert found.loc[found["rule"] == "number_gap", "severity"].tolist() == ["explained"]
    sound = make.project([row(1)])
    (sound.folder / "explanations.csv").write_text(HEAD + lines, encoding="utf-8")
    assert clean(sound).rules() == ["explanation_unused", "explanation_unused"]
