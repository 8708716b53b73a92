import pytest

from streams.coder.attribution import reported_by
from streams.coder.telling import sentences
from tests.coder.contents import claim, parties, read

CALL = "President Lima rang King Amund"


def credited(text: str, evidence: str = CALL) -> str | None:
    doc = read(text)
    known = parties(doc, ("CHL", "Ana Lima", "Lima"), ("NOR", "Amund", "Amund"))
    made = claim(doc, evidence, known)
    return reported_by(doc, sentences(doc), made.evidence, (made.a, made.b))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (f"{CALL}, the palace said on Monday.", "the palace"),
        (f"{CALL}, said presidential press secretary Rosa Vega.", "presidential press secretary Rosa Vega"),
        (f"According to the foreign ministry, {CALL}.", "the foreign ministry"),
        (f"{CALL}. Her office reported that they discussed salmon.", "Her office"),
        (f"{CALL}, local media say, citing the Norwegian court.", "the Norwegian court"),
        (f"{CALL}. (Agency Two)\n\nRain fell.", "Agency Two"),
        (f"The following is attributable to Spokesperson Rosa Vega:\n\n{CALL}.", "Spokesperson Rosa Vega"),
        (f"{CALL}. They discussed salmon.\n\n— NPA", "NPA"),
        (f"{CALL}. They discussed salmon. — NPA", "NPA"),
        (f"{CALL}. This was announced by press secretary Rosa Vega.", "press secretary Rosa Vega"),
        (f"{CALL}, foreign minister Ji-won Han said.", "foreign minister Ji-won Han"),
        (f"Another official, speaking without leave, said {CALL}.", "Another official"),
    ],
)
def test_the_credited_source_is_found(text: str, source: str) -> None:
    """Press services, officials, agencies, releases and digests name their sources in many places."""
    assert credited(text) == source


@pytest.mark.parametrize(
    "text",
    [
        f"{CALL}. They discussed salmon.",
        f'{CALL}. "I like salmon," Lima said.',
        f"{CALL}. It is said Peru would join in.",
        f"{CALL}. They discussed the United States and salmon.",
        f"{CALL}. (File photo: Agency Two)\n\nRain fell.",
    ],
)
def test_no_source_is_made_up(text: str) -> None:
    """What a side says, whom a clause is about and who took a picture are no sources."""
    assert credited(text) is None
