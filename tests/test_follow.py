"""Reading and writing topics for people, on a real broker."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from schemas import Article
from streams import settings as settings_module
from streams.cli import main
from streams.feed import feed
from streams.letters import waiting
from streams.settings import Settings
from streams.topics import Topics, TopicsError, admin, ensure
from streams.wires import Refusal

Run = Callable[..., Any]


@pytest.fixture
def settings(fresh_settings: Callable[..., Settings]) -> Settings:
    return fresh_settings()


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line on the test's own topics."""
    monkeypatch.setattr(settings_module, "load", lambda: settings)
    return lambda *arguments, **more: CliRunner().invoke(main, arguments, **more)


def test_topics_are_created_once_and_keep_their_shape(settings: Settings) -> None:
    created = ensure(settings)
    assert all(state.created for state in created)
    again = ensure(settings)
    assert [s.spec.name for s in again] == [s.spec.name for s in created]
    assert not any(state.created for state in again)
    assert {state.partitions for state in again} == {2}


@pytest.mark.parametrize("partitions", [1, 3])
def test_another_number_of_partitions_is_refused(settings: Settings, partitions: int) -> None:
    """Shrinking is impossible, and growing would part keys from their state."""
    ensure(settings)
    with pytest.raises(TopicsError, match="CONTACTWIRE_PARTITIONS"):
        ensure(settings.model_copy(update={"partitions": partitions}))


def test_no_broker_is_told_with_what_to_do(settings: Settings) -> None:
    with (
        pytest.raises(TopicsError, match="contactwire broker"),
        admin(settings.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})),
    ):
        pass


def test_feeding_before_the_topics_exist_is_told(settings: Settings) -> None:
    with pytest.raises(TopicsError, match="contactwire topics"):
        feed([Article(uri="a", text="x")], settings)


def test_feed_counts_what_it_sent_and_refused(settings: Settings) -> None:
    ensure(settings)
    large = Article(uri="large", text="x" * (settings.max_article_bytes + 1))
    steps: list[int] = []
    fed = feed(
        [Article(uri="a", text="x"), Refusal("b.txt", "empty"), large],
        settings,
        progress=lambda: steps.append(1),
    )
    assert fed.sent == 1
    assert [refusal.where for refusal in fed.refused] == ["b.txt", "large"]
    assert len(steps) == 3


def test_the_command_line_feeds_tails_and_fails_on_refusals(run: Run, settings: Settings) -> None:
    assert run("topics").exit_code == 0
    good = json.dumps({"id": "a", "text": "They met.", "title": "Ministers meet"})
    fed = run("feed", "-", input=good + "\n{}\n")
    assert fed.exit_code == 1
    assert "1 sent, 1 refused" in fed.output
    tailed = run("tail", "articles", "--from-beginning", "--until-end")
    assert "Ministers meet" in tailed.output
    as_json = run("tail", "articles", "--from-beginning", "--until-end", "--json").output
    assert json.loads(as_json)["uri"] == "a"
    missing = run("tail", "nothing-here", "--until-end")
    assert missing.exit_code == 1
    assert f"the topic {settings.topic_prefix}nothing-here does not exist" in missing.output


def test_an_empty_table_says_so(run: Run) -> None:
    run("topics")
    assert "no contact counted yet" in run("table").output
    wrong = run("table", "ZZZ")
    assert wrong.exit_code == 1
    assert run("table", "--as-of", "soon").exit_code == 1


def test_dead_letters_are_listed_shown_counted_and_replayed(
    run: Run, settings: Settings, produce: Run
) -> None:
    run("topics")
    letter = {
        "letter_id": "articles/0/7",
        "topic": Topics.of(settings).articles,
        "partition": 0,
        "offset": 7,
        "reason": "schema-version",
        "detail": "version 99",
        "key": None,
        "value": "eyJ1cmkiOiAiYSJ9",
        "headers": [],
    }
    produce(Topics.of(settings).dead_letters, json.dumps(letter).encode(), key=b"articles/0/7")
    assert "version 99" in run("dead-letters").output
    assert run("dead-letters", "--count").output.split() == ["1", "schema-version"]
    assert '{"uri": "a"}' in run("dead-letters", "articles/0/7").output
    assert run("dead-letters", "articles/0/8").exit_code == 1
    assert run("replay").exit_code == 2
    assert "1 replayed" in run("replay", "--reason", "schema-version").output
    assert waiting(settings) == []
    again = run("tail", "articles", "--from-beginning", "--until-end", "--json").output
    assert json.loads(again) == {"uri": "a"}


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_an_example(command: str) -> None:
    shown = CliRunner().invoke(main, [command, "--help"]).output
    assert f"contactwire {command}" in shown.split("Example:")[1]
