"""Runs one scenario with grpcio against HOST:PORT and prints what it saw, one JSON object a line."""

import base64
import json
import subprocess
import sys
import tempfile

import grpc
from google.protobuf import json_format, timestamp_pb2

target, protos, scenario = sys.argv[1:4]
generated = tempfile.mkdtemp()
subprocess.check_call([
    "protoc", "-I", protos, "--python_out", generated, "crypto/market/v1/market_data.proto"])
sys.path.insert(0, generated)
from crypto.market.v1 import market_data_pb2 as market  # noqa: E402

channel = grpc.insecure_channel(target, compression=grpc.Compression.Gzip)
service = market.DESCRIPTOR.services_by_name["MarketData"]


def method(name):
    """What protoc's gRPC plugin would generate, which Debian does not have in a version for this protoc."""
    described = service.methods_by_name[name]
    kind = channel.unary_stream if name.startswith("Stream") else channel.unary_unary
    return kind(f"/{service.full_name}/{name}",
                request_serializer=getattr(market, described.input_type.name).SerializeToString,
                response_deserializer=getattr(market, described.output_type.name).FromString)


def say(value):
    print(json.dumps(value), flush=True)


def shown(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def failure(error):
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    return {"code": error.code().value[0], "message": error.details(),
            "details": base64.b64encode(details).decode() if details else None}


def call(invoke, request, **options):
    try:
        return shown(invoke(request, **options))
    except grpc.RpcError as error:
        return failure(error)


def stream(request, take, **options):
    calls = method("StreamCandles")(request, **options)
    seen = 0
    try:
        for response in calls:
            say({"candle": shown(response.candle)})
            seen += 1
            if seen == take:
                calls.cancel()
        return {"code": 0}
    except grpc.RpcError as error:
        return failure(error)


def at(seconds):
    return timestamp_pb2.Timestamp(seconds=seconds)


scenarios = {
    "latest": lambda: call(method("GetLatestPrices"), market.GetLatestPricesRequest()),
    "list": lambda: call(method("ListCandles"), market.ListCandlesRequest(symbol="BTCUSDT", interval="1m", limit=3)),
    "range": lambda: call(method("ListCandles"), market.ListCandlesRequest(
        **{"symbol": "btcusdt", "from": at(1723161660), "to": at(1723161780)})),
    "unknownSymbol": lambda: call(method("ListCandles"), market.ListCandlesRequest(symbol="DOGEUSDT")),
    "badInterval": lambda: call(method("ListCandles"), market.ListCandlesRequest(symbol="BTCUSDT", interval="2m")),
    "stream": lambda: stream(market.StreamCandlesRequest(symbol="BTCUSDT", snapshot=2), 3),
    "deadline": lambda: stream(market.StreamCandlesRequest(symbol="BTCUSDT"), 99, timeout=0.5),
    "unimplemented": lambda: call(channel.unary_unary(
        "/crypto.market.v1.MarketData/Nothing", lambda r: r.SerializeToString(), lambda b: b), market.ListCandlesRequest()),
}
say(scenarios[scenario]())
channel.close()
