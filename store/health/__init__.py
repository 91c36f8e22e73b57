"""Facts about the database by which its health is judged; each a short question, and none writes.

What they mean is for `store.diagnosis` to say.
"""
