"""The connection to Assay."""

from __future__ import annotations

from typing import Any

from assay_airflow.client import AssayClient
from assay_airflow.compat import AirflowException, BaseHook


class AssayHook(BaseHook):
    """A connection of type ``assay``: host and port of Assay, an API key as the password.

    The schema is ``http`` unless told; a host may also be a whole URL. Extra: ``{"timeout": 75}``, in seconds.
    """

    conn_name_attr = "assay_conn_id"
    default_conn_name = "assay_default"
    conn_type = "assay"
    hook_name = "Assay"

    def __init__(self, assay_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.assay_conn_id = assay_conn_id

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        return {
            "hidden_fields": ["login"],
            "relabeling": {"password": "API key", "schema": "http or https"},
            "placeholders": {"host": "assay", "port": "4100", "schema": "http"},
        }

    def get_conn(self) -> AssayClient:
        return client_of(self.get_connection(self.assay_conn_id))

    async def aget_conn(self) -> AssayClient:
        """The same from a trigger."""
        if hasattr(self, "aget_connection"):
            return client_of(await self.aget_connection(self.assay_conn_id))
        from asgiref.sync import sync_to_async

        return client_of(await sync_to_async(self.get_connection)(self.assay_conn_id))

    def test_connection(self) -> tuple[bool, str]:
        """The button in Airflow's form."""
        try:
            self.get_conn().decision("assay-airflow-connection-test", "")
        except Exception as error:
            if getattr(error, "kind", None) == "contract_not_found":
                return True, "Assay answers."
            return False, str(error)
        return True, "Assay answers."


def client_of(connection) -> AssayClient:
    host = (connection.host or "").strip()
    if not host:
        raise AirflowException(f"Connection {connection.conn_id} names no host; give the one that Assay listens on.")
    if "://" in host:
        url = host if connection.port is None else f"{host.rstrip('/')}:{connection.port}"
    else:
        url = f"{connection.schema or 'http'}://{host}:{connection.port or 4100}"
    timeout = float(connection.extra_dejson.get("timeout", 75))
    return AssayClient(url, connection.password or None, timeout)
