"""People, the bodies they act for, and signing in.

One human is one Person with at most one Account. What a person may do follows from the Appointments they hold: a role
in a body for a time (代表, 代表工委工作人员, 承办单位经办…). One sign-in, one switch of capacity. An appointment may
deputise for another one for a period (AB 角).
"""
