"""The templates that ship, built when first asked for and kept: nothing binary lies in the tree."""

from functools import lru_cache

from portal.letters import layout
from portal.letters.kinds import KINDS, Kind
from portal.letters.layout import CENTER, LEFT, RIGHT, Paper

TICK = "□"


@lru_cache(maxsize=len(KINDS))
def template(name: str) -> bytes:
    """The .docx template of a kind; raises KeyError for an unknown kind."""
    kind = KINDS[name]
    return {"letter": _letter, "sheet": _sheet, "survey": _survey, "dossier": _dossier}[kind.form](kind)


def _letter(kind: Kind) -> bytes:
    paper = Paper()
    if "类别" in kind.by_label:
        paper.tag("if 类别")
        layout.boxed(paper, " {{ 类别 }} ", "　{{ 公开方式 }}")
        paper.tag("endif")
    layout.red_head(paper, "{{ 发文机关 }}")
    paper.line("{{ 发文字号 }}", RIGHT).paragraph_format.space_before = layout.Pt(8)
    layout.heading(paper, "{{ 标题 }}")
    paper.line("{{ 主送 }}：", LEFT)
    _body(paper)
    if kind.name == "assignment":
        _units(paper)
    layout.signature(paper, "{{ 落款 }}", "{{ 日期 }}")
    paper.tag("if 联系方式")
    paper.foot("（{{ 联系方式 }}）")
    paper.tag("endif")
    if kind.name == "reply":
        _notes(paper)
    paper.tag("if 抄送")
    layout.copies(paper, "抄送：{{ 抄送 }}。")
    paper.tag("endif")
    return paper.content()


def _body(paper: Paper) -> None:
    """The last paragraph stays with the signature: no page bears a seal alone."""
    paper.tag("for 段 in 正文")
    paper.tag("if loop.last")
    paper.line("{{ 段 }}", indent=2).paragraph_format.keep_with_next = True
    paper.tag("else")
    paper.line("{{ 段 }}", indent=2)
    paper.tag("endif")
    paper.tag("endfor")


def _units(paper: Paper) -> None:
    paper.line(size=8)
    table = paper.table((46, 16, 32, 62))
    layout.repeated_head(layout.row_of(table, ("承办单位", "分工", "诉求点", "期限"), label=True))
    layout.steering_row(table, "for 行 in 承办单位")
    layout.row_of(table, ("{{ 行.单位 }}", "{{ 行.分工 }}", "{{ 行.诉求点 }}", "{{ 行.期限 }}"))
    layout.steering_row(table, "endfor")


def _notes(paper: Paper) -> None:
    """What became of the assisting units' opinions, below the signature: a part of the letter, not of its text."""
    paper.tag("if 会办单位")
    states = "{% for 行 in 会办单位 %}{{ 行.单位 }}{{ 行.情况 }}{% if not loop.last %}；{% endif %}{% endfor %}"
    paper.foot(f"（会办情况：{states}）")
    paper.tag("endif")
    paper.tag("if 会办意见未到说明")
    paper.foot("（会办意见未到的说明：{{ 会办意见未到说明 }}）")
    paper.tag("endif")


def _sheet(kind: Kind) -> bytes:
    paper = Paper()
    layout.heading(paper, "{{ 标题 }}", before=0)
    if kind.name == "receipts":
        _receipts(paper)
        return paper.content()
    table = paper.table((32, 124))
    layout.row_of(table, ("编号", "{{ 建议编号 }}"))
    layout.row_of(table, ("建议", "{{ 建议标题 }}"))
    layout.steering_row(table, "for 行 in 各项")
    layout.row_of(table, ("{{ 行.事项 }}", "{{ 行.内容 }}"))
    layout.steering_row(table, "endfor")
    if "核算日期" in kind.by_label:
        paper.line("核算日期：{{ 核算日期 }}", RIGHT, size=12).paragraph_format.space_before = layout.Pt(12)
    return paper.content()


