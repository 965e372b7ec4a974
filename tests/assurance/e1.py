"""E1 (messages and tracking): limits are exact whatever process answers, and after a restart; X-Forwarded-For makes no
new buckets; whoever answers the plain question behind the same address gets through."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

from portal.stations import message_actions, message_tracking
from tests.assurance.harness import Client, application, hidden_fields
from tests.assurance.poster import SHEET, answered, fill, leave, look, with_stations
from tests.support.browser import serving

ALLOWED, TRIES = 3, 10
QUICK, FULL = 24, 2_000
ASKED = 8
AT_ONCE = 8


def _spoofed(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"203.0.{number // 250}.{number % 250}", "Forwarded": f"for=198.51.100.{number % 250}"}


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Over the wire, many at once."""
    most = QUICK if quick else FULL
    with with_stations(engine) as running:
        with ThreadPoolExecutor(AT_ONCE) as together:
            clients = [Client(running.url) for _ in range(most)]
            left = Counter(
                together.map(lambda n: leave(clients[n], f"第{n}件事：路灯不亮。", _spoofed(n)).status, range(most))
            )
            looked = Counter(together.map(lambda n: look(clients[n], f"{n:025d}", _spoofed(n)).status, range(most)))
        known = 0
        for number in range(ASKED):
            client = Client(running.url)
            refused = leave(client, f"第{number}位邻居：路灯不亮。")
            known += answered(client, refused, f"第{number}位邻居：路灯不亮。").status == 200
        data, more = running.data, {"DATABASE_URL": running.environment.get("DATABASE_URL", "")}
        running.process.terminate()
        running.process.wait()
        with serving(data, "test", **{name: value for name, value in more.items() if value}) as again:
            after = leave(Client(again.url), "重启以后再发一件。").status, look(Client(again.url), "1" * 25).status
    ok = left == {200: ALLOWED, 429: most - ALLOWED} and looked == {422: TRIES, 429: most - TRIES}
    figure = f"{most} messages: {left[200]} kept, {left[429]} refused; {most} tries: {looked[422]} looked up"
    figure += f"; {known}/{ASKED} by the question; after a restart {after[0]} and {after[1]}"
    return figure + "; directory pages not counted here", ok and known >= ASKED * 0.95 and after == (429, 429)


def negative_control() -> str:
    """With the counting gone more than three get through; the first red line."""
    with application("sqlite") as app:
        fill(app)
        client = app.test_client()
        with mock.patch.object(message_actions.tries, "spend", return_value=1):
            with mock.patch.object(message_actions.tries, "used_up", return_value=False):
                statuses = [_inside(client, number) for number in range(ALLOWED + 1)]
        assert message_tracking.TRACKING[0][0] == TRIES
    assert statuses[-1] == 200, "the fourth message was refused all the same"
    return f"the 4th message in ten minutes answered {statuses[-1]}"


def _inside(client: Any, number: int) -> int:
    page = client.get(SHEET).get_data(as_text=True)
    fields = {**hidden_fields(page, SHEET), "text": f"第{number}件事：路灯不亮。"}
    return int(client.post(SHEET, data=fields).status_code)
