import gzip
import io
import json
from pathlib import Path

import pytest

from schemas import Article
from streams.wires import Refusal, articles_in

SEED = Path(__file__).parents[2] / "seeds" / "000_c0a4decbc27cb472.txt"


def test_the_seed_keeps_its_text_and_gives_its_day() -> None:
    (article,) = articles_in(str(SEED))
    assert isinstance(article, Article)
    assert article.uri == SEED.stem
    assert str(article.published) == "2026-03-02"
    assert article.text == SEED.read_text(encoding="utf-8")


def test_json_lines_take_uri_or_id_and_ignore_what_they_do_not_know(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    rows = [
        {"id": "a", "text": "They met.", "kind": "news"},
        {"uri": "b", "text": "They left.", "version": 2},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    first, second = articles_in(str(path))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.uri, second.uri, second.version) == ("a", "b", 2)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "EOF"),
        ("[]", "expected a JSON object"),
        ('{"text": "x"}', "neither `uri` nor `id`"),
        ('{"id": "x"}', "`text` is missing"),
        ('{"id": "x", "text": " "}', "blank"),
        ('{"id": "x", "text": "y", "published": "soon"}', "published"),
        ('{"id": "x", "text": "y", "published": 12}', "ISO 8601"),
    ],
)
def test_a_bad_line_is_refused_with_its_number_and_the_rest_is_read(
    tmp_path: Path, line: str, why: str
) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_text(
        '{"id": "a", "text": "good"}\n' + line + '\n\n{"id": "b", "text": "good"}\n', encoding="utf-8"
    )
    good, bad, more = articles_in(str(path))
    assert isinstance(good, Article)
    assert isinstance(more, Article)
    assert isinstance(bad, Refusal)
    assert bad.where == f"{path}:2"
    assert why in bad.why


def test_a_directory_is_read_in_order_with_uris_below_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.txt").write_text("They met.", encoding="utf-8")
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"They met again."))
    (tmp_path / "notes.md").write_text("not an article", encoding="utf-8")
    found = [item.uri for item in articles_in(str(tmp_path)) if isinstance(item, Article)]
    assert found == ["a", "b/one"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"\xff\xfe", "not UTF-8"),
        ("a.txt", b"  \n", "empty"),
        ("a.txt", b"date 2026-13-40 X -", "month"),
        ("a.jsonl.gz", b"no gzip", "gzip"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(data)
    (refusal,) = articles_in(str(tmp_path / name))
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


def test_a_missing_file_and_an_empty_directory_are_refused(tmp_path: Path) -> None:
    (missing,) = articles_in(str(tmp_path / "none.txt"))
    (empty,) = articles_in(str(tmp_path))
    assert isinstance(missing, Refusal)
    assert isinstance(empty, Refusal)


def test_standard_input_is_json_lines_or_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for data, uri in ((b'{"id": "a", "text": "x"}\n', "a"), (b"They met.", "stdin")):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        (article,) = articles_in("-")
        assert isinstance(article, Article)
        assert article.uri == uri
