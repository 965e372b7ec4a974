"""Who may do what, written by hand from domain §2.13 and §2.3, design §6 and the settled points; A2 asks all of it.

A row says: these people, towards these things, in these states, may do these acts. Nothing here is read from the
portal's own policy. Things are described in world.Thing.
"""

ANY = "*"
UNITS = "housing housing-signer water water-signer section"
# A unit of the government has a part; of those the first is where the lead's letter is out.
LETTER_OUT = "replied closed rehandling second_dissatisfied"
REWORKED = "rehandling second_dissatisfied"
HELD = f"assigned return_requested {LETTER_OUT}"
STAFF = "clerk township"
READ = "read list sheet file"
SEES = f"{READ} assignment deadline"
# The steps of the commission, whatever the state (the wrong state is 409).
SCREENS = "step:send_back step:not_admit step:admit step:assign step:merge step:unmerge step:split step:adjust"
CLERKS = f"{SCREENS} step:open_coordination step:decide_coordination step:rehandle step:explain step:convene step:close"
# Returns, extensions and urging (domain §2.3 rows 7 and 9); assists are not extended.
DECIDES = (
    "lead:approve_return lead:refuse_return lead:grant_extension lead:refuse_extension lead:urge "
    "assist:approve_return assist:refuse_return assist:urge"
)
GONE_DECIDES = "gone:approve_return gone:refuse_return gone:grant_extension gone:refuse_extension gone:urge"
SETTLES = "lead:approve_return lead:refuse_return lead:urge assist:approve_return assist:refuse_return assist:urge"
GONE_SETTLES = "gone:approve_return gone:refuse_return gone:urge"
GONE_REPLY = "gone:dispatch gone:bounce_reply gone:check_reply"
# The government office over its units: passes on, settles returns, checks replies, urges; extensions are the
# commission's (domain §2.3 rows 5, 7, 10).
GOVERNS = (
    "step:open_coordination step:decide_coordination lead:dispatch lead:approve_return lead:refuse_return "
    "lead:bounce_reply lead:check_reply lead:urge "
    "assist:dispatch assist:approve_return assist:refuse_return assist:urge"
)
TOO_LATE = "lead:dispatch lead:bounce_reply lead:check_reply assist:dispatch"  # of what was withdrawn meanwhile
# Who answers (rows 5, 6, 9, 10), and what a handler of the answering unit may do to an assist's opinion.
HANDLES = (
    "lead:receive lead:request_return lead:log_contact lead:request_extension lead:draft_reply step:open_coordination"
)
OVER_ASSISTS = "assist:bounce_opinion"  # a rework has no assists (S10)
SIGNS = "lead:bounce_reply lead:sign_reply"
# An assist gives its opinion to the lead unit and may say that the matter is not its own.
ASSISTS = "assist:receive assist:request_return assist:give_opinion"
RATES = "lead:confirm_contact lead:rate"
OFFICE_LETTERS = "opinion urge"  # never sent to deputies (row 8)
ALL_LETTERS = f"assignment deadline extended paper {OFFICE_LETTERS}"

