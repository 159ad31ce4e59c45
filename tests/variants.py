"""How people write a name that they know: a hand-made writer of variants, which knows nothing of the search for them.

All chance comes from the generator that is handed over. The names that it makes up are put together at random.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_CYRILLIC = (
    "shch щ sh ш ch ч kh х ts ц zh ж ya я yu ю yo ё ye е ck к q к w в x кс a а b б c к d д e е f ф g г h х i и j ж k к "
    "l л m м n н o о p п r р s с t т u у v в y и z з"
)
"""What is replaced by what, one after the other."""
_LATIN = (
    "а a б b в v г g д d е e|ye ё yo ж j|zh з z и i й i|y к k л l м m н n о o ө o|u п p р r с s т t у u ү u ф f х kh|h "
    "ц ts ч ch ш sh щ shch ъ | ы y ь | э e ю yu я ya"
)
"""Each Cyrillic letter with its usual spellings."""
_ALIKE = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х", "а": "a", "е": "e", "о": "o", "р": "p", "с": "c"}
_BACK, _FRONT = ("ын", "д", "аас", "аар", "тай", "руу", "ууд"), ("ийн", "д", "ээс", "ээр", "тэй", "рүү", "үүд")
_RUSSIAN = ("а", "у", "ом", "е")
_GIVEN = (
    "Ганбаатар Мөнхжаргал Болормаа Цэрэндулам Энхтуяа Батзориг Хишигбаяр Оюунчимэг Жавхлан Бат-Эрдэнэ Шүрэнцэцэг "
    "Төмөрхуяг Уранчимэг Нямдорж Лхагвасүрэн Пүрэвдорж"
)
_FAMILY = "Доржпалам Гомбосүрэн Цэдэндамба Жамбалдорж Чулуунбат Сэрээтэр Равжаа Ёндон Мягмар"


def made_up_name(chance: random.Random) -> str:
    """Put a Mongolian name together that is nobody's."""
    return f"{chance.choice(_FAMILY.split())} {chance.choice(_GIVEN.split())}"


def variant_of_person(name: str, chance: random.Random) -> str:
    """Write a person's name of two words as somebody might, in one or two ways at once."""
    first, last = name.split()
    manners: list[Callable[[], str]] = [
        lambda: name.upper(),
        lambda: name.lower(),
        lambda: chance.choice((first, last)),
        lambda: f"{last} {first}",
        lambda: f"{last}, {first}",
        lambda: f"{first[0]}. {last}",
        lambda: f"{first[0]}.{last}",
        lambda: f"{last} {first[0]}.",
        lambda: with_typing_error(chance.choice((first, last)), chance),
        lambda: f"{with_typing_error(first, chance)} {last}",
        lambda: f"{first.lower()} {with_typing_error(last, chance).lower()}",
        lambda: other_script(name, chance),
        lambda: other_script(last, chance).upper(),
        lambda: with_ending(chance.choice((first, last)), chance),
        lambda: f"{other_script(first[0], chance)[:1]}. {other_script(last, chance)}",
        lambda: disguised(name, chance),
        lambda: f"{last}’s",
    ]
    return chance.choice(manners)()


def variant_of_firm(name: str, chance: random.Random) -> str:
    """Write a firm's name as somebody might."""
    bare = re.sub(r" (Company )?Ltd$", "", name)
    manners: list[Callable[[], str]] = [
        lambda: name.upper(),
        lambda: bare,
        lambda: bare.lower(),
        lambda: f"{bare} LLC",
        lambda: f"{bare} ХХК",
        lambda: f"ООО {bare}",
        lambda: f"{bare}, Co., Ltd.",
        lambda: f"{with_typing_error(bare.split()[0], chance)} {' '.join(bare.split()[1:])}",
        lambda: f"“{bare}”",
        lambda: disguised(bare, chance),
    ]
    return chance.choice(manners)()


def variant_of_contact(contact: str, chance: random.Random) -> str:
    """Write a number or an address as somebody might."""
    if "@" in contact:
        user, host = contact.split("@")
        return chance.choice(
            (contact.upper(), contact, f"{user} (at) {host}", f"{user} at {host.replace('.', ' dot ')}")
        )
    digits = contact.replace(" ", "").removeprefix("00")
    code, rest = digits[:3], digits[3:]
    pairs = [rest[n : n + 2] for n in range(0, len(rest), 2)]
    national = (rest, f"{rest[:3]} {rest[3:]}", f"{rest[:5]}-{rest[5:]}", " ".join(pairs))
    foreign = (f"+{code} {rest}", f"({code}) {rest}", f"+{code}-{'-'.join(pairs)}", f"00{code}{rest}")
    return chance.choice((*national, *foreign, f"{code}.{'.'.join(pairs)}"))


def with_typing_error(word: str, chance: random.Random) -> str:
    """Put one typing error into a word of five letters or more, behind its first letter; others stay as they are."""
    if len(word) < 5:
        return word
    place = chance.randrange(1, len(word) - 1)
    letters = "бгдлмнрст" if re.search("[а-яөү]", word.lower()) else "bdglmnrst"
    new = chance.choice([letter for letter in letters if letter != word[place]])
    return chance.choice(
        (
            word[:place] + new + word[place + 1 :],
            word[:place] + new + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )


def with_ending(word: str, chance: random.Random) -> str:
    """Put a Mongolian or Russian ending to a word, in Cyrillic letters."""
    word = word if re.search("[а-яөү]", word.lower()) else other_script(word, chance)
    if word[-1] in "аэоөүуиыеёюя":
        return word + chance.choice(("гийн", "д", "тай", "гаас", "гаар", "г"))
    is_front = not set(word.lower()) & set("аоуыяё")
    return word + chance.choice(_FRONT if is_front else (*_BACK, *_RUSSIAN))


def other_script(name: str, chance: random.Random) -> str:
    """Write a Latin name in Cyrillic letters, or a Cyrillic one in Latin letters by one of the usual ways."""
    if re.search("[а-яөү]", name.lower()):
        spellings = dict(zip(_LATIN.split()[::2], _LATIN.split()[1::2], strict=True))
        spelt = "".join(chance.choice(spellings.get(letter, letter).split("|")) for letter in name.lower())
    else:
        spelt = name.lower()
        for latin, cyrillic in zip(_CYRILLIC.split()[::2], _CYRILLIC.split()[1::2], strict=True):
            spelt = spelt.replace(latin, cyrillic)
    return re.sub(r"(?<![^\W_])[^\W_]", lambda match: match[0].upper(), spelt)


def disguised(name: str, chance: random.Random) -> str:
    """Write a name with letters that look alike, that are wide or accented, or with signs that are not seen."""
    place = chance.randrange(1, len(name) - 1)
    return chance.choice(
        (
            "".join(_ALIKE.get(letter, letter) if n % 2 else letter for n, letter in enumerate(name)),
            name[:place] + "\u200b" + name[place:],
            name[:place] + "\u00ad" + name[place:],
            "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name),
            name[:place] + name[place] + "\u0301" + name[place + 1 :],
        )
    )
