"""The JSON Schema files are those of the models, and tell every field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from schemas.base import Model
from schemas.generate import DIRECTORY, documents, public_models, write


def test_the_files_are_current() -> None:
    """`python -m schemas.generate` would change nothing."""
    assert {file.name: file.read_text(encoding="utf-8") for file in DIRECTORY.iterdir()} == dict(documents())


def test_files_of_models_that_are_no_more_are_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.v1.json").write_text("{}")
    write(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {name for name, _ in documents()}


@pytest.mark.parametrize("text", dict(documents()).values(), ids=dict(documents()))
def test_each_is_a_schema(text: str) -> None:
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith("urn:contactwire:schema:")
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("model", public_models().values(), ids=public_models())
def test_every_field_has_a_description_and_a_valid_example(model: type[Model]) -> None:
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.examples, name
        for example in field.examples:
            TypeAdapter(field.rebuild_annotation()).validate_json(json.dumps(example))