# who, whose thing, in which state, which acts. Blanks separate alternatives; * fits all.
MAY = (
    # the lead deputy: everything of the own item; withdraws, rates
    ("zhang", "own session passed merged", ANY, READ),
    ("zhang", "own passed merged", f"{HELD} withdrawn", "assignment deadline extended paper"),
    ("zhang", "own", LETTER_OUT, "letter"),
    ("zhang", "own session passed merged", ANY, "write discard invite unfile step:submit step:request_withdrawal"),
    ("zhang", "own", "draft", "unsign"),
    ("zhang", "own passed merged", HELD, RATES),
    ("zhang", "passed", ANY, "gone-deadline"),
    ("wang", "colleague", ANY, READ),
    ("wang", "colleague", "assigned", f"assignment deadline extended {RATES}"),
    ("wang", "colleague", ANY, "write discard invite unfile step:submit step:request_withdrawal"),
    ("town-deputy", "other", ANY, f"{READ} write discard invite unfile step:submit step:request_withdrawal"),
    ("town-deputy", "other", "assigned", f"assignment deadline extended {RATES}"),
    # the co-signer reads all, decides about the own signature alone; and about a withdrawal when asked (A33)
    ("li", "own session passed merged", ANY, f"{READ} sign"),
    ("li", "own passed merged", f"{HELD} withdrawn", "assignment deadline extended paper"),
    ("li", "own", LETTER_OUT, "letter"),
    ("li", "passed", ANY, "gone-deadline"),
    ("li", "own", "asked", "step:consent_withdrawal"),
    # the commission: everything of its congress that has been submitted
    ("clerk clerk2", "own session colleague archived passed merged", "[!d]*", f"{READ} {CLERKS}"),
    ("clerk clerk2", "own session colleague passed merged", "[!d]*", "phone"),
    ("clerk clerk2", "own colleague passed merged", f"{HELD} withdrawn", ALL_LETTERS),
    ("clerk clerk2", "own colleague passed merged", f"{HELD} withdrawn", DECIDES),
    ("clerk clerk2", "passed own", HELD, GONE_DECIDES),  # too late, and told so
    ("clerk clerk2", "merged", HELD, GONE_SETTLES),  # there the assist's part ended
    ("clerk clerk2", "passed", ANY, "gone-deadline"),
    ("clerk clerk2", "own", LETTER_OUT, "letter"),
    ("clerk clerk2", "own session colleague", "submitted admitted asked", "points"),  # where the deputy has cut none
    ("township", "other", "submitted", "points"),
    ("township", "other", "[!d]*", f"{READ} phone {CLERKS}"),
    ("township", "other", "assigned", f"assignment deadline extended {OFFICE_LETTERS} {DECIDES}"),
    # the delegation: its own session items
    ("delegation1", "session", "submitted", f"{READ} step:check"),
    # those who read what is handled
    ("govoffice", "own passed", f"{HELD} withdrawn", f"{SEES} extended paper {OFFICE_LETTERS}"),
    ("govoffice", "own passed", HELD, GOVERNS),
    ("govoffice", "own", "withdrawn", f"{SETTLES} {TOO_LATE}"),
    ("govoffice", "own passed", HELD, f"{GONE_SETTLES} {GONE_REPLY}"),
    ("govoffice", "passed", ANY, "gone-deadline"),
    ("govoffice", "own", LETTER_OUT, "letter"),
    ("leader1 member", "own colleague archived passed merged", f"admitted withdrawn {HELD}", READ),
    ("leader1 member", "own colleague passed merged", f"{HELD} withdrawn", ALL_LETTERS),
    ("leader1 member", "passed", ANY, "gone-deadline"),
    ("leader1 member", "own", LETTER_OUT, "letter"),
    ("committee-urban", "own", f"{HELD} withdrawn", f"{SEES} extended paper {OFFICE_LETTERS}"),
    ("committee-urban", "own", LETTER_OUT, "letter"),
    # units: their own tasks, and only their part of them; what was withdrawn stays readable and nothing more
    (UNITS, "own", HELD, f"{SEES} phone extended paper {OFFICE_LETTERS}"),
    ("housing housing-signer water water-signer", "own", "withdrawn", f"{SEES} extended paper {OFFICE_LETTERS}"),
    (UNITS, "own", LETTER_OUT, "letter"),
    # the round before a rework stays on record for whoever reads the item
    (f"zhang li clerk clerk2 govoffice leader1 member committee-urban {UNITS}", "own", REWORKED, "gone-deadline"),
    ("zhang li clerk clerk2 leader1 member court court-signer", "merged", ANY, "gone-deadline"),
    ("housing section", "own", HELD, f"{HANDLES} lead-section reply word"),
    ("housing section", "own", "assigned return_requested replied closed", OVER_ASSISTS),
    ("housing housing-signer", "own", LETTER_OUT, "scan"),
    ("housing-signer", "own", HELD, f"{SIGNS} word"),
    ("water", "own", HELD, f"{ASSISTS} assist-section"),
    ("court court-signer", "colleague merged", "assigned", f"{SEES} phone word extended {OFFICE_LETTERS}"),
    ("court", "colleague merged", "assigned", f"{HANDLES} reply lead-section"),
    ("court-signer", "colleague merged", "assigned", SIGNS),
    ("town-unit town-unit-signer", "other", "assigned", f"{SEES} phone word extended {OFFICE_LETTERS}"),
    ("town-unit", "other", "assigned", f"{HANDLES} reply lead-section"),
    ("town-unit-signer", "other", "assigned", SIGNS),
    # a returned part: the new unit has it, the old one does not see the item any more; the assist stays
    ("education education-signer", "passed", "assigned", f"{SEES} phone word extended gone-deadline"),
    ("education", "passed", "assigned", f"{HANDLES} {OVER_ASSISTS} reply lead-section"),
    ("education-signer", "passed", "assigned", SIGNS),
    ("water water-signer", "passed", "assigned", f"{SEES} phone extended gone-deadline"),
    ("water", "passed", "assigned", f"{ASSISTS} assist-section"),
    # the roster and the rules of each congress are its own staff's
    ("clerk clerk2", "county", ANY, "roster"),
    ("township", "town", ANY, "roster"),
)

