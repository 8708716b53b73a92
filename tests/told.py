"""Short ways to tell reports, and a ledger that keeps its state in a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas import ArticleRef, ArticleReports, Contact, Report
from streams.ledger import fingerprint, settle

TOKAYEV, TAMIM = "Kassym-Jomart Tokayev", "Tamim bin Hamad Al Thani"


def report(
    kind: str = "call",
    modality: str = "held",
    a: str | None = TOKAYEV,
    b: str | None = TAMIM,
    **fields: Any,  # noqa: ANN401 -- any field of a report
) -> Report:
    """Tell of Kazakhstan and Qatar; `a_code`, `b_code`, `a_role` and `b_role` may be given too."""
    codes = fields.pop("a_code", "KAZ"), fields.pop("b_code", "QAT")
    roles = fields.pop("a_role", None), fields.pop("b_role", None)
    date = fields.setdefault("date", None)
    at = {"field": "text", "start": 0, "end": 1}
    told = {
        "report_id": "r-0",
        "kind": kind,
        "modality": modality,
        "a": {"code": codes[0], "name": a, "role": roles[0]},
        "b": {"code": codes[1], "name": b, "role": roles[1]},
        "direction": "mutual",
        "date_precision": "day" if date else "unknown",
        "evidence": f"{a} and {b}: {kind}, {modality}, {date}",
        "evidence_at": at,
        "cue": kind,
        "cue_at": at,
        "rule": "test",
        "confidence": 0.9,
        "coder": "test",
    }
    return Report.model_validate(told | fields)


def article(
    uri: str, *reports: Report, published: str | None = "2026-03-02", version: int = 1, text: str = ""
) -> ArticleReports:
    """One article's reports of KAZ-QAT."""
    ref = ArticleRef(
        uri=uri,
        version=version,
        published=published,
        source=uri.split("/", maxsplit=1)[0],
        fingerprint=fingerprint(text),
    )
    return ArticleReports(article=ref, dyad="KAZ-QAT", reports=list(reports))


@dataclass
class Ledger:
    """Settles records one by one, as the stream does: publish, write, next."""

    state: dict[str, Any] = field(default_factory=dict)
    published: list[Contact] = field(default_factory=list)

    def tell(self, *records: ArticleReports) -> list[Contact]:
        """Settle records; gives the contacts that these published."""
        before = len(self.published)
        for record in records:
            settled = settle(self.state.get, record)
            self.published += settled.contacts
            self.write(settled.changes)
        return self.published[before:]

    def write(self, changes: dict[str, Any]) -> None:
        """Write changes of the state, None deleting."""
        for key, value in changes.items():
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value

    @property
    def latest(self) -> dict[str, Contact]:
        """Latest revision of every contact that was ever published."""
        return {c.contact_id: c for c in sorted(self.published, key=lambda c: c.revision)}

    @property
    def contacts(self) -> list[Contact]:
        """Contacts that stand, by their dates."""
        standing = (c for c in self.latest.values() if c.change != "retracted")
        return sorted(standing, key=lambda c: (str(c.date), c.contact_id))

    @property
    def values(self) -> list[str]:
        """What stands, without what depends on history: id, revision, change."""
        return sorted(value(contact) for contact in self.contacts)


def value(contact: Contact) -> str:
    """Everything of a contact that depends on its reports alone."""
    return contact.model_dump_json(exclude={"contact_id", "revision", "change"})


def told_by(contact: Contact) -> list[str]:
    """Articles behind a contact, carriers too."""
    return sorted(uri for r in contact.reports for uri in (r.article_id, *r.carriers))


def ledger(records: Iterable[ArticleReports] = ()) -> Ledger:
    """Make a ledger that was told these records."""
    made = Ledger()
    made.tell(*records)
    return made


def partition(state: dict[str, Any]) -> set[frozenset[str]]:
    """Group reports that are together, as `uri#slot`, from a ledger's state."""
    groups: dict[str, set[str]] = {}
    for key, block in state.items():
        if "|d|" in key:
            for name, (contact, _, _) in block["reports"].items():
                hashed, slot = name.rsplit(".", 1)
                uri = state[f"{key.partition('|')[0]}|a|{hashed}"]["article"]["uri"]
                groups.setdefault(contact, set()).add(f"{uri}#{slot}")
    return {frozenset(group) for group in groups.values()}


def uris(records: Sequence[ArticleReports]) -> list[str]:
    """Their articles."""
    return [record.article.uri for record in records]
