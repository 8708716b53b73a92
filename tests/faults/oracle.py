"""The one oracle: from the logs alone it says whether anything was lost, doubled, invented or mixed up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from schemas import ArticleReports, Contact, DeadLetter
from streams.envelope import contact_headers
from tests.faults.fold import Coded, Settled, Tell, by_country, code, count, settle
from tests.faults.logs import SOURCES, Logs, Record, latest, state

Some = AbstractSet[object]

_WATERMARK = "|"  # begins the key of a value that follows how batches fell, not the records alone
_SHOWN = 5  # examples of one kind of problem


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the oracle found; `doubled` counts records on `contacts` whose revision was there before."""

    problems: tuple[str, ...]
    articles: int
    distinct: int
    lost: int
    invented: int
    doubled: int

    def __str__(self) -> str:
        return "\n".join(self.problems) or "no problem"


def judge(logs: Logs, tell: Tell, *, limit: int = 900_000) -> Verdict:
    """Compare the logs with the quiet sequential run, once the workers have caught up."""
    coded = code(logs.of("articles"), tell, limit)
    settled = settle(logs.of("reports"))
    expected = {(c.contact_id, c.revision): c.model_dump_json().encode() for c in settled.contacts}
    names = [_name(record) for record in logs.of("contacts")]
    missing, more = expected.keys() - set(names), set(names) - expected.keys()
    lost_reports, invented_reports = _difference(coded.reports, {r.value for r in logs.of("reports")})
    problems = [
        *_say("article's reports lost", lost_reports),
        *_say("article's reports invented", invented_reports),
        *_say("contact lost", missing),
        *_say("contact invented", more),
        *_letters(logs, coded, settled),
        *_contacts(logs.of("contacts"), expected),
        *_countries(logs, settled),
        *_told(logs, coded, settled),
        *_tables(logs),
        *_states(logs, coded, settled),
        *_offsets(logs),
    ]
    return Verdict(
        problems=tuple(problems),
        articles=len(logs.of("articles")),
        distinct=len(set(names)),
        lost=len(missing) + len(lost_reports),
        invented=len(more) + len(invented_reports),
        doubled=len(names) - len(set(names)),
    )


def premature(logs: Logs, tell: Tell, *, limit: int = 900_000) -> list[str]:
    """Say what was committed as finished and has not led to all it must; true at any moment of a run."""
    coded = code(logs.finished("articles"), tell, limit)
    lost, _ = _difference(coded.reports, {record.value for record in logs.of("reports")})
    letters = {letter.letter_id for letter in _letters_in(logs)}
    settled = settle(logs.finished("reports"))
    refused = {"articles": coded.refused, "reports": settled.refused}
    unkept = {_letter_id(logs, role, place) for role in refused for place in refused[role]} - letters
    contacts = {(c.contact_id, c.revision) for c in settled.contacts}
    unpublished = contacts - {_name(record) for record in logs.of("contacts")}
    counted = state(logs.of("buckets"))
    uncounted = {
        f"{country}|{contact.contact_id}:{contact.revision}"
        for country, contact in map(_country, logs.finished("country_contacts"))
        if counted.get(f"{country}|{contact.contact_id}", {"revision": 0})["revision"] < contact.revision
    }
    return [
        *_say("article committed without its reports", lost),
        *_say("bad article committed without its letter", unkept),
        *_say("report committed without its contact", unpublished),
        *_say("contact committed without being counted", uncounted),
    ]


def _contacts(records: Iterable[Record], expected: Mapping[tuple[str, int], bytes]) -> Iterator[str]:
    """Every record is what the run of a quiet day gives, under its key and headers, in order."""
    newest: dict[str, int] = defaultdict(int)
    wrong: dict[str, list[object]] = defaultdict(list)
    seen: set[tuple[str, int]] = set()
    for record in records:
        contact = Contact.model_validate_json(record.value or b"")
        name = contact.contact_id, contact.revision
        if record.value != expected.get(name, record.value):
            wrong["contact's text differs from the quiet run"].append(name)
        if record.key != contact.contact_id.encode():
            wrong["contact under another's key"].append(name)
        if list(record.headers) != contact_headers(contact):
            wrong["contact under another's headers"].append(name)
        if name not in seen and contact.revision < newest[contact.contact_id]:
            wrong["contact's revisions out of order"].append(name)
        seen.add(name)
        newest[contact.contact_id] = max(newest[contact.contact_id], contact.revision)
    for what, names in wrong.items():
        yield from _say(what, names)


