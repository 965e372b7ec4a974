"""通知公告, letters to all deputies, meeting notices: to an audience, with papers, read and answered one by one.

What is published makes one receipt for each person addressed; it says unread, read, coming or on leave. Whoever has not
read can be reminded by one press, once a day.
"""
