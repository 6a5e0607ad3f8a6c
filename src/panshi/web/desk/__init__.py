"""What a person keeps on their own desk: inbox marks, saved views, watches, preferences."""