def _countries(logs: Logs, settled: Settled) -> Iterator[str]:
    expected = {
        (code.encode(), told.model_dump_json().encode()) for code, told in by_country(settled.contacts)
    }
    missing, more = _difference(expected, {(r.key, r.value) for r in logs.of("country_contacts")})
    yield from _say("country's contact lost", missing)
    yield from _say("country's contact invented", more)


def _told(logs: Logs, coded: Coded, settled: Settled) -> Iterator[str]:
    """Every article that reports a contact stands behind a contact that holds, and no other does."""
    refused = [ArticleReports.model_validate_json(value or b"") for _, _, value in settled.refused.values()]
    unsettled = {(told.article.uri, told.dyad) for told in refused}
    contacts: dict[str, Contact] = {}
    for record in logs.of("contacts"):
        contact = Contact.model_validate_json(record.value or b"")
        if contact.contact_id not in contacts or contact.revision > contacts[contact.contact_id].revision:
            contacts[contact.contact_id] = contact
    behind = {
        (uri, c.dyad)
        for c in contacts.values()
        if c.change != "retracted"
        for told in c.reports
        for uri in (told.article_id, *told.carriers)
    }
    may = {(uri, r.dyad) for uri, (_, reports) in coded.valid.items() for r in reports}
    # A mention in passing makes no contact of its own.
    must = {
        (uri, r.dyad)
        for uri, (_, reports) in coded.valid.items()
        for r in reports
        if r.modality != "background"
    }
    yield from _say("article stands behind no contact", must - unsettled - behind)
    yield from _say("contact rests on what no article says", behind - may)


def _tables(logs: Logs) -> Iterator[str]:
    """The public tables are the fold of the distinct contacts."""
    distinct = {_name(r): Contact.model_validate_json(r.value or b"") for r in logs.of("contacts")}
    folded = count(by_country(distinct.values())).tables
    shown = latest(logs.of("rollups"))
    differ = {key for key in folded.keys() | shown.keys() if folded.get(key) != shown.get(key)}
    yield from _say("table differs from the fold of the contacts", differ)


def _states(logs: Logs, coded: Coded, settled: Settled) -> Iterator[str]:
    """The changelogs replay to the state that the sources give."""
    counted = count(map(_country, logs.of("country_contacts")))
    expected = {"coded": coded.state, "ledger": settled.state, "buckets": counted.state}
    for table, wanted in expected.items():
        replayed = {k: v for k, v in state(logs.of(table)).items() if not k.startswith(_WATERMARK)}
        differ = {key for key in wanted.keys() | replayed.keys() if wanted.get(key) != replayed.get(key)}
        yield from _say(f"changelog of {table} replays to another state", differ)


def _letters(logs: Logs, coded: Coded, settled: Settled) -> Iterator[str]:
    """Every bad record is kept with its reason and its bytes, and nothing else is."""
    refused = {"articles": coded.refused, "reports": settled.refused}
    expected = {
        _letter_id(logs, role, place): letter
        for role, letters in refused.items()
        for place, letter in letters.items()
    }
    kept = {x.letter_id: (str(x.reason), x.key, x.value) for x in _letters_in(logs)}
    yield from _say("bad article without letter", expected.keys() - kept.keys())
    yield from _say("letter of a good article", kept.keys() - expected.keys())
    yield from _say(
        "letter with another reason or other bytes",
        {name for name in expected.keys() & kept.keys() if expected[name] != kept[name]},
    )


def _offsets(logs: Logs) -> Iterator[str]:
    """At rest everything is committed, and nothing beyond."""
    for role in SOURCES:
        for place, end in logs.ends.items():
            if place[0] == role and logs.committed.get(place, 0) != end:
                yield f"{role}, partition {place[1]}: committed {logs.committed.get(place, 0)} of {end}"


def _letters_in(logs: Logs) -> list[DeadLetter]:
    values = (record.value for record in logs.of("dead_letters"))
    return [DeadLetter.model_validate_json(value) for value in values if value is not None]


def _letter_id(logs: Logs, role: str, place: tuple[int, int]) -> str:
    return f"{logs.names[role]}/{place[0]}/{place[1]}"


def _name(record: Record) -> tuple[str, int]:
    contact = Contact.model_validate_json(record.value or b"")
    return contact.contact_id, contact.revision


def _country(record: Record) -> tuple[str, Contact]:
    return (record.key or b"").decode(), Contact.model_validate_json(record.value or b"")


def _difference(wanted: Some, seen: Some) -> tuple[Some, Some]:
    return wanted - seen, seen - wanted


def _say(what: str, which: Iterable[object]) -> list[str]:
    found = Counter(str(one)[:300] for one in which)
    return [f"{what}: {len(found)}, such as {sorted(found)[:_SHOWN]}"] if found else []
