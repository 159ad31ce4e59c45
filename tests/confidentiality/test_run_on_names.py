"""Names in scripts that write words together are found within a run of letters, and with what is put to them."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from named import redact

from pipeline.confidentiality.name_words import WORD
from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.scripts import SCRIPTS, script_of

FOUND = [
    # Without blanks between words: wherever the letters of the name stand.
    ("สมชาย ใจดี", "คุณสมชายร้องเรียนเรื่องถนน", "คุณ[person]ร้องเรียนเรื่องถนน"),
    ("สมชาย ใจดี", "คุณสมชายใจดีมา และนายสมชาย ใจดีไป", "คุณ[person]มา และนาย[person]ไป"),
    ("ສົມສັກ ດີ", "ທ່ານສົມສັກມາ", "ທ່ານ[person]ມາ"),
    ("សុខ ចាន់", "លោកសុខ ចាន់បានត្អូញត្អែរ", "លោក[person]បានត្អូញត្អែរ"),
    ("အောင် ဆန်း", "ဦးအောင်ဆန်းသည်", "ဦး[person]သည်"),
    ("王小明", "我见了王小明先生。", "我见了[person]先生。"),
    ("王 小明", "王小明先生和小明说", "[person]先生和[person]说"),
    ("王 小 明", "王小明说", "[person]说"),
    ("สม ชาย ใจดี", "คุณสมชายใจดีมา", "คุณ[person]มา"),
    ("山田 さくら", "昨日山田さんとさくらさん", "昨日[person]さんと[person]さん"),
    ("김 민수", "어제 김민수가 왔고 민수는 갔다", "어제 [person]가 왔고 [person]는 갔다"),
    # Letters of another script part a run, so that a name in Latin letters is found there, too.
    ("Bolormaa", "คุณBolormaaมา", "คุณ[person]มา"),
    # With blanks: where a word begins with the name.
    ("నిర్మల రామ", "నిర్మలకు డబ్బు ఇవ్వలేదు", "[person] డబ్బు ఇవ్వలేదు"),
    ("නිමල් පෙරේරා", "නිමල්ගේ ගෙදර", "[person] ගෙදර"),
    ("प्रिया शर्मा", "प्रियाको शर्माजी ने कहा", "[person] ने कहा"),
    ("முருகன் குமார்", "முருகனின் வீடு, குமாரை", "[person] வீடு, [person]"),
    ("გიორგი ბერიძე", "გიორგიმ თქვა, ბერიძის სახლი", "[person] თქვა, [person] სახლი"),
    ("Արամ Պետրոսյան", "Արամին տուն Պետրոսյանի", "[person] տուն [person]"),
    ("Айгүл Нұрланова", "Айгүлдің үйі, Нұрлановаға", "[person] үйі, [person]"),
    # Small words before the name.
    ("አበበ ከበደ", "የአበበ ቤት ለከበደም", "[person] ቤት [person]"),
    ("דוד כהן", "נתנו לדוד וכהן", "נתנו [person]"),
    ("علي حسن", "قال وعلي لحسن", "قال [person]"),
]


@pytest.mark.parametrize(("name", "text", "expected"), FOUND)
def test_a_name_is_found_as_it_is_written_in_its_script(name: str, text: str, expected: str) -> None:
    known = KnownNames.gather(complainants=[name])
    assert redact(text, known)[0] == unicodedata.normalize("NFC", expected)
    # They are sure, so the guard finds them as well.
    assert redact(text, known.without_guesses()) == redact(text, known)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # One Chinese character, or two of another script, is no name within a longer run.
        ("王 小明", "王先生"),
        ("ลี สมชาย", "ดนตรีลีลา"),
        ("गा प्रिया", "गाना"),
        # A word that goes on for long, or stands for another one.
        ("გიორგი ბერიძე", "გიო, გიორგიევსკისთვის"),
        ("علي حسن", "عليه عليها"),
        ("דוד כהן", "דודים"),
        # Kazakh endings are none in words without a letter of its own, as Mongolian and Russian ones are.
        ("Болд Дулам", "Болдмен Дуламнан"),
    ],
)
def test_what_only_resembles_such_a_name_stays(name: str, text: str) -> None:
    assert redact(text, KnownNames.gather(complainants=[name])) == (unicodedata.normalize("NFC", text), [])


def test_the_short_part_of_a_whole_name_goes_with_it() -> None:
    known = KnownNames.gather(complainants=["ลี สมชาย", "王 小明"])
    assert redact("คุณลี สมชายมา", known)[0] == "คุณ[person]มา"
    assert redact("找王 小明先生", known)[0] == "找[person]先生"


def test_a_title_is_no_name_and_parts_from_the_one_that_it_stands_before() -> None:
    for cell in ("นายสมชาย ใจดี", "นาย สมชาย ใจดี"):
        known = KnownNames.gather(complainants=[cell])
        assert redact("คุณสมชายพบนายกและนางสาว", known)[0] == "คุณ[person]พบนายกและนางสาว"


def test_a_firm_s_form_and_a_word_for_nobody_are_no_names() -> None:
    known = KnownNames.gather(complainants=["บริษัท กอไก่ขอไข่ จำกัด", "匿名"])
    assert redact("บริษัทของกอไก่ขอไข่นั้น, 匿名投诉", known)[0] == "บริษัทของ[organisation]นั้น, 匿名投诉"


def test_what_stays_stays_within_a_run_as_well() -> None:
    known = KnownNames.gather(complainants=["建国 李"], keep=["建国路"])
    assert redact("在建国路见了建国先生", known)[0] == "在建国路见了[person]先生"


def test_a_sign_below_the_last_letter_goes_with_it() -> None:
    known = KnownNames.gather(complainants=["राज"])
    assert redact("राज़ ने कहा", known)[0] == "[person] ने कहा"


# -- any name --------------------------------------------------------------------------------------------------------

UNSPACED = [name for name, script in SCRIPTS.items() if not script.is_spaced]
SPACED = [name for name, script in SCRIPTS.items() if script.is_spaced]


def letters_of(name: str) -> str:
    """Return the letters of a script, without marks, as they are when a text is composed."""
    if name == "Korean":
        return "가나다라마바사아자차카하민수김"
    if name == "Armenian":
        return "աբգդեզէըթժիլխծկ"
    first, last = SCRIPTS[name].ranges[-1 if name == "Japanese" else 0]
    first, last = (0x4E00, 0x4E40) if name == "Chinese" else (0x30A2, 0x30D0) if name == "Japanese" else (first, last)
    letters = (chr(point) for point in range(first, last + 1))
    return "".join(one for one in letters if one.isalpha() and unicodedata.normalize("NFKD", one) == one)


def words(name: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from(letters_of(name)), min_size=least, max_size=most)


def redacted_of(text: str, names: list[str]) -> str:
    """Return a text with each character that is replaced as a full stop."""
    shown = list(text)
    for hit in KnownNames.gather(complainants=names).find(text):
        shown[hit.start : hit.end] = "." * (hit.end - hit.start)
    return "".join(shown)


@pytest.mark.parametrize("script", UNSPACED)
@given(data=st.data())
@settings(max_examples=60)
def test_any_name_is_found_between_any_letters(script: str, data: st.DataObject) -> None:
    part = words(script, 3, 6)
    names = data.draw(st.lists(st.lists(part, min_size=1, max_size=2).map(" ".join), min_size=1, max_size=4))
    chosen = data.draw(st.sampled_from(names))
    before, after = data.draw(words(script, 0, 6)), data.draw(words(script, 0, 6))
    for form in (chosen, chosen.replace(" ", ""), *chosen.split()):
        shown = redacted_of(before + form + after, names)
        assert set(shown[len(before) : len(before) + len(form)]) <= {".", " "}


@pytest.mark.parametrize("script", SPACED)
@given(data=st.data())
@settings(max_examples=60)
def test_any_name_is_found_with_what_is_put_to_it(script: str, data: st.DataObject) -> None:
    name = data.draw(words(script, 5, 8).filter(lambda word: word[-1] not in "აეიოუ"))
    name = name.capitalize() if script == "Armenian" else name
    longest = SCRIPTS[script].longest_ending
    ending = data.draw(words(script, 0, 4 if longest is None else longest))
    before = data.draw(st.sampled_from(["", *SCRIPTS[script].prefixes]))
    assert set(redacted_of(before + name + ending, [name])) == {"."}


MARKED = ["क", "ा", "ि", "्", "र", "ม", "ี", "่", "ก", "ត", "្", "រ", "ា", "မ", "း", "က", " "]


@given(
    name=st.text(st.sampled_from(MARKED), min_size=3, max_size=6), text=st.text(st.sampled_from(MARKED), max_size=12)
)
@settings(max_examples=200)
def test_no_letter_is_left_with_half_of_its_signs(name: str, text: str) -> None:
    text = unicodedata.normalize("NFC", f"{text}{name}{text}")
    for hit in KnownNames.gather(complainants=[name]).find(text):
        assert hit.end == len(text) or not unicodedata.category(text[hit.end]).startswith("M")


OTHERS = st.text(st.sampled_from("Bat bold Дорж Анна ың ө'-.,\n"), max_size=30)


@given(text=OTHERS, name=OTHERS)
@settings(max_examples=100)
def test_texts_in_other_scripts_are_read_as_if_there_were_no_such_names(text: str, name: str) -> None:
    plain = KnownNames.gather(complainants=["Bat Bold", "Дорж Анна", name])
    more = KnownNames.gather(complainants=["Bat Bold", "Дорж Анна", name, *(one for one, _, _ in FOUND[:8])])
    assert plain.find(text) == more.find(text)


@given(st.text(max_size=40))
def test_a_run_ends_where_the_script_does_and_no_letter_is_lost(text: str) -> None:
    found = WORD.findall(text)
    assert sum(map(len, found)) >= sum(letter.isalnum() for letter in text)
    for word in found:
        scripts = [script for letter in word if (script := script_of(letter)) and not script.is_spaced]
        assert not scripts or len(scripts) == len(word)


@pytest.mark.parametrize("text", ["กขค" * 300_000, "ก" * 300_000, "王小明先生" * 100_000, "नि" * 300_000], ids=range(4))
def test_a_run_of_any_length_is_searched_in_seconds(text: str) -> None:
    nested = ["ก" * n for n in range(3, 20)] + ["王小明", "小明", "นิ", "निर्मला"]
    known = KnownNames.gather(complainants=nested)
    began = time.monotonic()
    known.find(text)
    assert time.monotonic() - began < 60
