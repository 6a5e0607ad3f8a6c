"""Zero trust at this node: content, entities, policies and the running decision point."""