DEPUTIES = "zhang li wang zhao town-deputy"
READERS = (
    f"{DEPUTIES} {STAFF} clerk2 delegation1 delegation2 govoffice {UNITS} other-section court court-signer "
    "education education-signer town-unit town-unit-signer leader1 member committee-urban committee-rural"
)
OFFICE = f"{STAFF} clerk2"
# Pages without a thing: who may open them.
DOORS = {
    "/suggestions": READERS,
    "/suggestions/new": DEPUTIES,
    "/desk/late": READERS,
    "/desk/screening": OFFICE,
    "/desk/assigning": OFFICE,
    "/desk/deciding": OFFICE,
    "/desk/reviewing": OFFICE,
    "/deputies": OFFICE,
    "/deputies/new": OFFICE,
    "/units": OFFICE,
    "/units/new": OFFICE,
    "/bodies": OFFICE,
    "/bodies/committees/new": OFFICE,
    "/bodies/delegations/new": OFFICE,
    "/terms": OFFICE,
    "/terms/next": OFFICE,
    "/rules": OFFICE,
    "/rules/versions": OFFICE,
    "/rules/drafts/new": OFFICE,
    "/rules/calendar/2026": OFFICE,
    "/rules/letters": OFFICE,
    "/rules/letters/reply": OFFICE,
    "/rules/letters/reply/sample.docx": OFFICE,
    "/rules/letters/reply/shipped.docx": OFFICE,
    "/imports": OFFICE,
    "/desk/stations": f"{OFFICE} station",
    "/desk/stations/new": OFFICE,
    "/duty": f"{DEPUTIES} {OFFICE} station",
    "/duty.ics": DEPUTIES,
    "/accounts": f"system security {OFFICE}",
    "/accounts/new": "system",  # the security administrator enables what the system administrator opens (三员)
    "/system": "system",
    "/system/channels": "system",
    "/log": "auditor",
}
# Pages of a thing: the act that opening them is. {0} stands for the id named.
OPENED = {
    "/suggestions/{suggestion}": "read",
    "/suggestions/{suggestion}/print": "sheet",
    "/suggestions/{suggestion}/assignment": "assignment",
    "/suggestions/{suggestion}/assignment.docx": "assignment",
    "/suggestions/{suggestion}/receipts": "assignment",
    "/suggestions/{suggestion}/receipts.docx": "assignment",
    "/suggestions/{suggestion}/edit": "write",
    "/suggestions/{suggestion}/files/{document}": "file",
    "/suggestions/{suggestion}/record/{paper}/file": "paper",
    "/tasks/{lead_task}/deadline": "deadline",
    "/tasks/{lead_task}/deadline.docx": "deadline",
    "/tasks/{gone_task}/deadline": "gone-deadline",
    "/tasks/{lead_task}/reply.docx": "word",
    "/replies/{reply}": "letter",
    "/replies/{reply}/survey": "letter",
    "/replies/{reply}/survey.docx": "letter",
    "/letters/{reply}": "letter",
    "/letters/{reply}.docx": "letter",
    "/letters/{opinion}": "opinion",
    "/letters/{opinion}.docx": "opinion",
    "/letters/{urge}": "urge",
    "/letters/{urge}.docx": "urge",
    "/letters/{extended}": "extended",
    "/letters/{extended}.docx": "extended",
    "/tasks/{lead_task}/section": "lead-section",
    "/tasks/{assist_task}/section": "assist-section",
    "/tasks/{lead_task}/reopen-rating": "reopen",
    "/replies/{reply}/scan": "scan",
    "/replies/{reply}/voice": "voice",
    "/suggestions/{suggestion}/points": "points",
    "/deputies/{seat}": "roster",
    "/deputies/{seat}/changes": "roster",
    "/deputies/{seat}/edit": "roster",
    "/deputies/{seat}/hand-over": "roster",
    "/terms/{term}/left-overs": "nothing",  # no term came before
    "/units/{unit}": "roster",
    "/units/{unit}/edit": "roster",
    "/units/{unit}/sections/new": "roster",
    "/bodies/delegations/{delegation}/edit": "roster",
    "/bodies/committees/{committee}/edit": "roster",
    "/groups/{group}": "roster",
    "/rules/drafts/{draft}": "roster",
    "/rules/drafts/{draft}/periods": "roster",
    "/rules/drafts/{draft}/periods/reply": "roster",
}
POSTED = {
    "/suggestions/{suggestion}/edit": "write",
    "/suggestions/{suggestion}/autosave": "write",
    "/suggestions/{suggestion}/discard": "discard",
    "/suggestions/{suggestion}/signatures": "invite",
    "/suggestions/{suggestion}/phone": "phone",
    "/suggestions/{suggestion}/files/{document}/remove": "unfile",
    "/signatures/{signature}/remove": "unsign",
    "/signatures/{signature}/steps/confirm": "sign",
    "/signatures/{signature}/steps/decline": "sign",
    "/tasks/{lead_task}/reply": "reply",
    "/tasks/{lead_task}/reply/autosave": "reply",
    "/tasks/{lead_task}/section": "lead-section",
    "/tasks/{assist_task}/section": "assist-section",
    "/tasks/{lead_task}/reopen-rating": "reopen",
    "/replies/{reply}/scan": "scan",
    "/replies/{reply}/voice": "voice",
    "/suggestions/{suggestion}/points": "points",
    "/deputies/{seat}/phone": "roster",
    "/deputies/{seat}/changes/suspend": "roster",
    "/groups/{group}/members": "nothing",  # names no member
    "/rules/drafts/{draft}/start": "roster",
    "/rules/drafts/{draft}/periods/reply": "roster",
    "/rules/drafts/{draft}/steps/propose": "roster",
    "/rules/drafts/{draft}/steps/approve": "roster",
    "/rules/drafts/{draft}/steps/drop": "roster",
}
SUGGESTION_STEPS = (
    *("submit", "check", "send_back", "not_admit", "admit", "assign", "merge", "unmerge", "split", "adjust"),
    *("open_coordination", "decide_coordination", "request_withdrawal", "consent_withdrawal"),
    *("rehandle", "explain", "convene", "close"),
    # nobody's: they happen by themselves
    *("divide_off", "go_along", "withdraw", "all_replied", "all_rated", "feedback_lapsed", "dissatisfied_again"),
)
TASK_STEPS = (
    *("dispatch", "receive", "request_return", "approve_return", "refuse_return", "log_contact", "confirm_contact"),
    *("request_extension", "grant_extension", "refuse_extension", "give_opinion", "bounce_opinion", "draft_reply"),
    *("bounce_reply", "check_reply", "sign_reply", "rate", "urge"),
)
