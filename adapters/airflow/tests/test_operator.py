import asyncio
import os
import subprocess
import sys
import time
import unittest
from types import SimpleNamespace

from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException, TaskDeferred

from assay_airflow.client import AssayClient
from assay_airflow.hooks import AssayHook, client_of
from assay_airflow.operators import AssayGateOperator
from assay_airflow.sensors import AssayGateSensor
from assay_airflow.triggers import AssayGateTrigger
from tests.stand_in import StandIn, evaluation, held, problem


class TaskInstance(SimpleNamespace):
    def xcom_push(self, key, value):
        self.pushed[key] = value


def context(try_number=1, max_tries=2):
    ti = TaskInstance(
        dag_id="d", run_id="r", task_id="t", map_index=-1, try_number=try_number, max_tries=max_tries, pushed={}
    )
    return {"ti": ti}


class GateTest(unittest.TestCase):
    def assay(self, *answers):
        """Answers one after the other, the last again and again."""
        left = list(answers)
        assay = StandIn(lambda *_: left.pop(0) if len(left) > 1 else left[0])
        self.addCleanup(assay.close)
        original = AssayHook.get_conn
        AssayHook.get_conn = lambda _: AssayClient(assay.url)
        self.addCleanup(setattr, AssayHook, "get_conn", original)

        async def aget_conn(_):
            return AssayClient(assay.url)

        original_async = AssayHook.aget_conn
        AssayHook.aget_conn = aget_conn
        self.addCleanup(setattr, AssayHook, "aget_conn", original_async)
        return assay

    def operator(self, **more):
        return AssayGateOperator(
            **{
                "task_id": "t",
                "dataset": "orders",
                "candidate": "staging.orders",
                "partition": "dt=2026-01-01",
                "poll_interval": 0.01,
                **more,
            }
        )

    def test_what_is_allowed_is_published_under_the_version_that_was_judged(self):
        assay = self.assay((201, evaluation()), (200, {"state": "published"}))
        ctx = context()
        summary = self.operator(publish=True).execute(ctx)
        self.assertEqual((summary["decision"], summary["published"], summary["candidate_version"]), ("allow", True, "v1"))
        self.assertEqual(assay.asked[1][1:3], ("/api/v2/gates/evaluations/e1/publish", {"expectedVersion": "v1"}))
        self.assertTrue(ctx["ti"].pushed["assay_decision_url"].endswith("/publications/e1"))

    def test_every_try_asks_with_the_same_key_and_another_load_with_another(self):
        assay = self.assay((200, evaluation()))
        self.operator().execute(context(try_number=1))
        self.operator().execute(context(try_number=2))
        self.operator(load_id="2").execute(context())
        self.operator(partition="dt=2026-01-02").execute(context())
        keys = [body["idempotencyKey"] for _, _, body, _ in assay.asked]
        self.assertEqual(keys[0], keys[1])
        self.assertEqual(len(set(keys)), 3)

    def test_held_fails_without_a_retry_and_is_skipped_only_on_demand(self):
        self.assay((201, held()))
        with self.assertRaisesRegex(AirflowFailException, "row_count is 0"):
            self.operator().execute(context())
        with self.assertRaises(AirflowSkipException):
            self.operator(soft_fail=True).execute(context())

    def test_what_waits_for_a_waiver_passes_when_one_comes(self):
        self.assay((201, held()), (200, held()), (200, evaluation(state="waived")))
        self.assertEqual(self.operator(waiver_wait=60).execute(context())["decision"], "allow")

    def test_no_answer_is_tried_again_and_on_error_decides_the_last_time(self):
        assay = self.assay((200, evaluation()))
        assay.close()
        with self.assertRaises(AirflowException) as raised:
            self.operator(on_error="allow").execute(context(try_number=2, max_tries=2))
        self.assertNotIsInstance(raised.exception, (AirflowFailException, AirflowSkipException))
        with self.assertRaises(AirflowException):
            self.operator().execute(context(try_number=3, max_tries=2))
        passed = self.operator(on_error="allow").execute(context(try_number=3, max_tries=2))
        self.assertEqual((passed["decision"], passed["published"]), ("unknown", False))

    def test_an_error_of_an_earlier_try_is_asked_anew(self):
        assay = self.assay((200, evaluation(decision="unknown", state="error")), (201, evaluation()))
        self.assertEqual(self.operator().execute(context(try_number=2))["decision"], "allow")
        self.assertTrue(assay.asked[1][2]["idempotencyKey"].endswith("/try2"))

    def test_what_changed_since_it_was_judged_is_judged_once_more(self):
        assay = self.assay(
            (201, evaluation()),
            (409, problem("version_moved", "It moved.")),
            (201, evaluation(id="e2", candidate={"version": "v2"})),
            (200, {"state": "published"}),
        )
        self.assertTrue(self.operator(publish=True).execute(context())["published"])
        self.assertEqual(assay.asked[3][2], {"expectedVersion": "v2"})

    def test_frozen_between_decision_and_publication(self):
        self.assay((201, evaluation()), (423, problem("blocked", "The gate is frozen by Ada")))
        with self.assertRaisesRegex(AirflowFailException, "frozen by Ada"):
            self.operator(publish=True).execute(context())

    def test_deferred_it_waits_in_the_trigger_and_goes_on(self):
        self.assay((202, evaluation(decision=None, state="running")), (200, evaluation(decision=None, state="running")),
                   (200, evaluation()))
        operator = self.operator(deferrable=True)
        with self.assertRaises(TaskDeferred) as deferred:
            operator.execute(context())
        name, kwargs = deferred.exception.trigger.serialize()
        self.assertEqual(name, "assay_airflow.triggers.AssayGateTrigger")

        async def fire():
            async for event in AssayGateTrigger(**{**kwargs, "poll_interval": 0.01}).run():
                return event

        event = asyncio.run(fire())
        self.assertEqual(event.payload, {"answered": True})
        self.assertEqual(operator.resume(context(), event.payload, "e1")["decision"], "allow")
        with self.assertRaises(AirflowFailException):
            operator.resume(context(), {"answered": False, "refused": True, "detail": "gone"}, "e1")

    def test_the_trigger_gives_up_at_its_deadline(self):
        assay = self.assay((200, {}))
        assay.close()
        trigger = AssayGateTrigger("c", deadline=time.time() - 1, evaluation_id="e1", poll_interval=0.01)

        async def fire():
            async for event in trigger.run():
                return event

        self.assertFalse(asyncio.run(fire()).payload["answered"])

    def test_the_sensor_waits_for_a_question_goes_when_allowed_and_fails_when_held(self):
        sensor = AssayGateSensor(task_id="s", dataset="orders", partition="dt=2026-01-01", published=True)
        self.assertEqual(sensor.mode, "reschedule")
        decision = {"decision": "allow", "state": "passed", "evaluationId": "e1", "reasons": [], "published": None}
        self.assay(
            (200, {**decision, "decision": "unknown", "state": None, "evaluationId": None}),
            (200, decision),
            (200, {**decision, "state": "published", "published": {"state": "published"}}),
            (200, {**decision, "decision": "block", "state": "failed"}),
        )
        self.assertFalse(sensor.poke(context()))
        self.assertFalse(sensor.poke(context()))
        self.assertTrue(sensor.poke(context()))
        with self.assertRaises(AirflowFailException):
            sensor.poke(context())
        sensor.wait_while_held = True
        self.assertFalse(sensor.poke(context()))


