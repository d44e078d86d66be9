"""Tickets for MQTT."""

from wactorz_gateway.live.tickets import MAX_TICKETS, PREFIX, USE_SECONDS, Tickets


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


def make():
    clock = Clock()
    return Tickets(clock), clock


def test_a_ticket_is_good_once():
    tickets, clock = make()
    given = tickets.give("ann", "viewer", ("custom/#",), "s-1")
    assert given.username.startswith(PREFIX)
    assert given.expires_at == clock.now + USE_SECONDS
    used = tickets.use(given.username, given.password.encode())
    assert (used.person, used.role, used.filters, used.session) == ("ann", "viewer", ("custom/#",), "s-1")
    assert used.password == ""
    assert tickets.use(given.username, given.password.encode()) is None


def test_a_ticket_expires_and_a_wrong_password_uses_it_up():
    tickets, clock = make()
    late = tickets.give("ann", "viewer", ())
    clock.now += USE_SECONDS + 1
    assert tickets.use(late.username, late.password.encode()) is None
    guessed = tickets.give("ann", "viewer", ())
    assert tickets.use(guessed.username, b"x") is None
    assert tickets.use(guessed.username, guessed.password.encode()) is None
    assert tickets.use("ticket-0", b"") is None


def test_only_hashes_are_kept():
    tickets, _ = make()
    given = tickets.give("ann", "viewer", ())
    assert given.password not in repr(vars(tickets))


def test_tickets_are_bounded_and_can_be_taken_back():
    tickets, _ = make()
    first = tickets.give("ann", "viewer", ())
    rest = [tickets.give("ben", "viewer", (), "s") for _ in range(MAX_TICKETS)]
    assert tickets.use(first.username, first.password.encode()) is None
    tickets.revoke("s")
    assert tickets.use(rest[-1].username, rest[-1].password.encode()) is None
