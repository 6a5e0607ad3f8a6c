"""The hub's and the members' use cases of joint defence."""
