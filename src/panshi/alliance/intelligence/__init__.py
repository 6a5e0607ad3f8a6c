"""Intelligence: who may receive it, what it is worth, where it meets the own estate."""
