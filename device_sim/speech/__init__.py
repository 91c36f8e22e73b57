"""Customers who speak about their units: what they say, what they mean by it, and what was true.

The statements are made from the model's own events, so that whoever sets them beside telemetry can be judged. Their
wording is plain: it is no measure of how well text is read.
"""

from device_sim.speech.statements import Said, Statement, statements

__all__ = ["Said", "Statement", "statements"]
