"""Training examples for the syntax: running text from treebank sentences, varied as the wires vary."""

import random
from collections.abc import Iterator
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from training.corpora import Sentence, Word

GROUP_SIZES = (1, 2, 3, 3, 4, 6)
PROPER = frozenset({"NNP", "NNPS"})
# Verbs of diplomacy that the treebanks hardly hold, put in for transitive verbs of the same form.
STEMS = {
    "VBD": "voiced conveyed reaffirmed underscored reiterated hosted received telephoned summoned welcomed"
    " congratulated briefed condemned hailed lauded stressed phoned thanked urged",
    "VBZ": "voices conveys reaffirms underscores reiterates hosts receives telephones summons welcomes"
    " congratulates briefs condemns hails lauds stresses phones thanks urges",
    "VBG": "voicing conveying reaffirming underscoring reiterating hosting receiving telephoning"
    " summoning welcoming congratulating briefing condemning hailing lauding stressing thanking urging",
    "VB": "voice convey reaffirm underscore reiterate host receive telephone summon welcome congratulate"
    " brief condemn hail laud stress thank urge",
}
VERBS = {tag: words.split() for tag, words in STEMS.items()}
AGENCIES = ("Reuters", "AP", "AFP", "Xinhua", "TASS", "KUNA", "WAM", "Interfax", "ANI", "Yonhap", "PTI")


def groups(sentences: list[Sentence], chance: random.Random) -> Iterator[list[Sentence]]:
    """Neighbouring sentences of one document, a few at a time."""
    start = 0
    while start < len(sentences):
        size = chance.choice(GROUP_SIZES)
        group = [sentences[start]]
        for sentence in sentences[start + 1 : start + size]:
            if sentence.document != group[0].document:
                break
            group.append(sentence)
        start += len(group)
        yield group


def varied(sentence: Sentence, chance: random.Random, names: list[str]) -> Sentence:
    """Sentence with other names, or with a rare verb of diplomacy, or in another case."""
    words = list(sentence.words)
    governors = {word.head for word in words if word.dep == "obj"}
    rename = chance.random() < 0.3
    for index, word in enumerate(words):
        if rename and word.tag in PROPER and len(word.form) > 3 and word.form[0].isupper():
            words[index] = replace(word, form=chance.choice(names))
        elif index in governors and word.tag in VERBS and chance.random() < 0.08:
            words[index] = replace(word, form=chance.choice(VERBS[word.tag]))
    return Sentence(sentence.document, tuple(recased(words, chance)))


def recased(words: list[Word], chance: random.Random) -> list[Word]:
    """Now and then a headline's Title Case, all capitals or all lower case."""
    draw = chance.random()
    if draw < 0.08:
        return [replace(word, form=word.form[:1].upper() + word.form[1:]) for word in words]
    if draw < 0.10:
        return [replace(word, form=word.form.upper()) for word in words]
    if draw < 0.12:
        return [replace(word, form=word.form.lower()) for word in words]
    return words


def dateline(chance: random.Random, names: list[str]) -> Sentence:
    """Dateline, as a sentence of its own, as the coder wants it out of the way."""
    city = chance.choice(names)
    city = city.upper() if chance.random() < 0.6 else city
    opening = [Word(city, True, city, "PROPN", "NNP", 0, "root")]
    if chance.random() < 0.3:
        opening[0] = replace(opening[0], space=False)
        opening += [
            Word(",", True, ",", "PUNCT", ",", 0, "punct"),
            Word(chance.choice(("Nov.", "June", "March", "Sept")), True, "month", "PROPN", "NNP", 0, "appos"),
            Word(str(chance.randint(1, 31)), True, "day", "NUM", "CD", 2, "nummod"),
        ]
    if chance.random() < 0.7:
        start = len(opening)
        opening += [
            Word("(", False, "(", "PUNCT", "-LRB-", start + 1, "punct"),
            Word(chance.choice(AGENCIES), False, "agency", "PROPN", "NNP", 0, "parataxis"),
            Word(")", True, ")", "PUNCT", "-RRB-", start + 1, "punct"),
        ]
    opening.append(Word(chance.choice(("-", "–", "—", "--")), True, "-", "PUNCT", ":", 0, "punct"))
    return Sentence("dateline", tuple(opening))


def reference(nlp: Language, group: list[Sentence], breaks: list[str]) -> Doc:
    """Annotated document of a group; `breaks` are the spaces between its sentences."""
    words: list[str] = []
    spaces: list[bool] = []
    tags: list[str] = []
    heads: list[int] = []
    deps: list[str] = []
    for sentence, separator in zip(group, breaks, strict=True):
        start = len(words)
        for word in sentence.words:
            words.append(word.form)
            spaces.append(word.space)
            tags.append(word.tag)
            heads.append(start + word.head)
            deps.append("ROOT" if word.dep == "root" else word.dep)
        spaces[-1] = separator == " "
        if separator.startswith("\n"):
            words.append(separator)
            spaces.append(False)
            tags.append("_SP")
            heads.append(len(words) - 2)
            deps.append("dep")
    return Doc(nlp.vocab, words=words, spaces=spaces, tags=tags, heads=heads, deps=deps)


def example(
    nlp: Language, group: list[Sentence], chance: random.Random, separators: tuple[str, ...]
) -> Example:
    """Training example whose text goes through the tokenizer as raw text would."""
    breaks = [chance.choice(separators) for _ in group]
    gold = reference(nlp, group, [*breaks[:-1], " "])
    return Example(nlp.make_doc(gold.text), gold)


def training_examples(
    nlp: Language, sentences: list[Sentence], names: list[str], chance: random.Random
) -> list[Example]:
    """One pass over the treebanks, varied anew."""
    result = []
    for group in groups(sentences, chance):
        changed = [varied(sentence, chance, names) for sentence in group]
        if chance.random() < 0.04:
            changed.insert(0, dateline(chance, names))
        result.append(example(nlp, changed, chance, (" ", " ", " ", " ", "\n", "\n\n")))
    chance.shuffle(result)
    return result


def testing_examples(nlp: Language, sentences: list[Sentence]) -> list[Example]:
    """The treebank as running text, three sentences a document, unchanged."""
    chance = random.Random(0)
    return [
        example(nlp, sentences[start : start + 3], chance, (" ",)) for start in range(0, len(sentences), 3)
    ]
