"""Language tags (RFC 5646): well formed, and of a language that ISO 639-1 or this region knows."""

from __future__ import annotations

import re
from functools import lru_cache

LANGUAGES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv
    cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr
    ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw
    ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr ns
    nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq
    sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh
    yi yo za zh zu ami bnn cmn dru gan hak kok lzh nan pwn pyu sxr syr tay trv tsu wuu xnb xsy
    yue ckv
    """.split()  # noqa: SIM905 -- reads best as words
)
"ISO 639-1, and languages of three letters spoken in Taiwan or common in this trade."
_TAG = re.compile(
    r"([a-z]{2,3})(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|\d{3}))?"
    r"(-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*\Z",
    re.ASCII,
)


def is_language(tag: object) -> bool:
    """Whether a tag names a language."""
    return isinstance(tag, str) and _known(tag)


@lru_cache(maxsize=4_096)
def _known(tag: str) -> bool:
    fit = _TAG.match(tag)
    return fit is not None and fit[1] in LANGUAGES
