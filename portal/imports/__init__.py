"""Imports: what offices already keep in tables of their own (rosters, unit lists, last years' ledgers) is taken over.

A file is read as it is, headings are matched to our columns, a dry run names every problem by its row in the file;
then everything is written or nothing, and the whole of it can be taken back until somebody has acted on it.
Where the source said nothing, nothing is put in its place.
"""
