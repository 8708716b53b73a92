"""JSON Schema of every public model, written to schemas/json/ by `python -m schemas.generate`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import schemas
from schemas.base import SCHEMA_VERSION, Model

DIRECTORY = Path(__file__).parent / "json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def public_models() -> dict[str, type[Model]]:
    """Every model that the package exports, by its name in kebab case."""
    exported = (getattr(schemas, name) for name in schemas.__all__)
    models = [it for it in exported if isinstance(it, type) and issubclass(it, Model)]
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "-", model.__name__).lower(): model for model in models}


def documents() -> Iterator[tuple[str, str]]:
    """Yield each file's name and text."""
    for name, model in sorted(public_models().items()):
        schema = {
            "$schema": DIALECT,
            "$id": f"urn:contactwire:schema:{name}:v{SCHEMA_VERSION}",
            **model.model_json_schema(mode="validation"),
        }
        yield f"{name}.v{SCHEMA_VERSION}.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(directory: Path = DIRECTORY) -> None:
    """Write all files, and remove those of models that are no more."""
    directory.mkdir(exist_ok=True)
    texts = dict(documents())
    for file in directory.glob("*.json"):
        if file.name not in texts:
            file.unlink()
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
