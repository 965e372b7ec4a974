"""Reading a page as a person without JavaScript would: headings, forms, fields, links, and what is wrong with it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = frozenset("area base br col embed hr img input link meta source track wbr".split())
LABELLED = frozenset({"input", "select", "textarea"})
UNLABELLED_TYPES = frozenset({"hidden", "submit", "button", "image", "reset"})


@dataclass
class Element:
    """One element with its attributes, its parent and what it holds."""

    tag: str
    attrs: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """This element and all below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str) -> list["Element"]:
        return [element for element in self.walk() if element.tag in tags]

    @property
    def text(self) -> str:
        """What is read, blanks joined."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in ("script", "style", "template"):
                yield from child._pieces()
                yield " "

    def inside(self, tag: str) -> "Element | None":
        """The nearest element of that name around this one."""
        around = self.parent
        while around is not None and around.tag != tag:
            around = around.parent
        return around


class Reader(HTMLParser):
    """Builds the tree; forgiving where browsers are."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("#document", {})
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in EMPTY:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        around = self.here
        while around.parent is not None and around.tag != tag:
            around = around.parent
        if around.parent is not None:
            self.here = around.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


@dataclass
class Form:
    """One form: where it goes, and the values a browser would send untouched."""

    element: Element
    action: str
    method: str

    @property
    def fields(self) -> dict[str, str | list[str]]:
        """Name → value, several values of one name as a list; buttons and files are not sent untouched."""
        sent: dict[str, list[str]] = {}
        for name, value in self._sent():
            sent.setdefault(name, []).append(value)
        return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}

    def _sent(self) -> Iterator[tuple[str, str]]:
        for element in self.element.all(*LABELLED):
            name = element.attrs.get("name")
            if not name or "disabled" in element.attrs:
                continue
            kind = element.attrs.get("type", "text")
            if element.tag == "textarea":
                written = "".join(part for part in element.children if isinstance(part, str))
                yield name, written.removeprefix("\r").removeprefix("\n")
            elif element.tag == "select":
                yield from ((name, value) for value in _chosen(element))
            elif kind in ("checkbox", "radio"):
                if "checked" in element.attrs:
                    yield name, element.attrs.get("value", "on")
            elif kind not in ("submit", "button", "image", "reset", "file"):
                yield name, element.attrs.get("value", "")


def _chosen(select: Element) -> list[str]:
    options = select.all("option")
    chosen = [option for option in options if "selected" in option.attrs]
    if not chosen and "multiple" not in select.attrs:
        chosen = options[:1]
    return [option.attrs.get("value", option.text) for option in chosen]


class Page:
    """A fetched page, read."""

    def __init__(self, text: str):
        self.source = text
        self.root = Reader(text).root

    @property
    def title(self) -> str:
        return " ".join(element.text for element in self.root.all("title") if element.inside("svg") is None)

    @property
    def heading(self) -> str:
        return " ".join(element.text for element in self.root.all("h1"))

    @property
    def text(self) -> str:
        """Everything readable in the body."""
        bodies = self.root.all("body")
        return (bodies[0] if bodies else self.root).text

    @property
    def links(self) -> list[str]:
        return [element.attrs["href"] for element in self.root.all("a") if "href" in element.attrs]

    @property
    def forms(self) -> list[Form]:
        return [
            Form(element, element.attrs.get("action", ""), element.attrs.get("method", "get").lower())
            for element in self.root.all("form")
        ]

    def form(self, action: str = "") -> Form:
        """The one posting form whose action contains `action`; AssertionError lists what there is."""
        found = [form for form in self.forms if form.method == "post" and action in form.action]
        if action == "" and len(found) > 1:
            found = [form for form in found if form.element.inside("main") is not None] or found
        assert found, f"no posting form for {action!r}; there are {[form.action for form in self.forms]}"
        return found[0]

    def complaints(self, icons: frozenset[str] | None = None) -> list[str]:
        """What is wrong with the page as a page; empty for a good one. `icons`: symbols that the sprite has."""
        return [
            *self._document_complaints(),
            *self._label_complaints(),
            *self._form_complaints(),
            *self._policy_complaints(),
            *(self._icon_complaints(icons) if icons is not None else ()),
        ]

    def _document_complaints(self) -> Iterator[str]:
        documents = self.root.all("html")
        if not documents or documents[0].attrs.get("lang") != "zh-CN":
            yield 'html has no lang="zh-CN"'
        if not self.title:
            yield "no title"
        headings = len(self.root.all("h1"))
        if headings != 1:
            yield f"{headings} h1 instead of one"
        if len(self.root.all("main")) != 1:
            yield "not exactly one main"
        ids = Counter(element.attrs["id"] for element in self.root.walk() if "id" in element.attrs)
        yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1)

    def _label_complaints(self) -> Iterator[str]:
        ids = {element.attrs["id"] for element in self.root.walk() if "id" in element.attrs}
        labels = {element.attrs.get("for") for element in self.root.all("label")}
        for element in self.root.all(*LABELLED):
            attrs = element.attrs
            if attrs.get("type") in UNLABELLED_TYPES or attrs.get("aria-label") or attrs.get("title"):
                continue
            if attrs.get("id") not in labels and element.inside("label") is None and not attrs.get("aria-labelledby"):
                yield f"{element.tag} {attrs.get('name') or attrs.get('id')!r} has no label"
        for element in self.root.walk():
            for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
                for target in element.attrs.get(name, "").split():
                    if target not in ids:
                        yield f"{element.tag} points by {name} at #{target}, which is not there"
        yield from (f"img {e.attrs.get('src')!r} has no alt" for e in self.root.all("img") if "alt" not in e.attrs)
        for element in self.root.all("a", "button"):
            if not element.text and not element.attrs.get("aria-label") and not element.all("img", "title"):
                yield f"{element.tag} {element.attrs.get('href', '')!r} has no words"

    def _form_complaints(self) -> Iterator[str]:
        for form in self.forms:
            # Whoever is not signed in gets a signed sheet instead of a session's token (portal/web/anonymous.py).
            if form.method == "post" and not (form.fields.get("csrf_token") or form.fields.get("sheet")):
                yield f"form to {form.action!r} has no csrf token"
            if form.element.inside("form") is not None:
                yield f"form to {form.action!r} stands inside another form"

    def _policy_complaints(self) -> Iterator[str]:
        for element in self.root.walk():
            if "style" in element.attrs or element.tag == "style":
                yield f"inline style on {element.tag}"
            data = element.attrs.get("type") == "application/json"
            if element.tag == "script" and "src" not in element.attrs and not data:
                yield "inline script"
            yield from (f"event attribute {name} on {element.tag}" for name in element.attrs if name.startswith("on"))

    def _icon_complaints(self, icons: frozenset[str]) -> Iterator[str]:
        for element in self.root.all("use"):
            address, _, name = element.attrs.get("href", "").partition("#")
            if address and name not in icons:
                yield f"icon {name!r} is not in the sprite"
