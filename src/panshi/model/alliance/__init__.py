"""The nouns of joint defence: tickets, members, markings, intelligence."""
