from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.coder.meta import ArticleMeta
from streams.coder.roster import Roster, read_holders
from tests.coder.marked import codes_at, found, person, read_marked

RESOLVED = [
    # title + name + state in every order
    "[Emir of Qatar Tamim bin Hamad Al Thani|QAT] phoned [President Asel Nurova of Kazakhstan|KAZ].",
    "[United Arab Emirates (UAE) President Sheikh Omar bin Zayed|ARE] wrote.",
    "[The French foreign minister, Jean Moreau,|FRA] met [his Kenyan counterpart Asha Njeri|KEN].",
    "[Penny Wong, the foreign minister of Australia,|AUS] called [Winston Peters|-] on Friday.",
    "[Minister of Foreign Affairs and International Cooperation of the State of Qatar Ali Nasser|QAT] left.",
    "[Prime Minister and Foreign Minister of Oman Salim Badr|OMN] spoke.",
    "[Iran's new foreign minister Reza Karimi|IRN] and [UN Secretary-General Ana Lima|UN] talked.",
    "[Foreign Ministers Ravi Menon of India|IND], [Mary Cole of Fiji|FJI] and [Kenji Mori of Japan|JPN] met.",
    "[EU foreign policy chief Marta Kask|EU] travelled to Baku.",
    "[Deputy Head of the Office of the President of Ukraine Ihor Bondar|UKR] met [the envoy of Chad|TCD].",
    "[Vice Foreign Minister Chen Bo of China|CHN] flew in with [US Deputy Secretary of State Jane Hall|USA].",
    "[King Hamad bin Isa Al Khalifa of Bahrain|BHR] received [the Sultan of Oman|OMN].",
    "[Russia's Sergei Lavrov|RUS] met [South Korean Adm. Park Min-su|KOR].",
    "[European Commission President Ursula Keller|EU] landed in Kyiv.",
    # an office's state, an ambassador's posting
    "[The Indian ambassador to Chad|IND] presented his credentials.",
    "[The ambassador of Japan to Peru|JPN] was summoned.",
    "[The U.N. special envoy for Yemen|UN] arrived.",
    # several states in one phrase
    "[The presidents of France, Germany and Poland|FRA+DEU+POL] held talks.",
    "[The Russian and Chinese presidents|RUS+CHN] spoke by phone.",
    # institutions, delegations, states, seats
    "[Turkish officials|TUR] met [negotiators from Iran|IRN] and [a South Korean government delegation|KOR].",
    "[Ankara|TUR] and [Tehran|IRN] held talks; [the Kremlin|RUS] and [the Akorda|KAZ] said nothing.",
    "[Poland's Foreign Ministry|POL] summoned [the Belarusian chargé d'affaires|BLR].",
    # short forms, descriptions, pronouns and groups
    "[President Asel Nurova of Kyrgyzstan|KGZ] rang. [Nurova|KGZ] said that [she|KGZ] was glad.",
    "[The Kazakh President|KAZ] rang [Emir of Kuwait Saad Al Salem|KWT]; [Sheikh Saad|KWT] thanked him.",
    "[Italian Premier Ugo Rossi|ITA] met [Greek Premier Nikos Vlahos|GRC]. [The two leaders|ITA+GRC] ate.",
    "[Omani Foreign Minister Badr Salim|OMN] arrived. [The minister|OMN] left on Monday.",
    "He wrote to [the King of Jordan Abdullah II|JOR].",
    # state as written in headlines
    "[SOUTH KOREAN PRESIDENT|KOR] TO VISIT [JAPAN|JPN]",
    # states that are no more
    "[Soviet Foreign Minister Ivan Petrov|SUN] met [East German leader Karl Schmidt|DDR].",
    # who is chosen for an office
    "He congratulated [Mr Shah Karim|PAK] on his election as [Prime Minister of Pakistan|PAK].",
    # whose state stands further on in the apposition
    "[Dr Emre Tas, Spokesperson and Chief Advisor to the President of Turkey|TUR], came.",
    "[Karin Lind, State Secretary for Foreign Affairs to the Prime Minister of Sweden|SWE], called.",
    "[Jana Novak, Political Director, Slovenian Ministry of Foreign Affairs|SVN], spoke.",
    # a place before an office is not always its state
    "In [South Africa|ZAF], [Nigerian Deputy Minister Bola Ade|NGA] met the press.",
    "In South Africa, [Deputy Secretary Ann Hill of Canada|CAN] met the press.",
    # portfolios that begin with a people or a state
    "[Chinese Special Representative on Korean Peninsula Affairs Chen Bo|CHN] spoke.",
    # somebody new who is sent to a state
    "[North Korean leader Ri Chol-su|PRK] sends a special envoy to [the People's Republic of China|CHN].",
    "[North|PRK] and [South Korea|KOR] agree to talk.",
    # one state's offices in a coordination
    "[Russian President Ivan Orlov|RUS] and [Foreign Minister Pavel Belov|RUS] received the guests.",
]

