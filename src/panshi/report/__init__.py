"""Results to bytes: board pack, spreadsheets, OSCAL, STIX, CSAF and SARIF."""