def _receipts(paper: Paper) -> None:
    facts = paper.table((32, 124))
    for label, words in (("编号", "建议编号"), ("建议", "建议标题"), ("代表", "代表"), ("交办日期", "交办日期")):
        layout.row_of(facts, (label, f"{{{{ {words} }}}}"))
    paper.line(size=12)
    table = paper.table((46, 16, 30, 28, 36))
    heads = ("承办单位（盖章）", "分工", "签收人签字", "联系电话", "签收日期")
    layout.repeated_head(layout.row_of(table, heads, label=True))
    layout.steering_row(table, "for 行 in 承办单位")
    layout.row_of(table, ("{{ 行.单位 }}", "{{ 行.分工 }}", "", "", "{{ 行.签收日期 }}"), height=16)
    layout.steering_row(table, "endfor")


def _survey(_kind: Kind) -> bytes:
    paper = Paper()
    layout.heading(paper, "{{ 标题 }}", before=0)
    back = "请在{{ 评价期限 }}前登录平台评价，或填写本表交{{ 交回何处 }}。"
    paper.tag("if 评价期限")
    paper.line(back, CENTER, size=12).paragraph_format.space_after = layout.Pt(6)
    paper.tag("endif")
    table = paper.table((34, 122))
    for label, words in (
        ("编号", "{{ 建议编号 }}"),
        ("建议", "{{ 建议标题 }}"),
        ("代表", "{{ 代表 }}"),
        ("承办单位", "{{ 承办单位 }}"),
        ("答复", "{{ 答复日期 }}　{{ 发文字号 }}"),
        ("办理类别", "{{ 类别 }}"),
    ):
        layout.row_of(table, (label, words))
    boxes = "{% for 行 in 评价等次 %}" + TICK + "{{ 行.等次 }}　　{% endfor %}"
    layout.row_of(
        table, ("答复前是否\n与您联系", f"{TICK}当面　{TICK}上门　{TICK}电话　{TICK}座谈会　{TICK}其他　{TICK}没有联系")
    )
    layout.row_of(table, ("办理态度", boxes))
    layout.row_of(table, ("办理结果", boxes))
    layout.row_of(table, ("办理类别\n是否恰当", f"{TICK}恰当　　{TICK}不恰当，应为：＿＿＿＿"))
    layout.row_of(table, ("答复是否\n可以公开", f"{TICK}可以　　{TICK}不可以，理由：＿＿＿＿＿＿＿＿"))
    layout.row_of(table, ("意见和理由\n（不满意的\n请写明理由）", ""), height=26)
    sign = layout.row_of(table, ("代表签名", "　　　　　　　　　　　　　　年　　月　　日"), height=14)
    sign.cells[1].paragraphs[0].alignment = RIGHT
    return paper.content()


def _dossier(_kind: Kind) -> bytes:
    paper = Paper()
    layout.heading(paper, "{{ 标题 }}", before=0)
    facts = paper.table((22, 56, 22, 56))
    layout.row_of(facts, ("姓名", "{{ 姓名 }}", "代表团", "{{ 代表团 }}"))
    layout.row_of(facts, ("选区", "{{ 选区 }}", "代表证号", "{{ 代表证号 }}"))
    paper.line(size=12)
    totals = paper.table((84, 36, 36))
    layout.repeated_head(layout.row_of(totals, ("项目", "数量", "得分"), label=True))
    layout.steering_row(totals, "for 行 in 汇总")
    layout.row_of(totals, ("{{ 行.项目 }}", "{{ 行.数量 }}", "{{ 行.得分 }}"))
    layout.steering_row(totals, "endfor")
    paper.tag("if 积分")
    paper.line("全年积分：{{ 积分 }}", RIGHT, size=12).paragraph_format.space_before = layout.Pt(6)
    paper.tag("endif")
    paper.line(size=12)
    entries = paper.table((24, 44, 66, 22))
    layout.repeated_head(layout.row_of(entries, ("日期", "项目", "内容", "备注"), label=True))
    layout.steering_row(entries, "for 行 in 明细")
    layout.row_of(entries, ("{{ 行.日期 }}", "{{ 行.项目 }}", "{{ 行.内容 }}", "{{ 行.备注 }}"))
    layout.steering_row(entries, "endfor")
    paper.line("制表日期：{{ 制表日期 }}", RIGHT, size=12).paragraph_format.space_before = layout.Pt(12)
    paper.line("代表签名：＿＿＿＿＿＿＿＿　　代表工委（盖章）：＿＿＿＿＿＿＿＿", LEFT, size=12)
    return paper.content()