NO_PARTIES = [
    "[Opposition leader|-] Omar Saleh spoke to reporters.",
    "[Otto Lang, president of the International Olympic Committee|-], spoke.",
    "[The President of the American Chamber of Commerce Andy Hall|-] spoke.",
    "The [rebel leader|-] refused.",
    "[New London|-] is a town.",
    "The [bank president|-] resigned.",
    "[Jordan Smith|-] of the [Washington Post|-] wrote it.",
    "He studied the [South China Sea|-] and the [Korean War|-].",
    "The [Iran-backed|-] group fired.",
]


@pytest.mark.parametrize("marked", RESOLVED)
def test_words_stand_for_their_state(marked: str) -> None:
    """Every marked stretch resolves to exactly the codes given."""
    expected = read_marked(marked)
    doc, parties = found(expected.text)
    answers = [(expected.text[a:b], sorted(codes_at(doc, parties, a, b))) for a, b, _ in expected.answers]
    assert answers == [(expected.text[a:b], sorted(codes)) for a, b, codes in expected.answers]


@pytest.mark.parametrize("marked", NO_PARTIES)
def test_words_that_stand_for_no_state(marked: str) -> None:
    """Lookalikes and people outside any state get no code."""
    expected = read_marked(marked)
    doc, parties = found(expected.text)
    assert [sorted(codes_at(doc, parties, a, b)) for a, b, _ in expected.answers] == [[]] * len(
        expected.answers
    )


def test_an_entity_has_the_fullest_name_and_the_text_s_title() -> None:
    """One person named thrice is one entity."""
    _, parties = found(
        "President Tokayev called. Kazakh President Kassym-Jomart Tokayev spoke. Tokayev left Astana."
    )
    entity = person(parties, "Tokayev")
    assert (entity.name, entity.code, entity.role) == ("Kassym-Jomart Tokayev", "KAZ", "Kazakh President")


def test_two_people_of_one_surname_stay_apart() -> None:
    """A surname's bearer is told by state."""
    _, parties = found("South Korean President Kim Dong-il met North Korean leader Kim Chol-su in Paju.")
    assert person(parties, "Kim Dong-il").code == "KOR"
    assert person(parties, "Kim Chol-su").code == "PRK"


def test_a_former_office_holder_is_marked() -> None:
    """Former holders are kept, and flagged."""
    _, parties = found("Former German Chancellor Klara Vogel met Russian President Ivan Orlov.")
    assert person(parties, "Klara Vogel").former
    assert not person(parties, "Ivan Orlov").former


def test_the_outlet_s_state_is_the_default() -> None:
    """A government's own press service need not say whose president it means."""
    meta = ArticleMeta(source="President of Ukraine (president.gov.ua/en)")
    _, parties = found("President Ivan Kravets met with Foreign Minister of Latvia Anna Berzina.", meta)
    assert person(parties, "Kravets").code == "UKR"


def test_a_state_without_such_an_office_is_no_default() -> None:
    """The United States has no foreign minister."""
    meta = ArticleMeta(source="US Department of State")
    _, parties = found("The Deputy Secretary travelled to Ankara to meet Foreign Minister Sedat Onur.", meta)
    assert person(parties, "Onur").code == "TUR"


