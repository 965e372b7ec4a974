"""双联系: who keeps contact with whom (pairings), each contact on record, and the drives in which voters are visited.

Standing committee members with deputies, leaders with townships and streets, organs with deputies, deputies with
voters (代表法 28, 44, 46). A contact raises problems; what voters told of themselves only their deputy reads.
Owns /contacts, /pairings, /contact-records, /voter-groups and /campaigns.
"""
