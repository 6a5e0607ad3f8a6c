"""Use cases of the software supply chain: bills, advisories, findings, statements."""
