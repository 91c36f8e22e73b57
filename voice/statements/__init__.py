"""A customer's statement, from their words to claims, verdicts and the case it belongs to.

taking     keeps a statement: read, joined to its case, compared, in one transaction
comparing  sets claims beside what the product reports, where the customer agrees to it
written    a claim as it is kept
masking    a statement without what tells whose it is, for labelled data
"""
