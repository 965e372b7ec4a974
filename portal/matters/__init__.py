"""Matters (群众意见): one voice heard, from a message, a reception, a visit or a contact, until somebody was told.

A matter lies on the desk of its keeper (a station, or the commission). It is triaged, answered on the spot, passed on
to a deputy, a street or an organ, written as a suggestion, or not accepted with a word on where to go; and it cannot
close before whoever raised it has been told the answer. Each stage has its own clock from the rule pack.
`/matters` is the desk, `/matters/<id>` the page of one. Other domains begin one through `actions.raise_matter`.
"""
