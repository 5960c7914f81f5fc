"""Whatever the bytes, they are read; a name of a file that was sent is safe."""

from hypothesis import example, given
from hypothesis import strategies as st

from shared.inbound import MAX_TEXT, Received, read

_PIECES = [
    *(
        b"\n",
        b"\r\n",
        b"\n\n",
        b"--x\n",
        b"--x--\n",
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Content-Type: ",
        b"\0",
        b"\xff\xfe",
    ),
    *(
        b"multipart/report; report-type=delivery-status; boundary=x\n",
        b"multipart/mixed; boundary=x\n",
        b"message/rfc822\n",
    ),
    *(b"message/delivery-status\n", b"text/html; charset=idna\n", b"text/plain; charset=utf-7\n", b"text/calendar\n"),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"=?utf-8?b?w?=",
        b"=?x?q?=zz?=",
    ),
    *(
        b"Content-Disposition: attachment; filename*=utf-8''%e2%80%ae..%2f",
        b"Date: ",
        b"99 Foo 99999 99:99 +9999",
        b"<",
        b">",
    ),
    *(
        b"Final-Recipient: rfc822; ",
        b"Action: failed\n",
        b"Status: 5.1.1\n",
        b"Message-ID: <a@b>",
        b"(((",
        b'"',
        b"<div>",
    ),
    *(
        b"MAILER-DAEMON@x.io",
        b"Undelivered Mail",
        b"> quoted\n",
        b"-- \n",
        b"On 1.1.2026 Ann <a@x.io> wrote:\n",
        b"unsubscribe",
    ),
    *(
        b"begin 644 x\n",
        b"#0V%T\n",
        b"format=flowed\n",
        b"Auto-Submitted: auto-replied\n",
        b"until 31/02/2026",
        b"\xe3\x81",
    ),
]
_PIECED = st.lists(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=8)), max_size=40).map(b"".join)


@given(st.one_of(st.binary(max_size=2_000), _PIECED))
@example(b"")
@example(b"\n")
@example(b"Content-Type: multipart/mixed; boundary=x\n\n--x")
@example(b"Content-Type: text/plain; charset=\xff\0\n\nhello")
def test_any_bytes_are_read(raw: bytes) -> None:
    received = read(raw)
    assert isinstance(received, Received)
    assert len(received.text) <= MAX_TEXT
    assert received.reason
    assert "\n" not in received.subject + received.sender_name + received.reason
    for file in received.attachments:
        assert file.name.isprintable()
        assert not set("/\\") & set(file.name)
        assert file.name.strip(". ")
