"""CloudEvents 1.0 in Kafka's binary mode: the headers of the public events on `contacts`."""

from __future__ import annotations

from schemas import Contact

SOURCE = "urn:contactwire"
DATA_SCHEMA = "urn:contactwire:schema:contact:v1"


def contact_headers(contact: Contact) -> list[tuple[str, bytes]]:
    """Describe one revision of a contact; the same revision always has the same headers."""
    fields = {
        "ce_specversion": "1.0",
        "ce_id": f"{contact.contact_id}:{contact.revision}",
        "ce_source": SOURCE,
        "ce_type": f"contact.{contact.change}",
        "ce_subject": contact.dyad,
        "ce_dataschema": DATA_SCHEMA,
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in fields.items()]
