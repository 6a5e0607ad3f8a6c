"""Assessment: evidence over a population in, verdicts, stages and proof trees out. Pure."""
