"""MLServer: gRPC, where a tensor of the type BYTES stays as it is; others become lists of numbers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput
from network import actions_of, open_session, rows_of


class Network(MLModel):
    async def load(self) -> bool:
        self.session = open_session()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        data = payload.inputs[0].data.root[0]
        actions = actions_of(self.session, rows_of(data))
        output = ResponseOutput(name="actions", datatype="BYTES", shape=[1], data=[actions.tobytes()])
        return InferenceResponse(model_name=self.name, outputs=[output])

    async def predict_stream(
        self, payloads: AsyncIterator[InferenceRequest]
    ) -> AsyncIterator[InferenceResponse]:
        async for payload in payloads:
            yield await self.predict(payload)


async def main(port: int) -> None:
    settings = Settings(
        host="127.0.0.1",
        http_port=0,
        grpc_port=port,
        metrics_endpoint=None,
        parallel_workers=0,
        load_models_at_startup=False,
        debug=False,
        logging_settings={"version": 1, "disable_existing_loggers": True},
    )
    server = MLServer(settings)
    await server.start([ModelSettings(name="mlp", implementation=Network)])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