class HookTest(unittest.TestCase):
    def test_addresses(self):
        def url(**more):
            given = {"host": "assay", "port": None, "schema": None, "password": None, "conn_id": "c", "extra_dejson": {}}
            return client_of(SimpleNamespace(**{**given, **more})).url

        self.assertEqual(url(), "http://assay:4100")
        self.assertEqual(url(schema="https", port=443), "https://assay:443")
        self.assertEqual(url(host="https://assay.example.com/"), "https://assay.example.com")
        with self.assertRaises(AirflowException):
            url(host="")


class ParseTest(unittest.TestCase):
    def test_importing_the_operators_loads_nothing_heavy_and_no_trigger(self):
        # What Airflow itself loads is not ours to judge: the difference is.
        program = (
            "import sys, assay_airflow.compat\n"
            "from assay_airflow.compat import BaseOperator, BaseSensorOperator, BaseHook, BaseOperatorLink\n"
            "before = set(sys.modules)\n"
            "import assay_airflow.operators, assay_airflow.sensors\n"
            "print(' '.join(sorted(set(sys.modules) - before)))"
        )
        out = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=True
        ).stdout.strip().splitlines()
        loaded = set(out[-1].split())
        self.assertIn("assay_airflow.operators", loaded)
        self.assertEqual({"requests", "httpx", "pandas", "sqlalchemy", "asyncio", "assay_airflow.triggers"} & loaded, set())


if __name__ == "__main__":
    unittest.main()
