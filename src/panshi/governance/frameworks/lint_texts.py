"""Texts: both languages, Traditional Chinese as used in Taiwan, full-width punctuation.

Half-width punctuation is allowed inside Latin phrases, numbers and references such as `8.1(1)`;
next to a Chinese character it is not. Simplified characters are found by a list of those that have
no place in Traditional text at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from panshi.governance.frameworks.issue import Issue, Rule, Shelf, at
from panshi.governance.frameworks.load import Located
from panshi.model.control import Control, Framework

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HALF_WIDTH = re.compile(rf"[{_HAN}][,;:!?()\[\]]|[,;:!?()\[\]][{_HAN}]|[{_HAN}]\.(?!\d)")
_SIMPLIFIED = frozenset(
    "个为义乐习书买乱争亏云亚产亲仅从仓仪们价众优会伟传伤伦伪体余佣侠侣侦侧侨债倾储儿党兰关兴养兽内写军农冲决况"
    "冻净准凉减凑几凤凭凯击则刚创删别刘刹剂剑剧劝办务动励劲劳势勋匀区医华协单卖卢卫却厂厅历厉压厌厕县参双发变叙"
    "叶号叹吓吗听启员呜响哑啰喷嘱团园围国图圆圣场坏块坚坛坝坟坠垄垒垦垫堕墙壮声壳壶处备复够头夸夹夺奋奖妆妇妈娱"
    "孙学宁宝实宠审宪宫宽宾寝对寻导寿将尔尘尝层屉届属岁岂岗岛岭币帅师帐帜带帮库应庙废广归当录彻径忆忧怀态怜总恋"
    "恳恶恼悬惊惧惨惯愤愿懒戏战户扑执扩扫扬扰抚抛抢护报担拟拢择挂挡挤挥损换据掷搀摄摆摇撑敌数断无旧时显晒晓暂术机"
    "杀杂权条来杨极构枪栋栏树样桥检楼横欢欧歼残殴毁毕毙汇汉汤沟没沪泪泼泽洁浅测济浓涛涨润涩淀渊渐温湾湿满滚滞滤"
    "滥滨灭灯灵灾炉点炼烂烛烟烦烧热爱爷牵牺状犹狈独狭狮猎献玛环现玺珐电画畅疗疮疯痒盏盐监盖盘着睁矿码砖础确碍礼祸"
    "离种积称稳穷窃竞笔笼筑签简粮粪纠纪约级纤纯纲纳纵纷纸纹纺线练组细织终绍经绑结绕绘给络绝统绣继续维绵综绿缓编缘"
    "缩网罗罚罢职联聪肃胁胜胶脉脏脑脚脱脸腊舍舰艺节芦苏苹范荐荡荣药莱获营萧萨葱蓝虏虑虚虫虽蚀蛮蝇袭见观规视览觉触"
    "计订认讨让训议讯记讲许论设访证评识诉词译试诗诚话诞询该详语误说请诸读课谁调谅谈谋谓谢谣谦谨谱贝负贡财责贤败货质"
    "贩贪购贯贱贴贵贷贸费贺贼资赋赌赏赐赔赖赚赛赞趋跃踪车轨转轮软轻载较辅辆辈辉输辑边辽达迁过迈运还这进远违连迟适"
    "选递逻遗邓郑邻酱释里鉴针钉钟钢钥钱铁铃铅铜铝银铸链销锁锅锋错锡键锦镇镜长门闪闭问闯闲间闷闸闹闻阀阁阅队阳阴阵"
    "阶际陆陈险随隐难雾静韦韩页顶项顺须顾顿预领频颖颗题颜额风飞饥饭饮饰饱饿馆马驱驶驻驾验骂骄骑骗骤鱼鲁鲜鸟鸡鸣鹰"
    "麦黄齐齿龙龟防护".replace("防", "")
)
_TRADITIONAL_TOO = frozenset("准余冲几克制里着舍借干复后台面周云只系范占升游朴家布表致凶于松采咨")
"Characters of both scripts, or used in Taiwan as they are."
_SIGNS = _SIMPLIFIED - _TRADITIONAL_TOO
_PAIRS = (("（", "）"), ("「", "」"), ("《", "》"), ("『", "』"))


def validate_texts(shelf: Shelf) -> Iterator[Issue]:
    """Check every text of every control."""
    for located, control in shelf.each_control():
        yield from _languages(located, control)
        for key, text in (
            ("title", control.title_zh),
            ("gist", control.gist_zh),
            ("applies", control.applies_zh),
            ("notes", control.notes_zh),
        ):
            for rule, problem, remedy in faults_in_chinese(text):
                yield at(located, control, key, rule, problem, remedy)
        if not control.gist_zh.endswith("。") or not control.gist_en.endswith("."):
            problem = "the gist is no full sentence"
            yield at(located, control, "gist", Rule.TEXT, problem, "end it with 。 and .")


def validate_headings(shelf: Shelf) -> Iterator[Issue]:
    """Check titles, documents, notes and group names of the frameworks themselves."""
    for located in shelf.frameworks:
        framework = located.content
        chinese = {framework.id: (framework.title_zh, framework.document_zh, *framework.notes_zh)}
        for group in framework.groups:
            chinese[f"group {group.id}"] = (group.title_zh,)
        for entry, texts in chinese.items():
            for text in texts:
                for rule, problem, remedy in faults_in_chinese(text):
                    yield Issue(
                        rule=rule,
                        place=located.place(entry),
                        subject=f"{framework.id}, {entry}",
                        problem=problem,
                        remedy=remedy,
                    )


def faults_in_chinese(text: str) -> Iterator[tuple[Rule, str, str]]:
    """Find what does not belong into a text for readers in Taiwan."""
    half = _HALF_WIDTH.search(text)
    if half:
        remedy = "write full-width punctuation ，。：；！？（）"
        yield Rule.PUNCTUATION, f"half-width sign in {half.group()!r}", remedy
    strange = [sign for sign in text if sign in _SIGNS]
    if strange:
        yield Rule.SIMPLIFIED, f"simplified character {strange[0]!r}", "write Traditional Chinese"
    for opening, closing in _PAIRS:
        if text.count(opening) != text.count(closing):
            yield Rule.PUNCTUATION, f"{opening}{closing} are not paired", "close what is opened"


def _languages(located: Located[Framework], control: Control) -> Iterator[Issue]:
    pairs = {
        "title": (control.title_zh, control.title_en),
        "gist": (control.gist_zh, control.gist_en),
        "applies": (control.applies_zh, control.applies_en),
        "notes": (control.notes_zh, control.notes_en),
    }
    for key, (zh, en) in pairs.items():
        needed = key in {"title", "gist"}
        if bool(zh) != bool(en) or (needed and not zh):
            yield at(located, control, key, Rule.TEXT, "one language is missing", "write zh and en")
        elif re.search(f"[{_HAN}]", en):
            yield at(located, control, key, Rule.TEXT, "Chinese in the English text", "translate")
        elif zh and key == "gist" and not re.search(f"[{_HAN}]", zh):
            yield at(located, control, key, Rule.TEXT, "no Chinese in the text", "translate")
    if control.gist_zh == control.title_zh:
        yield at(located, control, "gist", Rule.TEXT, "the gist repeats the title", "say more")
