"""The pages of signing in: a choice, and a refusal. One style by its digest, one script of ours."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from urllib.parse import urlencode

from panshi.pdp.sign_in.settings import SignInSettings

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.7 'Noto Sans TC',system-ui,sans-serif;margin:0;display:grid;"
    "min-height:100vh;place-items:center;background:Canvas;color:CanvasText}"
    "[hidden]{display:none!important}main{width:min(26rem,90vw)}"
    "h1{font-size:1.5rem;line-height:1.4;margin:0 0 .25rem}"
    "p{margin:.25rem 0 1rem}.en{opacity:.75}"
    ".way{display:block;width:100%;box-sizing:border-box;font:inherit;text-align:start;"
    "background:none;padding:.75rem 1rem;margin:.75rem 0;border:1px solid;border-radius:.5rem;"
    "text-decoration:none;color:inherit}.way:hover,.way:focus{outline:2px solid Highlight}"
    "small{opacity:.75}"
)
_DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode()
_NOTHING_ELSE = (
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (
        "Content-Security-Policy",
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; {_NOTHING_ELSE}",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)
"Headers of every page of signing in."


SCRIPT = b"""'use strict';
const post = async (path, body) => {
  const answer = await fetch('/zt/passkey/' + path, {method: 'POST',
    headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};
const button = document.getElementById('passkey');
const said = document.getElementById('said');
if (button && window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      const begun = await post('sign-in/begin', {});
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options.publicKey);
      const credential = await navigator.credentials.get({publicKey});
      await post('sign-in/finish', {ceremony: begun.ceremony, credential: credential.toJSON()});
      location.assign(button.dataset.back);
    } catch {
      said.hidden = false;
    }
  });
}
"""


def choice(settings: SignInSettings, back: str, acr: str) -> bytes:
    """Set the page on which one chooses how to sign in."""
    ways = "".join(
        f'<a class="way" href="{escape(_start(each.id, back, acr))}">'
        f'{escape(each.title.zh)}<br><small lang="en">{escape(each.title.en)}</small></a>'
        for each in settings.providers
    )
    stronger = (
        '<p>此操作需要更強的身分鑑別。<br><small class="en" lang="en">This needs a stronger '
        "sign-in.</small></p>"
        if acr
        else ""
    )
    return _page(
        "請登入", "Sign in", f"{stronger}{_AFTER}{_passkey(back)}<nav>{ways}</nav>{_LOADED}"
    )


_AFTER = (
    '<p>登入後將回到您要去的頁面。<br><small class="en" lang="en">You are then taken where you '
    "wanted to go.</small></p>"
)
_LOADED = '<script src="/zt/passkey.js"></script>'


def _passkey(back: str) -> str:
    return (
        f'<button id="passkey" class="way" hidden data-back="{escape(back)}">以通行金鑰登入<br>'
        '<small lang="en">Sign in with a passkey</small></button>'
        '<p id="said" role="alert" hidden>通行金鑰登入未完成。<br><small class="en" lang="en">'
        "The passkey did not sign you in.</small></p>"
    )


def refused(zh: str, en: str) -> bytes:
    """Set the page that says why signing in did not work."""
    link = '<p><a href="/zt/sign-in">重新登入 <span lang="en">Sign in again</span></a></p>'
    body = f'<p>{escape(zh)}<br><small class="en" lang="en">{escape(en)}</small></p>{link}'
    return _page("登入未完成", "Not signed in", body)


def _start(provider: str, back: str, acr: str) -> str:
    return "/zt/sign-in/start?" + urlencode({"provider": provider, "to": back, "acr": acr})


def _page(zh: str, en: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="zh-Hant-TW"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{zh} {en}</title><style>{STYLE}</style></head>"
        f'<body><main><h1>{zh}</h1><p class="en" lang="en">{en}</p>{body}</main></body></html>'
    ).encode()
