"""A board's name in a message to people: one line, whatever the board calls itself."""

from email.message import EmailMessage

import pytest
from judder.server.notify.message import ALERT, Message


@pytest.mark.parametrize("name", ["fan\nBcc: all@example.org", "fan\r\x1b[31m", "fan\u2028left"])
def test_a_subject_is_one_line_that_a_letter_takes(name):
    message = Message("key", ALERT, 1, name=name, place=name, why=name)
    letter = EmailMessage()
    letter["Subject"] = message.subject
    assert letter["Subject"] == message.subject and "\\" in message.subject


def test_a_fact_stays_on_its_line():
    message = Message("key", ALERT, 1, name="fan\nleft", why="mode\nlow", url="http://host/")
    assert len(message.text.splitlines()) == 4


def test_a_program_gets_the_name_exactly():
    assert Message("key", ALERT, 1, name="fan\nleft").to_dict()["name"] == "fan\nleft"
