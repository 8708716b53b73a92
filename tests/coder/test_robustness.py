"""Whatever a wire brings, the coder comes back in time, the same each time, with evidence from the text."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence

import pytest

from schemas import Article, Report
from streams.coder.coder import MAX_CHARS, Coder
from streams.coder.text import compose

MET = "President Ana Lim of Chile met King Abdullah II of Jordan in Amman on Monday."
CALLED = (
    "Turkish Foreign Minister Kemal Aydar spoke by telephone with his Kenyan counterpart, Grace Wanjiru,"
    " on Tuesday, the ministry said."
)
WROTE = (
    "Prime Minister Oskar Lind of Sweden sent a letter of condolence to President Marta Reyes of Peru"
    " after the earthquake."
)
TOLD = {MET: ("CHL-JOR", "meeting"), CALLED: ("KEN-TUR", "call"), WROTE: ("PER-SWE", "message")}
FOREIGN = {
    "fr": (
        "Le président du Chili a rencontré lundi à Amman le roi Abdallah II de Jordanie, a annoncé le"
        " ministère des affaires étrangères dans un communiqué publié mardi."
    ),
    "es": (
        "El presidente de Chile se reunió el lunes en Ammán con el rey Abdalá II de Jordania, según"
        " informó el ministerio de Relaciones Exteriores en un comunicado."
    ),
    "ru": "Президент Чили встретился в понедельник в Аммане с королём Иордании Абдаллой II.",
    "ar": "التقى رئيس تشيلي الملك عبد الله الثاني ملك الأردن في عمان يوم الاثنين",
    "ko": "칠레 대통령은 월요일 암만에서 요르단 국왕 압둘라 2세를 만났다고 외교부가 밝혔다.",
}
WEATHER = "Rain is forecast for most of the island at the weekend, and farmers were relieved."
BODY = f"{MET} They discussed trade.\n\n{CALLED}\n\n{WROTE}"
NEVER_SECONDS = 60.0  # of CPU, for texts that no wire sends; a busy machine doubles what one needs


@pytest.fixture(scope="module")
def coder() -> Coder:
    """The shipped coder, loaded once."""
    return Coder()


def article(text: str, title: str | None = None) -> Article:
    """An article of a fixed day."""
    return Article(uri="urn:test:1", text=text, title=title, published=dt.date(2026, 3, 3))


def told(reports: Sequence[Report]) -> list[tuple[str, str]]:
    """Dyads and kinds."""
    return [(report.dyad, report.kind) for report in reports]


def structure(reports: Sequence[Report]) -> list[tuple[str, ...]]:
    """Everything of the reports that does not hang on a person's name."""
    return [(r.a.code, r.b.code, r.kind, r.modality, r.direction, str(r.date)) for r in reports]


def assert_verbatim(of: Article, reports: Sequence[Report]) -> None:
    """Evidence and cue stand in the article where the report says."""
    for report in reports:
        for words, at in ((report.evidence, report.evidence_at), (report.cue, report.cue_at)):
            field = of.text if at.field == "text" else of.title or ""
            assert words
            assert field[at.start : at.end] == words


@pytest.mark.parametrize(
    "text", [".", "Hello", "\n \n.", "😀" * 50, "(" * 5000, '"' * 5000, "12 " * 5000, "a" * 100_000]
)
def test_texts_of_nothing_tell_nothing(coder: Coder, text: str) -> None:
    """One word, one sign, or the same sign over and over."""
    assert coder.code(article(text)) == []


@pytest.mark.parametrize("text", TOLD)
def test_plain_sentences_are_coded(coder: Coder, text: str) -> None:
    """What the other tests deform is found when whole."""
    assert told(coder.code(article(text))) == [TOLD[text]]


@pytest.mark.parametrize("text", TOLD)
def test_capitals_and_missing_punctuation(coder: Coder, text: str) -> None:
    """Old agency wires write in capitals; transcripts have no punctuation."""
    bare = text.replace(".", "").replace(",", "")
    assert told(coder.code(article(text.upper()))) == [TOLD[text]]
    assert told(coder.code(article(bare))) == [TOLD[text]]


@pytest.mark.parametrize("text", TOLD)
def test_markup_left_in_is_looked_through(coder: Coder, text: str) -> None:
    """Tags, entities and scripts are no words; the evidence is the raw text all the same."""
    marked = text.replace(" of ", " <b>of</b>&nbsp;").replace(" to ", " <a href='/x?a=1&b=2'>to</a> ")
    raw = article(f"<div class='x'><p>{marked}</p><script>var met = 'Qatar met Kuwait';</script></div>")
    reports = coder.code(raw)
    assert told(reports) == [TOLD[text]]
    assert_verbatim(raw, reports)


