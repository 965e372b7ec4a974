"""The ground floor of the work: congresses, terms, sessions, delegations, seats, units, committees, groups, categories.

A congress (人民代表大会) has numbered terms (届) and sessions (次会议). A deputy holds a seat: one person in one congress
for one term. Handling units (承办单位) answer suggestions; committees supervise the units that are theirs. The rules of
the place, every duration and label, are a versioned rule pack.
"""
