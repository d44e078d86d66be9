"""Durable tasks: every accepted task ends exactly once, and nothing is done twice."""

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.inbox import Inbox
from wactorz_common.outbox import Outbox
from wactorz_common.task_rules import Acceptance, InboxRow, OutboxRow, TaskEnd, Verdict, fingerprint

__all__ = ["Acceptance", "Inbox", "InboxRow", "Outbox", "OutboxRow", "TaskEnd", "TaskState", "Verdict", "fingerprint"]
