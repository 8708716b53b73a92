"""Measures the coder on articles whose outlet its judge has not seen, and writes docs/accuracy.md's figures.

usage: python -m training.accuracy READ.pkl DEV.jsonl --encoders FOLDER [--written WRITTEN.jsonl]
           [--unread IDS.txt] [--page PAGE.md]

READ.pkl and FOLDER come from `training.pair_encoder`. For each of five folds by outlet a judge is learned
from all the others and put into the coder, which then codes the fold as in use, each article with an encoder
that has not read its outlet. WRITTEN.jsonl is coded with a judge that has seen none of it. Needs
scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sklearn.model_selection import GroupKFold

from streams.coder.coder import Coder
from streams.coder.judge import read_judge
from streams.coder.pair_encoder import PairEncoder
from streams.scoring import Row, agrees, content, fields, pair_of, read_annotated, report
from training.judge import as_json, fit
from training.judge_data import Board, Example
from training.judge_examples import as_article
from training.judge_models import Settings

Contact = Mapping[str, Any]
_ERRORS = 10
_BINS = 8


class Measured:
    """Annotated articles with what the coder found in them."""

    def __init__(self, annotated: Sequence[Mapping[str, Any]], coded: Mapping[str, list[Contact]]) -> None:
        self.annotated = annotated
        self.coded = coded

    def part(self, ids: frozenset[str], *, within: bool) -> Measured:
        """Only the articles with these ids, or only the others."""
        return Measured([row for row in self.annotated if (row["id"] in ids) == within], self.coded)


class FoldCoder:
    """The coder, with an encoder of pairs that has not read the article's outlet."""

    def __init__(self, board: Board, encoders: Path) -> None:
        self._coder = Coder()
        where = json.loads((encoders / "sources.json").read_text(encoding="utf-8"))
        made = {part: PairEncoder(encoders / str(part)) for part in set(where.values())}
        self._encoders = {e.id: made[where.get(e.source, 0)] for e in board.examples}

    def code(self, judge: str, articles: Iterable[Mapping[str, Any]]) -> dict[str, list[Contact]]:
        """Contacts of each article by id, with a judge in its JSON form."""
        self._coder.judge = read_judge(judge)
        return {row["id"]: self._code(row) for row in articles}

    def _code(self, row: Mapping[str, Any]) -> list[Contact]:
        self._coder.pairs = self._encoders[row["id"]]
        return [report.model_dump(mode="json") for report in self._coder.code(as_article(dict(row)))]


def held_out(
    board: Board, settings: Settings, annotated: Sequence[Mapping[str, Any]], coder: FoldCoder
) -> Measured:
    """Code every article with a judge that has not seen its outlet."""
    dev, other = [e for e in board.examples if e.is_dev], [e for e in board.examples if not e.is_dev]
    by_id = {row["id"]: row for row in annotated}
    coded: dict[str, list[Contact]] = {}
    for train, test in GroupKFold(settings.folds).split(dev, groups=[e.source for e in dev]):
        judge = as_json(board, fit(board, [dev[k] for k in train] + other, settings))
        coded |= coder.code(judge, (by_id[dev[k].id] for k in test))
    return Measured(annotated, coded)


def left_out(
    board: Board, settings: Settings, annotated: Sequence[Mapping[str, Any]], coder: FoldCoder
) -> Measured:
    """Code some of the other articles with a judge that has seen none of them."""
    ids = {row["id"] for row in annotated}
    judge = as_json(board, fit(board, [e for e in board.examples if e.id not in ids], settings))
    return Measured(annotated, coder.code(judge, annotated))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all but the first column to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def scores_table(rows: Iterable[Row]) -> str:
    """Precision, recall and F1 with their intervals."""
    return table(
        ["", "P", "R", "F1", "95 %", "annotated"],
        (
            [
                row.name,
                f"{row.score.precision:.3f}",
                f"{row.score.recall:.3f}",
                f"{row.score.f1:.3f}",
                f"{row.interval[0]:.3f}–{row.interval[1]:.3f}",
                str(row.score.annotated),
            ]
            for row in rows
        ),
    )


def parts_table(parts: Mapping[str, Measured]) -> str:
    """The headline figures and the fields of several sets side by side."""
    columns = {}
    for name, measured in parts.items():
        rows = [*report(measured.annotated, measured.coded)[:3], *content(measured.annotated, measured.coded)]
        columns[name] = {row.name: f"{row.score.f1:.3f}" for row in rows}
        for field, (agreeing, number) in sorted(fields(measured.annotated, measured.coded).items()):
            columns[name][field] = f"{agreeing / number:.3f} of {number}"
    labels = list(dict.fromkeys(label for column in columns.values() for label in column))
    heads = [f"{name} ({len(parts[name].annotated)})" for name in parts]
    return table(["", *heads], ([label, *(columns[n].get(label, "") for n in parts)] for label in labels))


