"""Role × permission, one table. It asks about the person only; conditions on the thing sit in workflow rows."""

from collections.abc import Mapping

DEPUTY, CLERK, DELEGATION, GOV_OFFICE = "deputy", "clerk", "delegation_staff", "gov_office"
HANDLER, SIGNER, SECTION = "unit_handler", "unit_signer", "unit_section"
LEADER, SC_MEMBER, COMMITTEE, STATION = "leader", "sc_member", "committee", "station_staff"
SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR = "system_admin", "security_admin", "auditor"

ROLE_LABELS: Mapping[str, str] = {
    DEPUTY: "人大代表",
    CLERK: "代表工委工作人员",
    DELEGATION: "代表团工作人员",
    GOV_OFFICE: "政府办督查室",
    HANDLER: "承办单位经办人",
    SIGNER: "承办单位签发人",
    SECTION: "承办单位科室",
    LEADER: "常委会领导",
    SC_MEMBER: "常委会组成人员",
    COMMITTEE: "专门委员会",
    STATION: "联络站工作人员",
    SYSTEM_ADMIN: "系统管理员",
    SECURITY_ADMIN: "安全管理员",
    AUDITOR: "审计管理员",
}

SUGGEST = "suggest"
READ_SUGGESTIONS = "read_suggestions"
READ_FIGURES = "read_figures"
CHECK_SUGGESTIONS = "check_suggestions"
SCREEN_SUGGESTIONS = "screen_suggestions"
HANDLE_TASKS = "handle_tasks"
SIGN_REPLIES = "sign_replies"
READ_MATTERS = "read_matters"
KEEP_MATTERS = "keep_matters"
KEEP_ROSTER = "keep_roster"
IMPORT = "import"
KEEP_ACCOUNTS = "keep_accounts"
RESET_PASSWORDS = "reset_passwords"  # noqa: S105 - the name of a permission
KEEP_RULES = "keep_rules"
KEEP_STATIONS = "keep_stations"
SERVE_STATIONS = "serve_stations"
READ_LOG = "read_log"
KEEP_SYSTEM = "keep_system"
READ_CONTACTS = "read_contacts"
LOG_CONTACTS = "log_contacts"
KEEP_PAIRINGS = "keep_pairings"
KEEP_VOTERS = "keep_voters"
READ_DOSSIERS = "read_dossiers"
READ_GROUPS = "read_groups"

READ_ACTIVITIES = "read_activities"
JOIN_ACTIVITIES = "join_activities"
RUN_ACTIVITIES = "run_activities"
READ_NOTICES = "read_notices"
KEEP_NOTICES = "keep_notices"

_READERS = {READ_SUGGESTIONS}
_INVITED = {READ_ACTIVITIES, JOIN_ACTIVITIES, READ_NOTICES}
_CONTACTS = {READ_CONTACTS, LOG_CONTACTS}
_DEPUTYS = {*_CONTACTS, KEEP_VOTERS, READ_DOSSIERS, READ_GROUPS}

GRANTS: Mapping[str, frozenset[str]] = {
    DEPUTY: frozenset({*_INVITED, *_DEPUTYS, READ_MATTERS, SUGGEST, SERVE_STATIONS, *_READERS}),
    CLERK: frozenset(
        {
            *(SCREEN_SUGGESTIONS, KEEP_ROSTER, IMPORT, RESET_PASSWORDS, KEEP_RULES, READ_FIGURES, KEEP_STATIONS),
            *(READ_MATTERS, KEEP_MATTERS, KEEP_PAIRINGS, READ_DOSSIERS, READ_GROUPS, *_CONTACTS),
            *(READ_ACTIVITIES, RUN_ACTIVITIES, READ_NOTICES, KEEP_NOTICES),
            *_READERS,
        }
    ),
    DELEGATION: frozenset({READ_GROUPS, READ_ACTIVITIES, READ_CONTACTS, CHECK_SUGGESTIONS, *_READERS}),
    GOV_OFFICE: frozenset({READ_FIGURES, *_READERS}),
    HANDLER: frozenset({*_CONTACTS, READ_MATTERS, HANDLE_TASKS, *_READERS}),
    SIGNER: frozenset({*_CONTACTS, READ_MATTERS, HANDLE_TASKS, SIGN_REPLIES, *_READERS}),
    SECTION: frozenset({HANDLE_TASKS, *_READERS}),
    LEADER: frozenset({READ_GROUPS, *_INVITED, *_CONTACTS, READ_MATTERS, *_READERS}),
    SC_MEMBER: frozenset({READ_GROUPS, *_INVITED, *_CONTACTS, READ_MATTERS, *_READERS}),
    COMMITTEE: frozenset({*_INVITED, *_CONTACTS, *_READERS}),
    STATION: frozenset({KEEP_STATIONS, READ_MATTERS, KEEP_MATTERS}),
    SYSTEM_ADMIN: frozenset({KEEP_SYSTEM, KEEP_ACCOUNTS}),
    SECURITY_ADMIN: frozenset({KEEP_ACCOUNTS, RESET_PASSWORDS}),
    AUDITOR: frozenset({READ_LOG}),
}

# 三员分立: no account may hold two of these (GB/T 22239-2019, 安全管理中心).
APART = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR)


def may(role: str, permission: str) -> bool:
    """Whether the role carries the permission; an unknown role carries none."""
    return permission in GRANTS.get(role, frozenset())
