"""What a message and each of its steps asks for, declared once for page and program."""

from collections.abc import Sequence

from portal.core.fields import Choice, Field
from portal.stations.message_rules import DOUBTS, LEAST_TEXT, LONGEST_TEXT, MOST_PHOTOS, RATINGS

NO_DAY = "none"


def to_leave(days: Sequence[Choice], question: str = "") -> tuple[Field, ...]:
    """The sheet of the public: what happened, photographs, a reception day, a telephone number if they wish."""
    found = [
        Field(
            *("text", "您想说什么", "text"),
            required=False,
            least=LEAST_TEXT,
            most=LONGEST_TEXT,
            hint="什么事、在哪里、希望怎么办。可以用键盘上的话筒说话打字",
        ),
        Field("photos", "照片", "files", required=False, most=MOST_PHOTOS, hint=f"最多{MOST_PHOTOS}张，每张20MB以内"),
        Field("voice", "说一段话", "file", required=False, hint="不方便打字的，可以录一段话，三分钟以内"),
    ]
    if days:
        choices = [(NO_DAY, "不预约，只留言"), *days]
        found.append(Field("reception", "要当面说？预约接待日", "choice", required=False, choices=choices))
    found.append(
        Field("phone", "手机号码", "line", required=False, most=20, hint="只用来告诉您有了答复；站里的人才看得到")
    )
    if question:
        found.append(Field("answer", question, "line", most=10, hint="写数字就行", missing="请先回答这个问题。"))
    return tuple(found)


RELEASE = (
    Field("title", "标题", "line", most=60, hint="一句话说清是什么事，不写姓名和电话"),
    Field("text", "内容", "text", most=2000, hint="姓名、电话、门牌号请删去；转出去的是这一段，原话留在这里"),
)
QUARANTINE = (
    Field("reason", "为什么不采用", "text", least=4, most=400, hint="只有站里和代表工委看得到，随时可以再采用"),
)
RATE = (
    Field("rating", "办得怎么样", "choice", choices=list(RATINGS.items())),
    Field("note", "想说的话", "text", required=False, most=500, hint="没有解决的，请写一句还差什么"),
)
SIGNS = DOUBTS
