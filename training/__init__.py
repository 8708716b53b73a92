"""Training of the shipped models from openly licensed corpora; not part of the running system."""
