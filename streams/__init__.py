"""The running system: wires, the coder, the ledger, the rollups, and their delivery."""
