"""Points for shared intelligence: timely, unique, useful and correct, never for volume.

    terms = terms_of(parameters)
    told = settle(participants, contributions, echoes, terms, period)

Workflow: `values` brings a value to what it stands for, so that trivial changes are no news;
`claims` says who told first; `voices` says how many independent members confirm it, and clips
what comes from a closed circle; `settling` turns both into points, each with its reasons;
`simulation` runs the same rules over strategies somebody else plays.
"""
