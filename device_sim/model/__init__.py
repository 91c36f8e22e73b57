"""The pure model: health (what wears and fails), habits (when it is used) and senses (what is measured of both).

Nothing here knows the wire, a file or a clock; everything is a function of the fleet's seed.
"""
