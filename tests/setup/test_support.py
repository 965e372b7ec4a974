"""The test ground itself: pages with faults are noticed, forms are sent as a browser would send them."""

import pytest

from tests.support.html import Page

GOOD = """<!doctype html><html lang="zh-CN"><head><title>页</title></head><body><main><h1>页</h1>
<form method="post" action="/save"><input type="hidden" name="csrf_token" value="t"><label for="a">题目</label>
<input id="a" name="title" value="甲"><label>情况<textarea name="body">
第一行
第二行</textarea></label>
<label>类别<select name="kind"><option value="1">一</option><option value="2" selected>二</option></select></label>
<label><input type="checkbox" name="also" value="x" checked>甲</label>
<label><input type="checkbox" name="also" value="y" checked>乙</label>
<label><input type="radio" name="one" value="n">丙</label><button name="act" value="send">送出</button></form>
<svg aria-hidden="true"><use href="/assets/icons.svg#bell"/></svg></main></body></html>"""


def test_a_good_page_has_no_complaints() -> None:
    assert Page(GOOD).complaints(frozenset({"bell"})) == []


def test_a_form_sends_what_a_browser_would() -> None:
    form = Page(GOOD).form("/save")
    assert form.fields == {
        "csrf_token": "t", "title": "甲", "body": "第一行\n第二行", "kind": "2", "also": ["x", "y"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('lang="zh-CN"', 'lang="en"', "lang"),
        ("<title>页</title>", "", "title"),
        ("<h1>页</h1>", "", "h1"),
        ("<h1>页</h1>", "<h1>页</h1><h1>页</h1>", "h1"),
        ('<label for="a">题目</label>', "", "no label"),
        ("<main>", '<main><p id="a">', "2 times"),
        ('name="csrf_token"', 'name="other"', "csrf"),
        ("<h1>", '<h1 style="color:red">', "inline style"),
        ("<main>", "<main><script>1</script>", "inline script"),
        ("<h1>", '<h1 onclick="x()">', "event attribute"),
        ("#bell", "#bull", "sprite"),
        ("<main>", '<main><a href="/x"></a>', "no words"),
        ("<main>", '<main><img src="/x">', "no alt"),
        ('id="a"', 'id="a" aria-describedby="gone"', "not there"),
    ],
)
def test_a_planted_fault_is_noticed(old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert any(complaint in said for said in Page(GOOD.replace(old, new, 1)).complaints(frozenset({"bell"})))
