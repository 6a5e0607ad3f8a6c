"""How urgent a finding is, and by when it must be repaired; pure.

    side = vulnerability_side(facts, policy)     exploitation, automation, technical impact
    around = systems_of(estate, policy)          exposure, mission, supplier of every system
    decide(side, around[system], policy)         what to do, and within how many days
    following.fold(steps), board.rows(…)         who does it, and whether it is done

An input nobody knows keeps every value it may have: the most urgent decision stands, and the reason
says that it was not known.
"""
