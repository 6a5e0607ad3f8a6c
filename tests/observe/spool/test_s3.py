"""The S3 client: signatures as published, a real server, and servers that lie or point away."""

import io
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from panshi.errors import BadInputError, StoreError
from panshi.observe.spool.places import Credentials, Place
from panshi.observe.spool.s3 import Bucket, GoneError, Object, Request, sign
from tests.simulators.s3_server import BUCKET, KEY, SECRET

CREDENTIALS = Credentials(access_key_id=KEY, secret_access_key=SECRET)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
EXAMPLE = Credentials(
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)


def place(endpoint, prefix="", **more):
    return Place(name="p", bucket=f"s3://{BUCKET}/{prefix}", endpoint=endpoint, **more)


def keys(bucket, after="", now=None):
    return [each.key for each in bucket.objects(now or datetime.now(UTC), after)]


@pytest.mark.parametrize(
    ("path", "query", "headers", "signature"),
    [
        (
            "/test.txt",
            "",
            {"Range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "/",
            "max-keys=2&prefix=J",
            {},
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_signatures_are_those_of_the_published_examples(path, query, headers, signature):
    request = Request(
        path=path, query=query, host="examplebucket.s3.amazonaws.com", headers=headers
    )

    signed = sign(request, EXAMPLE, "us-east-1", datetime(2013, 5, 24, tzinfo=UTC))

    assert signed["authorization"].endswith(f"Signature={signature}")


def test_a_real_server_lists_and_gives(s3_server):
    names = ["one.json", "sub/二 +%&=.json", "sub/a b.json"]
    for name in names:
        s3_server.put(f"give/{name}", name.encode())
    bucket = Bucket(place(s3_server.endpoint, "give"), CREDENTIALS)

    found = list(bucket.objects(datetime.now(UTC)))

    assert sorted(each.key for each in found) == sorted(f"give/{name}" for name in names)
    for each in found:
        into = io.BytesIO()
        bucket.fetch(each, into, datetime.now(UTC))
        assert into.getvalue().decode() == each.key.removeprefix("give/")
        assert abs(each.written - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_real_server_lists_more_than_a_page_and_from_a_key_on(s3_server, monkeypatch):
    monkeypatch.setattr("panshi.observe.spool.s3.PAGE", 3)
    for number in range(8):
        s3_server.put(f"many/{number}", b"x")
    bucket = Bucket(place(s3_server.endpoint, "many"), CREDENTIALS)

    assert keys(bucket) == [f"many/{number}" for number in range(8)]
    assert keys(bucket, after="many/5") == ["many/6", "many/7"]


def test_an_object_that_changed_since_it_was_listed_is_not_taken(s3_server):
    s3_server.put("change/a", b"first")
    bucket = Bucket(place(s3_server.endpoint, "change"), CREDENTIALS)
    [found] = bucket.objects(datetime.now(UTC))
    s3_server.put("change/a", b"other")

    with pytest.raises(GoneError):
        bucket.fetch(found, io.BytesIO(), datetime.now(UTC))


def test_a_wrong_key_and_a_missing_bucket_are_told(s3_server):
    wrong = Credentials(access_key_id=KEY, secret_access_key="wrong")
    with pytest.raises(StoreError, match=r"403 SignatureDoesNotMatch") as caught:
        keys(Bucket(place(s3_server.endpoint), wrong))
    assert "wrong" not in str(caught.value)

    missing = Place(name="p", bucket="s3://nothing-here", endpoint=s3_server.endpoint)
    with pytest.raises(StoreError, match="404 NoSuchBucket"):
        keys(Bucket(missing, CREDENTIALS))


def test_nobody_there_is_told():
    with pytest.raises(StoreError, match="cannot be reached"):
        keys(Bucket(place("http://127.0.0.1:1"), CREDENTIALS))


# -- servers that lie ------------------------------------------------------------------------


@pytest.fixture
def lying():
    """A server that answers whatever it is told to; remembers what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            status, headers, body = self.server.answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def start():
        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.asked = []
        server.endpoint = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return server

    started = []
    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(lying, status):
    # Given a service that points to another address
    service, elsewhere = lying(), lying()
    service.answer = (status, {"Location": f"{elsewhere.endpoint}/stolen"}, b"")

    # When it is asked, then that is told, and nobody else hears of it.
    with pytest.raises(StoreError, match="points elsewhere"):
        keys(Bucket(place(service.endpoint), CREDENTIALS))
    assert len(service.asked) == 1
    assert elsewhere.asked == []


def test_the_environment_sends_nothing_elsewhere(lying, monkeypatch):
    service, elsewhere = lying(), lying()
    service.answer = elsewhere.answer = (200, {}, b"<ListBucketResult/>")
    for name in (
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
    ):
        monkeypatch.setenv(name, elsewhere.endpoint)

    assert keys(Bucket(place(service.endpoint), CREDENTIALS)) == []
    assert len(service.asked) == 1
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<a><Contents/></a>",
        b"<a><Contents><Key>k</Key><ETag>e</ETag><Size>x</Size></Contents></a>",
        b"<a><IsTruncated>true</IsTruncated></a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a><Contents><Key>&b;</Key></Contents></a>',
    ],
)
def test_a_listing_that_cannot_be_read_is_refused(lying, body):
    service = lying()
    service.answer = (200, {}, body)

    with pytest.raises(BadInputError, match="listing"):
        keys(Bucket(place(service.endpoint), CREDENTIALS))


def test_a_listing_without_end_is_given_up(lying, monkeypatch):
    monkeypatch.setattr("panshi.observe.spool.s3._MOST_PAGES", 5)
    service = lying()
    more = b"<a><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></a>"
    service.answer = (200, {}, more)

    with pytest.raises(StoreError, match="does not end"):
        keys(Bucket(place(service.endpoint), CREDENTIALS))
    assert len(service.asked) == 5


@pytest.mark.parametrize(("listed", "sent"), [(5, b"123456"), (5, b"1234")])
def test_more_or_fewer_bytes_than_listed_are_not_taken(lying, listed, sent):
    service = lying()
    service.answer = (200, {}, sent)
    found = Object(key="k", size=listed, etag='"e"', written=NOW)

    with pytest.raises(GoneError):
        Bucket(place(service.endpoint), CREDENTIALS).fetch(found, io.BytesIO(), NOW)


def test_an_answer_cut_off_is_told(lying):
    service = lying()
    service.answer = (200, {"Content-Length": "10"}, b"123")
    found = Object(key="k", size=10, etag='"e"', written=NOW)

    with pytest.raises(StoreError):
        Bucket(place(service.endpoint), CREDENTIALS).fetch(found, io.BytesIO(), NOW)
