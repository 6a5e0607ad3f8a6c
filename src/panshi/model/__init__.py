"""The nouns of Panshi: asset, relation, observation, control, verdict. Standard library only."""
