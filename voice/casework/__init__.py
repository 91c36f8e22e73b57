"""Cases: which one a statement belongs to, how one is closed, and whether its trouble comes back.

joining    the case a statement joins, opens or reopens
splitting  a statement that is another matter, given a case of its own
returning  whether a claim says again what a case was about
closing    answers, closings and reopenings, with the figures from before
watching   the days after a closing: a fault that comes back reopens the case
"""
