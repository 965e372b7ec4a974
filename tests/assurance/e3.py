"""E3: nothing is published without a person's approval, nothing genuine is lost; honeypot and time trap are silent to
machines, work without JavaScript and ask no other host."""

import random
import re
from typing import Any
from unittest import mock

from portal.core import clock
from portal.core.db import db
from portal.matters.models import Matter
from portal.stations import message_actions, message_pages, message_rules
from portal.stations.message_models import Message
from tests.assurance.harness import application, hidden_fields
from tests.assurance.poster import CODE, SHEET, fill

QUICK, FULL = 60, 500
PLACES = ("惠民路", "建设路", "月亮湾小区", "滨河菜市场", "实验小学东门", "清河桥下")
TROUBLES = ("路灯不亮，晚上看不见", "垃圾没有人清", "停水三天了", "公交车太少", "电梯坏了没人修", "井盖松动，很危险")
SPAM = ("低价办证加微信", "贷款秒到账，加QQ详谈", "代开发票点这里 www.fapiao.top", "免费领取手机 http://free.vip/a")
SIZES = re.compile(r"[A-Za-z0-9_.\-]{40,}|\d[\d ]{20,}")


def corpus(chance: random.Random, most: int) -> list[tuple[bool, str]]:
    """(genuine, text) pairs, mixed."""
    good = [(True, f"{chance.choice(PLACES)}{chance.choice(TROUBLES)}，第{n}户反映😀") for n in range(most)]
    bad = [(False, f"{chance.choice(SPAM)}{n}") for n in range(most)]
    mixed = good + bad
    chance.shuffle(mixed)
    return mixed


def faults(app: Any, labelled: list[tuple[bool, str]]) -> list[str]:
    """One line per message that was lost, published, or told that it was caught."""
    client, found, shapes = app.test_client(), [], set()
    for number, (genuine, text) in enumerate(labelled):
        where = {"REMOTE_ADDR": f"10.{number // 62500}.{number // 250 % 250}.{number % 250}"}
        page = client.get(SHEET, environ_overrides=where).get_data(as_text=True)
        sent = {**hidden_fields(page, SHEET), "text": text, **({} if genuine else {message_pages.TRAP: "x"})}
        answer = client.post(SHEET, data=sent, environ_overrides=where)
        said = answer.get_data(as_text=True)
        if genuine and not (answer.status_code == 200 and CODE.search(said)):
            found.append(f"a genuine message answered {answer.status_code}")
        if answer.status_code == 200:
            shapes.add(SIZES.sub("", said))
    if len(shapes) > 1:
        found.append(f"machines are told apart by {len(shapes)} kinds of answers")
    kept = {one.text: one.state for one in db.session.query(Message)}
    found += [f"lost: {text}" for genuine, text in labelled if genuine and kept.get(text) != "received"]
    found += [f"in use: {text}" for genuine, text in labelled if not genuine and kept.get(text) == "received"]
    if db.session.query(Matter).count():
        found.append("something went on without a person's approval")
    return found


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """In this process, from as many addresses as there are people."""
    most = QUICK if quick else FULL
    labelled = corpus(random.Random(seed), most)  # noqa: S311
    with application(engine) as app, mock.patch.object(message_rules, "QUICKEST", 0):
        fill(app)
        began = clock.ticks()
        found = faults(app, labelled)
    figure = f"{most} machine and {most} genuine messages in {clock.ticks() - began:.0f} s: {len(found)} faults"
    return figure + (f"; first: {found[0]}" if found else ""), not found


def negative_control() -> str:
    """With the traps not looked at, what machines wrote waits among the genuine; the first red line."""
    labelled = corpus(random.Random(1), 8)  # noqa: S311
    with application("sqlite") as app, mock.patch.object(message_rules, "QUICKEST", 0):
        fill(app)
        with mock.patch.object(message_actions, "SURELY_A_MACHINE", ()):
            found = faults(app, labelled)
    assert found, "no fault was found"
    return found[0]
