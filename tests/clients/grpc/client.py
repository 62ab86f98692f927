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
    "protoc", "-I", protos, "--python_out", generated,
    "crypto/market/v1/market_data.proto", "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto"])
sys.path.insert(0, generated)
from crypto.market.v1 import market_data_pb2 as market  # noqa: E402

sys.path.insert(0, generated + "/grpc")  # Beside the installed package of that name, not instead of it.
from health.v1 import health_pb2 as health  # noqa: E402
from reflection.v1 import reflection_pb2 as reflection  # noqa: E402

channel = grpc.insecure_channel(target, compression=grpc.Compression.Gzip)
service = market.DESCRIPTOR.services_by_name["MarketData"]


def method(name):
    """What protoc's gRPC plugin would generate, which Debian does not have in a version for this protoc."""
    described = service.methods_by_name[name]
    kind = channel.unary_stream if name.startswith("Stream") else channel.unary_unary
    return kind(f"/{service.full_name}/{name}",
                request_serializer=getattr(market, described.input_type.name).SerializeToString,
                response_deserializer=getattr(market, described.output_type.name).FromString)


def check(service):
    return call(channel.unary_unary("/grpc.health.v1.Health/Check",
                                    request_serializer=health.HealthCheckRequest.SerializeToString,
                                    response_deserializer=health.HealthCheckResponse.FromString),
                health.HealthCheckRequest(service=service))


def reflect():
    invoke = channel.stream_stream("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                                   request_serializer=reflection.ServerReflectionRequest.SerializeToString,
                                   response_deserializer=reflection.ServerReflectionResponse.FromString)
    listed, file, nothing = invoke(iter([
        reflection.ServerReflectionRequest(list_services=""),
        reflection.ServerReflectionRequest(file_containing_symbol="crypto.market.v1.Candle"),
        reflection.ServerReflectionRequest(file_containing_symbol="no.Such")]))
    return {"services": [s.name for s in listed.list_services_response.service],
            "files": len(file.file_descriptor_response.file_descriptor_proto), "error": nothing.error_response.error_code}


def pages():
    first = method("ListTrades")(market.ListTradesRequest(symbol="BTCUSDT", limit=2))
    second = method("ListTrades")(market.ListTradesRequest(symbol="BTCUSDT", limit=2, page_token=first.next_page_token))
    return [str(t.trade_id) for t in [*first.trades, *second.trades]]


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


def deadline():
    # The time is for the stream, not for the connection and the server's first look at the candles.
    call(method("ListCandles"), market.ListCandlesRequest(symbol="BTCUSDT"))
    return stream(market.StreamCandlesRequest(symbol="BTCUSDT"), 99, timeout=4)


def at(seconds):
    return timestamp_pb2.Timestamp(seconds=seconds)


scenarios = {
    "health": lambda: [check(""), check("crypto.market.v1.MarketData"), check("crypto.market.v1.MarketContext"), check("no.Such")],
    "reflection": reflect,
    "pages": pages,
    "coverage": lambda: call(method("GetCoverage"), market.GetCoverageRequest(symbol="ETHUSDT")),
    "latest": lambda: call(method("GetLatestPrices"), market.GetLatestPricesRequest()),
    "list": lambda: call(method("ListCandles"), market.ListCandlesRequest(symbol="BTCUSDT", interval="1m", limit=3)),
    "range": lambda: call(method("ListCandles"), market.ListCandlesRequest(
        **{"symbol": "btcusdt", "from": at(1723161660), "to": at(1723161780)})),
    "unknownSymbol": lambda: call(method("ListCandles"), market.ListCandlesRequest(symbol="DOGEUSDT")),
    "badInterval": lambda: call(method("ListCandles"), market.ListCandlesRequest(symbol="BTCUSDT", interval="2m")),
    "stream": lambda: stream(market.StreamCandlesRequest(symbol="BTCUSDT", snapshot=2), 3),
    "deadline": deadline,
    "unimplemented": lambda: call(channel.unary_unary(
        "/crypto.market.v1.MarketData/Nothing", lambda r: r.SerializeToString(), lambda b: b), market.ListCandlesRequest()),
}
say(scenarios[scenario]())
channel.close()
