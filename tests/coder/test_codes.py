import re
from pathlib import Path
from typing import get_args

import pytest

from schemas.base import Kind, Modality, StanceName
from streams.coder.codes import event_codes, stance_code, table


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("modality", get_args(Modality))
def test_every_contact_has_codes(kind: Kind, modality: Modality) -> None:
    """No combination of kind and modality is left without a CAMEO code and a PLOVER event."""
    codes = event_codes(kind, modality)
    assert re.fullmatch(r"\d{3,4}", codes.cameo)
    assert codes.plover_event.isupper()


@pytest.mark.parametrize("stance", get_args(StanceName))
def test_every_stance_has_a_code(stance: StanceName) -> None:
    """Each stance maps to one CAMEO code."""
    assert re.fullmatch(r"\d{3,4}", stance_code(stance).cameo)


def test_what_happened_and_what_is_only_meant_to_differ() -> None:
    """Plans, proposals and refusals are other events than consultations."""
    codes = {
        m: event_codes("call", m).cameo for m in ("held", "background", "planned", "proposed", "refused")
    }
    assert codes == {
        "held": "041",
        "background": "041",
        "planned": "036",
        "proposed": "022",
        "refused": "125",
    }


@pytest.mark.parametrize(("country", "code"), [("CHL", "043"), ("JOR", "042"), ("CHE", "044"), (None, "040")])
def test_a_meeting_is_coded_by_the_soil_it_took_place_on(country: str | None, code: str) -> None:
    """Hosting, visiting and third places are told apart where the place is known."""
    assert event_codes("meeting", "held", sides=("CHL", "JOR"), country=country).cameo == code


def test_an_appeal_in_a_conflict_is_one_for_de_escalation() -> None:
    """Topics refine a stance's code, and a code is listed once."""
    codes = event_codes("call", "held", ["support", "gratitude", "appeal", "condemnation"], ["conflict"])
    assert codes.cameo_stances == ["051", "0256", "111"]


def test_the_documented_table_is_the_table() -> None:
    """docs/codes.md shows every line of data/cameo.csv."""
    page = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    for (of, kind, modality, topic), row in table().items():
        shown = (
            f"| {of} | {kind} | {modality} | {topic} | {row.cameo} | {row.goldstein} | {row.plover_event} |"
        )
        assert shown.replace("|  |", "| – |").replace("|  |", "| – |") in page
