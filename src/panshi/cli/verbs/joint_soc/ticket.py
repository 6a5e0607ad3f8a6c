"""`panshi soc ticket …`: write, check, send, import, list, show and verify incident tickets.

`check`, `schema` and `template` need neither hub nor home; `send` is a member's, the rest a hub's.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.errors import UsageError
from panshi.model.alliance.ticket import Category, Receipt, Severity, Status, Taking, Ticket
from panshi.model.alliance.ticket_layout import SEVERITY_WORDS, STATUS_WORDS

if TYPE_CHECKING:
    from panshi.node.alliance.ticket_forms import CheckedTicket
    from panshi.observe.tickets import Form

FORMS = ("ticket", "wazuh", "elastic", "splunk", "ocsf", "stix", "iodef", "mail", "sheet")
OUT_FORMS = ("ticket", "stix", "ocsf", "iodef", "sheet")
MOST = 500
TAKEN_WORDS = {
    Taking.ACCEPTED: ("已收件", "accepted"),
    Taking.KNOWN: ("先前已收", "known before"),
    Taking.REFUSED: ("未收", "refused"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each thing to do."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    checked = verbs.add_parser("check", help="would it be accepted, what does FIRE v1.0 still ask")
    sent = verbs.add_parser("send", help="as a member: sign a file's tickets and send them")
    imported = verbs.add_parser("import", help="at a hub: take in a file that came another way")
    imported.add_argument("--member", required=True, help="whose it is; seen to by you")
    for each in (checked, sent, imported):
        each.add_argument("file", type=Path)
        each.add_argument("--form", choices=FORMS, default=None, help="default: recognised")
    listed = verbs.add_parser("list", help="tickets this hub holds, newest first")
    listed.add_argument("--member", default="")
    listed.add_argument("--severity", choices=[str(each) for each in Severity], help="at least")
    listed.add_argument("--category", choices=[str(each) for each in Category])
    listed.add_argument("--status", choices=[str(each) for each in Status])
    listed.add_argument("--all-versions", action="store_true")
    listed.add_argument("--before", type=bounded(0, 10**12), default=0, help="position")
    listed.add_argument("--limit", type=bounded(1, MOST), default=50)
    shown = verbs.add_parser("show", help="a ticket with its versions, or in another form")
    shown.add_argument("ticket", help="its id")
    shown.add_argument("--form", choices=OUT_FORMS, default=None)
    shown.add_argument("--version", type=bounded(1, 10**6), default=None)
    verbs.add_parser("verify", help="re-read and re-hash everything accepted")
    schema = verbs.add_parser("schema", help="the JSON schema of the ticket")
    blank = verbs.add_parser("template", help="the spreadsheet template")
    blank.add_argument("--out", type=Path, required=True, metavar="FILE")
    for each in (shown, schema):
        each.add_argument("--out", type=Path, default=None, metavar="FILE")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "check": _check,
        "send": _send,
        "import": _import,
        "list": _list,
        "show": _show,
        "verify": _verify,
        "schema": _schema,
        "template": _template,
    }
    return handlers[args.action](args, out)


def _check(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.ticket_forms import check_document

    found = check_document(_form(args), args.file, datetime.now(UTC))
    out.answer(found, lambda: _checked_lines(found, out))
    return Exit.DONE if all(each.good for each in found) else Exit.NOT_GOOD_ENOUGH


def _send(args: argparse.Namespace, out: Output) -> Exit:
    import msgspec

    from panshi.alliance.tickets.reading import batch
    from panshi.node.alliance.member_client import API, HubClient
    from panshi.node.alliance.ticket_forms import read_document

    with open_node() as node:
        body = batch(read_document(_form(args), args.file, node.clock()))
        client = HubClient(node.home.path, clock=node.clock)
        answer = client.call(
            "POST", f"{API}/tickets", body, idempotency_key=sha256(body).hexdigest()[:40]
        ).value()
        receipts = msgspec.convert(answer["receipts"], tuple[Receipt, ...])
    return _told(receipts, out)


def _import(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.hub import check_hub
    from panshi.node.alliance.members import member
    from panshi.node.alliance.ticket_forms import accept_document

    with open_node() as node:
        check_hub(node)
        one = member(node, args.member)
        receipts = accept_document(node, one.id, _form(args), args.file)
        node.audit(actor(), "ticket.import", one.id, detail=f"{len(receipts)} of {args.file.name}")
    return _told(receipts, out)


def _list(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.tickets import tickets_listed
    from panshi.store.tickets import Chosen

    chosen = Chosen(
        member=args.member,
        severity=Severity(args.severity) if args.severity else None,
        category=Category(args.category) if args.category else None,
        status=Status(args.status) if args.status else None,
        newest=not args.all_versions,
    )
    with open_node() as node:
        found = tickets_listed(node, chosen, before=args.before, limit=args.limit)
    zh = ("收件序", "收件時間", "會員", "單號", "版", "嚴重程度", "標題", "識別碼")
    en = ("position", "accepted", "member", "number", "v", "severity", "title", "id")
    header = zh if out.chinese else en
    more = found[-1][0] if len(found) == args.limit else 0
    answer = {"tickets": [each for _at, each in found], "before": more}
    out.answer(answer, lambda: table(header, (_row(at, each, out) for at, each in found)))
    return Exit.DONE


def _show(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.ticket_forms import OutForm, exported
    from panshi.node.alliance.tickets import versions_of

    with open_node() as node:
        versions = versions_of(node, args.ticket)
    wanted = [each for each in versions if args.version in {None, each.version}]
    if not wanted:
        raise UsageError(f"the ticket has no version {args.version}")
    if args.form is None:
        out.answer(versions, lambda: _lines(versions, wanted[-1], out))
        return Exit.DONE
    _write(args.out, exported(wanted[-1:], OutForm(args.form)), out)
    return Exit.DONE


def _verify(_args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.tickets import damage, tickets_of

    with open_node() as node:
        found, end = tuple(damage(node)), tickets_of(node).chain()
    answer = {"versions": end.position, "digest": end.digest, "damage": found}
    held = out.pick(
        f"{end.position:,} 個版次，無一遭竄改", f"{end.position:,} versions, all intact"
    )
    out.answer(answer, lambda: found or (held,))
    return Exit.NOT_GOOD_ENOUGH if found else Exit.DONE


def _schema(args: argparse.Namespace, out: Output) -> Exit:
    import msgspec

    from panshi.node.alliance.ticket_forms import schema

    _write(args.out, msgspec.json.format(msgspec.json.encode(schema()), indent=2) + b"\n", out)
    return Exit.DONE


def _template(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.ticket_forms import OutForm, exported

    _write(args.out, exported((), OutForm.SHEET), out)
    return Exit.DONE


def _write(path: Path | None, content: bytes, out: Output) -> None:
    """Write to a file, or a text to standard output."""
    if path is not None:
        write_whole(path, content)
        out.note(out.pick(f"已寫入 {path}", f"wrote {path}"))
        return
    try:
        out.stream.write(content.decode())
    except UnicodeDecodeError as error:
        raise UsageError("a spreadsheet is no text", remedy="--out FILE.xlsx") from error


def _form(args: argparse.Namespace) -> Form:
    from panshi.observe.tickets import Form, recognised

    return Form(args.form) if args.form else recognised(args.file)


def _told(receipts: Sequence[Receipt], out: Output) -> Exit:
    out.answer({"receipts": receipts}, lambda: _receipt_lines(receipts, out))
    refused = any(each.taking is Taking.REFUSED for each in receipts)
    return Exit.NOT_GOOD_ENOUGH if refused else Exit.DONE


def _receipt_lines(receipts: Sequence[Receipt], out: Output) -> Iterator[str]:
    header = ("單號", "版", "結果", "識別碼", "說明") if out.chinese else (
        "number", "v", "result", "id", "why",
    )  # fmt: skip
    rows = (
        (
            each.number or "–",
            each.version or "–",
            out.pick(*TAKEN_WORDS[each.taking]),
            each.ticket or "–",
            f"{each.problem}（{each.remedy}）" if each.problem else "",
        )
        for each in receipts
    )
    yield from table(header, rows)


def _checked_lines(found: Sequence[CheckedTicket], out: Output) -> Iterator[str]:
    for each in found:
        if not each.good:
            yield out.pick(
                f"{each.number or '–'}：不會被收下：{each.place} {each.problem}（{each.remedy}）",
                f"{each.number or '–'}: would be refused: {each.place} {each.problem}"
                f" ({each.remedy})",
            )
            continue
        yield out.pick(
            f"{each.number} 第 {each.version} 版：可收下",
            f"{each.number} version {each.version}: would be accepted",
        )
        if each.lacking:
            items = ", ".join(f"{one.item} {one.name}" for one in each.lacking)
            yield out.pick(
                f"  FIRE v1.0 {each.phase} 尚缺 {len(each.lacking)} 項：{items}",
                f"  FIRE v1.0 {each.phase} report still lacks {len(each.lacking)}: {items}",
            )


def _row(at: int, ticket: Ticket, out: Output) -> tuple[object, ...]:
    return (
        at,
        f"{ticket.accepted_at:%Y-%m-%d %H:%M}" if ticket.accepted_at else "–",
        ticket.member,
        ticket.number,
        ticket.version,
        out.pick(*SEVERITY_WORDS[ticket.severity]),
        ticket.title[:40],
        ticket.id,
    )


def _lines(versions: Sequence[Ticket], one: Ticket, out: Output) -> Iterable[str]:
    yield f"{one.member} {one.number}  {one.title}"
    yield "  ".join(
        (
            out.pick(*SEVERITY_WORDS[one.severity]),
            out.pick(*STATUS_WORDS[one.status]),
            one.marking.tlp.label,
            str(one.channel),
        )
    )
    if one.text:
        yield one.text
    for indicator in one.indicators:
        yield f"  {indicator.kind}  {indicator.value}"
    yield "  ".join((*one.techniques, *one.cves))
    for each in versions:
        yield f"v{each.version}  {each.accepted_at}  {each.digest}"
