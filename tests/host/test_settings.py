"""Settings that nobody means: each is refused by its name, in a sentence, before anything starts."""

import math

import pytest
from judder.errors import JudderError
from judder.settings import CONFIG_FILE, load_settings

NUMBERS = ("keep_gb", "keep_days", "keep_minutes_days", "max_board_mb_per_minute", "reference_rate_hz")
TIMES = ("alert_cooldown_s", "alert_repeat_s")
URLS = ("http://[", "ftp://files.example", "hooks.example/T0", "https://", "javascript:alert(1)")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("value", [math.inf, math.nan, -1.0])
@pytest.mark.parametrize("name", [*NUMBERS, *TIMES])
def test_a_number_that_is_none_is_refused(name, value):
    with pytest.raises(JudderError, match=name):
        load_settings(**{name: value})


@pytest.mark.parametrize("name", [*NUMBERS[:4], *TIMES])
def test_a_number_beyond_what_the_database_counts_is_refused(name):
    with pytest.raises(JudderError, match=name):
        load_settings(**{name: 1e300})


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("name", ["public_url", "webhook_url"])
def test_an_address_that_is_none_of_the_web_is_refused(name, url):
    with pytest.raises(JudderError, match=name):
        load_settings(**{name: url})


def test_a_wrong_address_is_not_repeated_for_it_may_be_a_secret():
    with pytest.raises(JudderError) as caught:
        load_settings(webhook_url="ftp://hooks.example/open-sesame")
    assert "sesame" not in str(caught.value) + str(caught.value.hint)


def test_to_listen_on_no_address_is_refused():
    with pytest.raises(JudderError, match="host"):
        load_settings(host="")


@pytest.mark.parametrize("written", [b"\xff\xfe", b"host = ", b"\0"], ids=["utf-16", "cut", "zero"])
def test_a_file_that_is_no_toml_is_named(written):
    CONFIG_FILE.write_bytes(written)
    with pytest.raises(JudderError, match=r"judder\.toml cannot be read"):
        load_settings()