ROSTER = Roster(
    read_holders(
        [
            {
                "name": n,
                "office": "head",
                "role": "President",
                "code": c,
                "from": f,
                "until": u,
                "source": "public record",
            }
            for n, c, f, u in [("Ivo Dragan", "HRV", "2001", "2009"), ("Lena Dragan", "SVN", "2015", "2023")]
        ]
    )
)


@pytest.mark.parametrize(("day", "code"), [(dt.date(2005, 5, 1), "HRV"), (dt.date(2020, 5, 1), "SVN")])
def test_the_roster_settles_a_bare_surname_by_date(day: dt.date, code: str) -> None:
    """Who is meant depends on when."""
    _, parties = found("President Dragan called Monday's talks useful.", ArticleMeta(published=day), ROSTER)
    assert person(parties, "Dragan").code == code


@pytest.mark.parametrize(
    ("text", "source", "code"),
    [
        (
            "Acting Coordinator for the Global Engagement Center Ann Hill spoke.",
            "US Department of State",
            "USA",
        ),
        ("Acting Coordinator for the Global Engagement Center Ann Hill spoke.", "Reuters", None),
        ("Special Representative for Yemen Ivo Dragan spoke.", "US Department of State", "USA"),
    ],
)
def test_a_ministry_writes_of_its_own_officials(text: str, source: str, code: str | None) -> None:
    """An official without a state is the publisher's, also where the roster knows a minister of that name."""
    _, parties = found(text, ArticleMeta(dt.date(2005, 5, 1), source), ROSTER)
    assert person(parties, text.split()[-2]).code == code


def test_who_leads_a_party_may_hold_an_office() -> None:
    """The roster tells which, on the very day."""
    text = "Labour Party chairman Ivo Dragan told reporters so."
    for year, code in ((2005, "HRV"), (2012, None)):
        _, parties = found(text, ArticleMeta(published=dt.date(year, 5, 1)), ROSTER)
        assert person(parties, "Ivo").code == code


def test_the_roster_never_overrules_the_text() -> None:
    """What the article says of a person counts, whatever the roster knows."""
    text = "Maltese President Ivo Dragan called Monday's talks useful."
    _, parties = found(text, ArticleMeta(published=dt.date(2005, 5, 1)), ROSTER)
    assert person(parties, "Dragan").code == "MLT"


@settings(deadline=None)
@given(
    st.sampled_from(
        ["Amara Diallo", "Jun Sato", "Élodie Marchand", "Ali bin Nasser Al Omari", "O'Brien Kelly"]
    )
)
def test_renaming_a_person_changes_nothing_else(name: str) -> None:
    """The structure does not hang on a name."""
    _, parties = found(f"Ghanaian Foreign Minister {name} met the Togolese president. He thanked Togo.")
    assert [(e.kind, e.code, e.role) for e in parties.entities] == [
        ("person", "GHA", "Ghanaian Foreign Minister"),
        ("state", "TGO", None),
        ("person", "TGO", "Togolese president"),
    ]


@pytest.mark.parametrize(
    "text", ["", "Talks", "president " * 400, "A. " * 300, "the two leaders", "'s 's of of"]
)
def test_odd_texts_are_survived(text: str) -> None:
    """Nothing raises, and nothing is found in nothing."""
    _, parties = found(text)
    assert all(0 <= i < len(parties.entities) for m in parties.mentions for i in m.entities)


def test_many_names_take_bounded_time() -> None:
    """A list of two thousand names ends in seconds."""
    syllables = ["Ka", "Lo", "Mi", "Ne", "Ru", "So", "Ta", "Vi", "Ze", "Bo"]
    names = [f"{a}{b}{c}n {b}{c}{a}ov" for a in syllables for b in syllables for c in syllables]
    started = dt.datetime.now(dt.UTC)
    _, parties = found("President " + ", President ".join(names * 2) + " of Peru.")
    assert len(parties.mentions) > 1000
    assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=60)
