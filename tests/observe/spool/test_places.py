"""Which places are watched: strict, told where wrong, and nobody else's to write."""

import os

import pytest

from panshi.errors import BadInputError, UsageError
from panshi.observe.spool.places import Place, credentials_of, read_places

BUCKET = 'bucket = "s3://evidence/x"\n'
ENDPOINT = 'endpoint = "https://s3.example.tw"\n'


def written(tmp_path, text, mode=0o600, name="watch.toml"):
    path = tmp_path / name
    path.write_text(text)
    path.chmod(mode)
    return tmp_path


def test_no_file_means_no_places(tmp_path):
    assert read_places(tmp_path) == ()


def test_places_are_read_with_their_defaults(tmp_path):
    text = f"""
        [[place]]
        name = "scanners"
        folder = "/srv/scanners"
        options = {{ kind = "training.record/1" }}
        [[place]]
        name = "cloud"
        {BUCKET}{ENDPOINT}region = "ap-northeast-1"
        source = "prowler"
        ordered = true
    """

    folder, bucket = read_places(written(tmp_path, text))

    assert (folder.where, folder.every_seconds, folder.settle_seconds) == ("/srv/scanners", 30, 5)
    assert folder.options == {"kind": "training.record/1"}
    assert (bucket.bucket_name, bucket.prefix, bucket.ordered) == ("evidence", "x/", True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "a"', "exactly one of folder and bucket"),
        (f'name = "a"\nfolder = "/x"\n{BUCKET}{ENDPOINT}', "exactly one"),
        ('name = "a"\nfolder = "x"', "not an absolute path"),
        ('name = "A b"\nfolder = "/x"', "no name of a place"),
        ('name = "a"\nfolder = "/x"\nevery_seconds = 0', "every_seconds"),
        ('name = "a"\nfolder = "/x"\nmax_mib = 9999', "max_mib"),
        ('name = "a"\nfolder = "/x"\nfolders = "/y"', "unknown key 'folders'"),
        ('name = "a"\nfolder = 5', "folder"),
        (f'name = "a"\n{BUCKET}', "no address of a service"),
        (f'name = "a"\n{BUCKET}endpoint = "http://s3.example.tw"', "without TLS"),
        (f'name = "a"\n{BUCKET}endpoint = "https://u:p@s3.example.tw"', "no address of a service"),
        (f'name = "a"\n{BUCKET}endpoint = "https://s3.example.tw/x"', "with a path"),
        (f'name = "a"\nbucket = "evidence"\n{ENDPOINT}', "no bucket"),
        (f'name = "a"\nbucket = "s3://EVIDENCE"\n{ENDPOINT}', "no bucket"),
        ('name = "a"\nfolder = "/x"\n[[place]]\nname = "a"\nfolder = "/y"', "stands twice"),
        ('name = "a"\nfolder = "/x"\n[[place]]\nname = "b"\nfolder = "/x"', "stands twice"),
        ("name = ", "not a list of watched places"),
    ],
)
def test_what_is_wrong_is_told(text, told, tmp_path):
    with pytest.raises(BadInputError, match=told):
        read_places(written(tmp_path, f"[[place]]\n{text}\n"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o666])
def test_a_file_others_may_touch_is_refused(mode, tmp_path):
    home = written(tmp_path, '[[place]]\nname = "a"\nfolder = "/x"\n', mode)

    with pytest.raises(BadInputError, match="others"):
        read_places(home)


def test_this_machine_needs_no_tls():
    place = Place(name="a", bucket="s3://evidence", endpoint="http://127.0.0.1:9000")

    assert place.prefix == ""


def bucket(**more):
    return Place(name="a", bucket="s3://evidence", endpoint="https://s3.example.tw", **more)


def test_credentials_come_from_their_file_or_the_environment_and_nowhere_else(tmp_path):
    environment = {"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "s"}
    keys = 'access_key_id = "file"\nsecret_access_key = "hidden"\n'
    home = written(tmp_path, keys, name="s3.toml")

    found = credentials_of(bucket(credentials="s3.toml"), home, environment)
    assert found.access_key_id == "file"
    assert "hidden" not in repr(found)
    assert credentials_of(bucket(), home, environment).access_key_id == "env"
    with pytest.raises(UsageError, match="no credentials"):
        credentials_of(bucket(), home, {})


@pytest.mark.parametrize(
    ("text", "mode"), [("access_key_id = 5", 0o600), ("", 0o600), ("x", 0o644)]
)
def test_a_file_of_credentials_that_is_not_right_is_refused(text, mode, tmp_path):
    home = written(tmp_path, text, mode, name="s3.toml")

    with pytest.raises(BadInputError) as caught:
        credentials_of(bucket(credentials="s3.toml"), home, {})
    assert str(tmp_path / "s3.toml") in caught.value.place


def test_a_missing_file_of_credentials_is_told(tmp_path):
    with pytest.raises(BadInputError, match="cannot be read"):
        credentials_of(bucket(credentials="none.toml"), tmp_path, dict(os.environ))
