"""Members of a hub: their life from sealed steps, their signatures, what each may send."""