def reliability(measured: Measured) -> str:
    """How often claims of each confidence agree, as a table and a chart."""
    told: list[tuple[float, bool]] = []
    for row in measured.annotated:
        for ours in measured.coded[row["id"]]:
            hit = any(agrees(gold, ours) and gold["modality"] == ours["modality"] for gold in row["contacts"])
            told.append((ours["confidence"], hit))
    told.sort()
    size = -(-len(told) // _BINS)
    bins = [told[k : k + size] for k in range(0, len(told), size)]
    said = [sum(c for c, _ in part) / len(part) for part in bins]
    true = [sum(hit for _, hit in part) / len(part) for part in bins]
    rows = ([f"{s:.2f}", f"{t:.2f}", str(len(part))] for s, t, part in zip(said, true, bins, strict=True))
    marks = ", ".join(f'"{value:.2f}"' for value in said)
    chart = [
        "```mermaid",
        "xychart-beta",
        '    title "Share that agrees (bars) beside the confidence told (line)"',
        f"    x-axis [{marks}]",
        '    y-axis "share" 0 --> 1',
        f"    bar [{', '.join(f'{value:.2f}' for value in true)}]",
        f"    line [{', '.join(f'{value:.2f}' for value in said)}]",
        "```",
    ]
    return table(["confidence told", "agrees", "contacts"], rows) + "\n\n" + "\n".join(chart)


def errors_table(measured: Measured) -> str:
    """The most frequent kinds of errors among contacts held."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in measured.annotated:
        counts.update(_errors(row["contacts"], measured.coded[row["id"]]))
    rows = ([error, kind, why, str(n)] for (error, kind, why), n in counts.most_common(_ERRORS))
    return table(["error", "kind", "what stands there instead", "times"], rows)


def _errors(annotated: Sequence[Contact], coded: Sequence[Contact]) -> Iterator[tuple[str, str, str]]:
    for error, some, others in (("missed", annotated, coded), ("invented", coded, annotated)):
        for contact in some:
            if contact["modality"] != "held":
                continue
            alike = [o for o in others if (agrees(contact, o) if error == "missed" else agrees(o, contact))]
            if any(other["modality"] == "held" for other in alike):
                continue
            yield error, contact["kind"], _instead(contact, alike, others)


def _instead(contact: Contact, alike: Sequence[Contact], others: Sequence[Contact]) -> str:
    if alike:
        return f"the same, {alike[0]['modality']}"
    same = sorted({other["kind"] for other in others if pair_of(other) == pair_of(contact)})
    return f"a {same[0]} of the two" if same else "nothing between the two"


def sections(measured: Measured, parts: Mapping[str, Measured]) -> dict[str, str]:
    """The generated parts of the page, by name."""
    return {
        "scores": scores_table(
            [*report(measured.annotated, measured.coded), *content(measured.annotated, measured.coded)]
        ),
        "parts": parts_table(parts),
        "reliability": reliability(measured),
        "errors": errors_table(measured),
    }


def put(page: Path, made: Mapping[str, str]) -> None:
    """Replace the page's generated parts, each between its two comments."""
    text = page.read_text(encoding="utf-8")
    for name, part in made.items():
        before, rest = text.split(f"<!-- {name} -->", 1)
        _, after = rest.split(f"<!-- end of {name} -->", 1)
        text = f"{before}<!-- {name} -->\n{part}\n<!-- end of {name} -->{after}"
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure, print, and write the page's figures where one is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("examples", type=Path)
    parser.add_argument("annotated", type=Path)
    parser.add_argument("--encoders", type=Path, required=True)
    parser.add_argument("--written", type=Path)
    parser.add_argument("--unread", type=Path)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    examples: list[Example] = pickle.loads(options.examples.read_bytes())  # noqa: S301 - made by ourselves
    settings = Settings()
    board = Board(examples, settings.least)
    coder = FoldCoder(board, options.encoders)
    measured = held_out(board, settings, read_annotated(options.annotated), coder)
    parts = {"all": measured}
    if options.unread:
        ids = frozenset(options.unread.read_text(encoding="utf-8").split())
        parts |= {"unread": measured.part(ids, within=True), "the others": measured.part(ids, within=False)}
    if options.written:
        parts["written"] = left_out(board, settings, read_annotated(options.written), coder)
    made = sections(measured, parts)
    for part in made.values():
        print(part, end="\n\n")
    if options.page:
        put(options.page, made)


if __name__ == "__main__":
    main()
