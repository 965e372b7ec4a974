"""履职档案: what a deputy did, gathered from where it was done, so that nobody writes it down twice (代表法 58).

Every entry leads to its source; a deputy may object to one or say that one is missing, the office answers with a
correction or a reason, and neither is ever changed. Points are worked out by a scheme that is data. A dossier belongs
to a seat and is sealed when the seat or its term is over. Owns /dossiers.
"""
