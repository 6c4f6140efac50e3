import unittest

from assay_airflow.client import AssayClient, AssayRefused, AssayUnavailable
from assay_airflow.decision import idempotency_key, summary_of, verdict_of, words_of
from tests.stand_in import StandIn, evaluation, held, problem


class ClientTest(unittest.TestCase):
    def client(self, *answer, key=None):
        assay = StandIn(lambda *_: answer)
        self.addCleanup(assay.close)
        return assay, AssayClient(assay.url + "/", key)

    def test_names_are_quoted_and_the_key_is_sent(self):
        assay, client = self.client(200, evaluation(), key="secret")
        client.decision("gold.a/b", "dt=2026-01-01/region=eu", "s3://lake")
        self.assertEqual(
            assay.asked[0][1],
            "/api/v2/gates/gold.a%2Fb/decision?partition=dt%3D2026-01-01%2Fregion%3Deu&namespace=s3%3A%2F%2Flake",
        )
        self.assertEqual(assay.asked[0][3], "Bearer secret")

    def test_what_may_help_to_ask_again_is_told_from_what_may_not(self):
        for status, document, kind in [
            (503, problem("warehouse_unavailable"), AssayUnavailable),
            (429, {}, AssayUnavailable),
            (409, problem("conflict", retryAfterSeconds=1), AssayUnavailable),
            (409, problem("version_moved"), AssayRefused),
            (423, problem("blocked"), AssayRefused),
            (401, problem("unauthorised"), AssayRefused),
            (200, "no object of Assay's", None),
        ]:
            _, client = self.client(status, document)
            if kind is None:
                client.evaluation("e1")
                continue
            with self.assertRaises(kind) as raised:
                client.evaluation("e1")
            self.assertEqual(getattr(raised.exception, "kind", None), None if kind is AssayUnavailable else
                             document["type"].rpartition(":")[2])

    def test_nobody_listens(self):
        assay, client = self.client(200, {})
        assay.close()
        with self.assertRaises(AssayUnavailable):
            client.evaluation("e1")


class DecisionTest(unittest.TestCase):
    def test_only_allow_goes(self):
        for answer, verdict in [
            (evaluation(), "go"),
            (evaluation(state="published"), "go"),
            (evaluation(state="superseded"), "held"),
            (evaluation(state="expired"), "held"),
            (held(), "held"),
            (evaluation(decision="unknown", state="no_data"), "held"),
            (evaluation(decision="unknown", state="learning"), "held"),
            (evaluation(decision="unknown", state="error"), "error"),
            (evaluation(decision="unknown", state=None), "waiting"),
            (evaluation(decision=None, state="running"), "waiting"),
        ]:
            self.assertEqual(verdict_of(answer), verdict, answer)

    def test_words_and_summary_are_short(self):
        answer = held()
        answer["reasons"] = [{"message": f"m{n}", "holds": n % 2 == 0} for n in range(100)]
        self.assertEqual(len(summary_of(answer, "page")["reasons"]), 10)
        self.assertTrue(words_of(answer).startswith("orders dt=2026-01-01 is held: m0; m2"))
        self.assertFalse(summary_of(answer, "page")["published"])
        self.assertTrue(summary_of(evaluation(), "page", {"state": "published"})["published"])

    def test_long_keys_stay_apart(self):
        one, other = (idempotency_key("x" * 600, end) for end in "ab")
        self.assertNotEqual(one, other)
        self.assertLessEqual(len(one), 512)
        self.assertEqual(idempotency_key("a", 1), "a/1")


if __name__ == "__main__":
    unittest.main()
