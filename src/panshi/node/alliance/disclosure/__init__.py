"""The disclosure channel at work: intake, the desk, publication, delivery, exposure checks."""
