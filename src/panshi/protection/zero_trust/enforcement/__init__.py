"""What an enforcement point asks about: the request's one true name, and what it stands for.

`target` refuses every request whose path two programs could read in two ways; `routes` maps what
is left to a system and an action, and knows nothing else.
"""
