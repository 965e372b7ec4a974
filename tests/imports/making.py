"""Files made for tests: workbooks, ledgers in a header style of their own, rosters with planted faults."""

import io
import random
import zipfile
from datetime import date, timedelta

import xlsxwriter

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文斌玉兰海燕志远思佳"
PLACES = "清河 东山 城关 开发区 柳林 西塘".split()
OFFICES = "区教育局 区民政局 区水利局 区财政局 区交通运输局 区住房和城乡建设局 区城市管理局".split()
MATTERS = "道路照明 排水管网 学校停车 公交线路 养老服务 河道整治 农田水利 垃圾分类 老旧小区改造 停车位".split()


def workbook(rows, formulas=(), dates=(), merged=()) -> bytes:
    """An .xlsx of `rows`; `formulas` are ((row, column), formula) and `dates` (row, column) positions from 0."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy年m月d日"})
        for number, row in enumerate(rows):
            for at, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, at, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, at, cell)
                else:
                    sheet.write(number, at, cell)
        for (number, at), formula in formulas:
            sheet.write_formula(number, at, formula, None, 13900000000)
        for first, last, word in merged:
            sheet.merge_range(*first, *last, word)
    return target.getvalue()


def repacked(data: bytes, member: str, change) -> bytes:
    """The package with one member changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            content = source.read(name)
            package.writestr(name, change(content) if name == member else content)
    return target.getvalue()


def id_number(born: date, order: int) -> str:
    """A valid citizen's number."""
    body = f"110101{born:%Y%m%d}{order % 1000:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def name(order: int) -> str:
    """Names that differ for 30 × 33 × 33 people."""
    return SURNAMES[order % 30] + GIVEN[order // 30 % 33] + GIVEN[order // 990 % 33]


def roster(size: int) -> list[list]:
    """Heading and `size` sound rows."""
    rows = [["姓名", "性别", "出生年月", "手机", "身份证号码", "所属代表团", "选区"]]
    for order in range(size):
        born = date(1960, 1, 1) + timedelta(days=order)
        rows.append(
            [
                *(name(order), "男女"[order % 2], f"{born:%Y.%m}", f"139{order:08}", id_number(born, order)),
                *(PLACES[order % 6] + "代表团", f"{order % 40}选区"),
            ]
        )
    return rows


def ledger(size: int, seed: int = 2) -> list[list]:
    """A third style: two rows of headings under a merged title, other words, other order, dates in every style."""
    chance = random.Random(seed)
    rows: list[list] = [["2025年度人大代表建议办理情况汇总表"], ["制表：示范区人大常委会代工委"]]
    rows.append(
        [
            "建议案由",
            "建议编号",
            "所属会议",
            "提建议人",
            "联名人数",
            "办理单位",
            "",
            "办理情况",
            "",
            "",
            "代表满意度",
            "经费",
        ]
    )
    rows.append(["", "", "", "", "", "主办", "会办", "结果类别", "办复时间", "承诺事项", "", ""])
    for order in range(size):
        day = date(2025, 3, 1) + timedelta(days=order % 200)
        style = order % 6
        written = (
            *(day.strftime("%Y.%-m.%-d"), day.strftime("%Y年%-m月%-d日"), day.strftime("%Y%m%d")),
            *(day, day.isoformat(), ""),
        )[style]
        rows.append(
            [
                f"关于{PLACES[order % 6]}{chance.choice(MATTERS)}的建议之{order + 1}",
                *(f"{'闭' if order % 5 == 0 else '第'}{order + 1:03}号", "区十八届人大一次会议" if order % 7 else ""),
                *(name(order), order % 9 if order % 4 else "", OFFICES[order % 7]),
                "、".join(OFFICES[(order + 1) % 7 : (order + 1) % 7 + order % 3]),
                *("ABC"[order % 3] + "类" if order % 8 else "", written),
                *("2026年底前完成" if order % 11 == 0 else "", ("满意", "基本满意", "不满意", "")[order % 4], order),
            ]
        )
    rows.append(["合计", size])
    return rows
