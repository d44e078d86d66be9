"""The fork server's own parts; forking itself is tested in test_starting."""

import json
import os
import socket
import threading

from wactorz_edge import forkserver
from wactorz_edge.forkserver import ForkRequest, peer_of


def test_a_request_is_one_line():
    request = ForkRequest("m", "n", {"A": "line\nbreak"}, "/log")
    assert request.encode().count(b"\n") == 1
    assert ForkRequest(**json.loads(request.encode())) == request


def test_the_kernel_says_who_is_at_the_other_end():
    left, right = socket.socketpair()
    with left, right:
        assert peer_of(left) == (os.getpid(), os.getuid())


def test_a_request_is_read_in_pieces():
    left, right = socket.socketpair()
    request = ForkRequest("m", "n", {"A": "x" * 200_000}, "/log")
    with left, right:
        sender = threading.Thread(target=left.sendall, args=(request.encode(),))
        sender.start()
        assert forkserver._receive(right) == request
        sender.join()


def test_requests_of_other_users_are_dropped(monkeypatch):
    left, right = socket.socketpair()
    with left, right:
        left.sendall(ForkRequest("m", "n", {}, "/log").encode())
        monkeypatch.setattr(forkserver.os, "getuid", lambda: 4711)
        assert forkserver._receive(right) is None


def test_a_module_that_cannot_be_imported_is_named_and_passed_over(capsys):
    forkserver._preload(["json", "surely_not_there"])
    assert "surely_not_there" in capsys.readouterr().err
