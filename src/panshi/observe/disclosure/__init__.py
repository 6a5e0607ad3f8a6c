"""What comes to the disclosure channel and what it looks at: mail, declared addresses, proofs."""