@pytest.mark.parametrize("text", TOLD)
def test_invisible_characters_are_looked_through(coder: Coder, text: str) -> None:
    """Zero-width blanks, joiners and soft hyphens come with text copied from pages."""
    raw = article(text.replace(" ", " \u200b").replace("re", "r\u00ade").replace("on", "o\u2060n"))
    reports = coder.code(raw)
    assert told(reports) == [TOLD[text]]
    assert_verbatim(raw, reports)


def test_wrongly_decoded_text_is_read(coder: Coder) -> None:
    """UTF-8 read as Windows-1252, as many a wire has it."""
    text = "President José Limón of Chile met King Abdullah II of Jordan on Monday – “a friend”, he said."
    raw = article(text.encode().decode("cp1252", errors="replace"))
    reports = coder.code(raw)
    assert told(reports) == [("CHL-JOR", "meeting")]
    assert reports[0].a.name == "José Limón"
    assert_verbatim(raw, reports)


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_passed_by_with_the_reason(coder: Coder, language: str) -> None:
    """They are skipped, not guessed."""
    foreign = article(FOREIGN[language])
    reason = coder.passed_by(foreign, compose(None, foreign.text))
    assert reason == f"not in English but in {language}"
    assert coder.code(foreign) == []


@pytest.mark.parametrize(
    "text",
    [
        "Tokayev " * 10_000,
        "President Tokayev of Kazakhstan met the Emir of Qatar. " * 10_000,
        " ".join(f"President Ab{i}c Xy{i}z of Chile met King Oj{i}k of Jordan." for i in range(10_000)),
    ],
    ids=["one name", "one sentence", "names alike"],
)
def test_ten_thousand_names_take_bounded_time(coder: Coder, text: str) -> None:
    """No rule may compare everything with everything."""
    start = time.process_time()
    reports = coder.code(article(text))
    assert time.process_time() - start < NEVER_SECONDS
    assert len(reports) <= 2


def test_of_a_long_text_the_beginning_is_read(coder: Coder) -> None:
    """A megabyte costs what the part that is read costs."""
    text = f"{MET}\n\n" + f"{WEATHER} " * 12_500 + f"\n\n{CALLED}"
    assert len(text) > 1_000_000 > MAX_CHARS
    start = time.process_time()
    reports = coder.code(article(text))
    assert time.process_time() - start < NEVER_SECONDS
    assert told(reports) == [TOLD[MET]]


def test_the_same_text_gives_the_same_bytes(coder: Coder) -> None:
    """Alone or in company, now or later."""
    articles = [article(text, title) for text in (BODY, *TOLD, WEATHER) for title in (None, "Leaders meet")]
    batch = [[r.model_dump_json() for r in reports] for reports in coder.code_batch(articles)]
    alone = [[r.model_dump_json() for r in coder.code(each)] for each in articles]
    assert batch == alone
    assert coder.code_batch(articles[::-1]) == coder.code_batch(articles)[::-1]
    assert any(alone)


@pytest.mark.parametrize("title", [None, "Chile’s Lim meets King of Jordan"])
def test_evidence_and_cue_are_verbatim(coder: Coder, title: str | None) -> None:
    """Offsets count the article's own characters, in headline and body."""
    raw = article(f"\ufeff  SANTIAGO, March 2 (Xinhua) --\u00a0{BODY}", title)
    reports = coder.code(raw)
    assert set(told(reports)) >= set(TOLD.values())
    assert_verbatim(raw, reports)


def test_three_stories_tell_three_contacts(coder: Coder) -> None:
    """Who acts in one paragraph has no part in the contact of the next, which names both its sides."""
    assert told(coder.code(article(BODY))) == list(TOLD.values())


@pytest.mark.parametrize("text", [*TOLD, BODY])
def test_an_unrelated_paragraph_takes_no_contact_away(coder: Coder, text: str) -> None:
    """What stands below a story does not change the story."""
    before = structure(coder.code(article(text)))
    assert before
    assert structure(coder.code(article(f"{text}\n\n{WEATHER}"))) == before


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MET, "Ana Lim"),
        (CALLED, "Kemal Aydar"),
        (CALLED, "Grace Wanjiru"),
        (WROTE, "Oskar Lind"),
        (WROTE, "Marta Reyes"),
    ],
)
@pytest.mark.parametrize(
    "other", ["Wei Zhang", "Nguyen Thi Lan", "Ngozi Adeyemi", "María-José Peña", "Kim Dae-ho"]
)
def test_another_name_makes_the_same_contact(coder: Coder, text: str, name: str, other: str) -> None:
    """Who holds an office does not change who is in contact with whom."""
    before = structure(coder.code(article(text)))
    renamed = coder.code(article(text.replace(name, other)))
    assert structure(renamed) == before
    assert other in {renamed[0].a.name, renamed[0].b.name}
