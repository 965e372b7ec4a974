"""Every letter as a Word file, to be looked at: filled in with its sample, and once more with long names and texts.

python -m tests.letters.samples FOLDER
"""

import sys
from pathlib import Path
from typing import Any

from portal.letters import shipped
from portal.letters.kinds import KINDS, Kind
from portal.letters.rendering import filled

UNIT = "示范区综合行政执法局（示范区城市管理局）"
TITLE = (
    "关于推进清河街道老旧小区加装电梯、适老化改造、楼道扶手照明更新以及建立一个窗口受理二十个工作日办结机制的若干条建议"
)
NAMES = "、".join(["沈若兰", "李秀英", "王海", "欧阳·买买提", "张建国"] * 4)
PARAGRAPH = "一、关于一个窗口受理。" + "已经落实，街道政务服务大厅统一受理，规划、消防、特种设备并联审查。" * 5


def long(kind: Kind) -> dict[str, Any]:
    """The longest that may happen: twenty signers, a title of sixty signs, two lines of sender, ten units."""
    values = dict(kind.sample())
    broken = UNIT.replace("（", "\n（")
    for name, value in {
        "item_title": TITLE,
        "deputies": NAMES,
        "unit": UNIT,
        "organ": broken,
        "signed": broken,
    }.items():
        if name in values:
            values[name] = value
    if kind.form == "letter":
        values["to"] = f"{NAMES}代表" if kind.name == "reply" else "、".join([UNIT] * 4)
        values["body"] = [f"你们提出的《{TITLE}》收悉。现答复如下：", *[PARAGRAPH] * 5]
    if "units" in values:
        values["units"] = [{**row, "unit": UNIT} for row in values["units"]] * 5
    return values


def main(folder: Path) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS.values():
        for name, values in ((kind.name, kind.sample()), (f"{kind.name}-long", long(kind))):
            (folder / f"{name}.docx").write_bytes(filled(shipped.template(kind.name), kind, values))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
