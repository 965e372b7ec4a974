"""Walking through the portal by its links, as one person: every route that a link leads to, a few pages of each."""

from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.support.html import Page
from tests.support.inspecting import InspectingClient

PAGES_PER_ROUTE = 2


def crawl(
    app: Flask, client: InspectingClient, start: str = "/", each: int = PAGES_PER_ROUTE
) -> Iterator[tuple[str, Page]]:
    """(path, page) of up to `each` pages per route; a link to a page that is not there, or that breaks, is an error."""
    waiting, seen, visits = deque([(start, "")]), {start}, Counter[str]()
    while waiting:
        path, found_on = waiting.popleft()
        response = client.get(path, follow_redirects=True)
        assert response.status_code < 400, f"{path}, linked on {found_on or 'no page'}, answers {response.status_code}"
        if response.mimetype != "text/html":
            continue
        page = Page(response.text)
        yield path, page
        for link in page.links:
            target = urldefrag(urljoin(path, link)).url
            route = _route(app, target)
            if route and target not in seen and visits[route] < each:
                seen.add(target)
                visits[route] += 1
                waiting.append((target, path))


def _route(app: Flask, target: str) -> str:
    """The rule that answers a GET of the address; nothing for other hosts."""
    parts = urlsplit(target)
    if parts.netloc or parts.scheme:
        return ""
    try:
        rule, _ = app.url_map.bind("localhost").match(parts.path, method="GET", return_rule=True)
    except HTTPException:
        return f"broken {parts.path}"  # visited, so that the crawl reports it
    return str(rule)
