"""Text → reports: pure, without Kafka, clock or network."""
