"""Nothing that came from outside becomes code: no built SQL, no shell, no eval, no pickles, no templates from data."""

import ast
from collections.abc import Iterator

import pytest

from tests.rules.sources import called, dotted, findings

SQL_DOORS = frozenset(
    {"text", "exec_driver_sql", "literal_column", "execute", "executemany", "executescript", "DDL", "TextClause"}
)
SHELLS = frozenset(
    {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"}
)
EVALUATORS = frozenset({"eval", "exec", "compile", "__import__"})
PICKLES = frozenset({"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle"})
TEMPLATE_DOORS = frozenset({"render_template_string", "from_string"})
# The offices' own letters: read by portal/letters/language.py, run in a sandbox (tests/letters/test_templates.py).
SANDBOX = "portal/letters/rendering.py"
# (file, the built statement as written): why it is harmless.
REASONS: dict[tuple[str, str], str] = {
    ("portal/core/db.py", "f'PRAGMA {setting}'"): "PRAGMA takes no parameters; the settings are the constants above it",
    ("portal/core/durability.py", "f'PRAGMA {name}'"): "as above",
    ("portal/backup/digests.py", "f'SELECT {listed} FROM {quote(table)} ORDER BY {ordered}'"): (
        "names of tables and columns cannot be parameters; they come from the database's own catalogue, quoted"
    ),
    ("portal/backup/engines.py", "f'CREATE DATABASE {quoted}'"): "a database's name cannot be a parameter; quoted",
    ("portal/backup/engines.py", "f'DROP DATABASE {quoted} WITH (FORCE)'"): "as above",
}


def is_built(node: ast.AST) -> bool:
    """Whether the expression is a string put together from parts that are not all constants."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return not (isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        from_constant = isinstance(node.func.value, ast.Constant)
        return node.func.attr in ("format", "format_map") or (from_constant and node.func.attr in ("join", "replace"))
    if isinstance(node, ast.IfExp):
        return is_built(node.body) or is_built(node.orelse)
    return False


def dangers(path: str, text: str) -> Iterator[str]:
    """Every door through which data could become code."""
    tree = ast.parse(text)
    for scope in ast.walk(tree):
        if isinstance(scope, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef)):
            built = _built_names(scope)
            for node in _own_nodes(scope):
                if isinstance(node, ast.Call):
                    yield from (f"{path}:{node.lineno} {fault}" for fault in _call_faults(path, node, built))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] + [str(getattr(node, "module", ""))]
            if PICKLES & {name.split(".")[0] for name in names}:
                yield f"{path}:{node.lineno} imports a pickle"


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _own_nodes(child)


def _built_names(scope: ast.AST) -> dict[str, ast.AST]:
    names: dict[str, ast.AST] = {}
    for node in _own_nodes(scope):
        if isinstance(node, ast.Assign) and is_built(node.value):
            names.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = ast.BinOp(ast.Name(node.target.id), node.op, node.value)
    return names


def _call_faults(path: str, node: ast.Call, built: dict[str, ast.AST]) -> Iterator[str]:
    name, whole = called(node), dotted(node.func)
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Name):
        first = built.get(first.id, first)
    if name in SQL_DOORS and first is not None and is_built(first) and (path, ast.unparse(first)) not in REASONS:
        yield f"builds SQL: {ast.unparse(first)}"
    if name == "Markup" and first is not None and is_built(first):
        yield "marks a built string as safe HTML"
    if any(keyword.arg == "shell" and not _is_false(keyword.value) for keyword in node.keywords) or whole in SHELLS:
        yield "starts a shell"
    if isinstance(node.func, ast.Name) and name in EVALUATORS:
        yield f"runs data as code by {name}"
    if name in TEMPLATE_DOORS and path != SANDBOX:
        yield f"makes a template of data by {name}"
    if whole in ("yaml.load", "yaml.unsafe_load", "yaml.full_load", "tempfile.mktemp"):
        yield f"uses {whole}"


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_data_never_becomes_code() -> None:
    found = findings(dangers, "portal", "migrations", "bench", "start.py", "wsgi.py")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "session.execute(text(f'SELECT * FROM {name}'))",
        "text('SELECT * FROM t WHERE a = ' + name)",
        "text('SELECT %s' % name)",
        "text('SELECT {}'.format(name))",
        "connection.execute('SELECT ' + name)",
        "def f(name):\n    statement = f'SELECT {name}'\n    return text(statement)",
        "def f(name):\n    statement = 'SELECT 1'\n    statement += name\n    return text(statement)",
        "literal_column(f'{name} DESC')",
        "subprocess.run(command, shell=True)",
        "os.system('ls ' + name)",
        "eval(name)",
        "exec(name)",
        "import pickle",
        "from pickle import loads",
        "yaml.load(body)",
        "render_template_string(body)",
        "environment.from_string(body)",
        "Markup(f'<b>{name}</b>')",
    ],
)
def test_a_planted_danger_is_found(line: str) -> None:
    assert list(dangers("portal/x.py", line))


def test_constants_and_parameters_are_no_danger() -> None:
    text = "session.execute(text('SELECT :a'), {'a': name})\nMarkup('<b>{}</b>').format(name)\nre.compile(name)"
    assert not list(dangers("portal/x.py", text))
