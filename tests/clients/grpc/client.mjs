// Runs one scenario with @grpc/grpc-js against HOST:PORT and prints what it saw, one JSON object a line.
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [target, protos, scenario] = process.argv.slice(2);
const load = (file) =>
  grpc.loadPackageDefinition(
    loader.loadSync(file, { includeDirs: [protos], keepCase: true, longs: String, enums: String, oneofs: true }),
  );
const { Health } = load("grpc/health/v1/health.proto").grpc.health.v1;
const { ServerReflection } = load("grpc/reflection/v1alpha/reflection.proto").grpc.reflection.v1alpha;
const { MarketData } = load("crypto/market/v1/market_data.proto").crypto.market.v1;
const client = new MarketData(target, grpc.credentials.createInsecure(), {
  "grpc.default_compression_algorithm": 2, // gzip
});

const say = (value) => console.log(JSON.stringify(value));
const failure = (e) => ({
  code: e.code,
  message: e.details,
  details: (e.metadata?.get("grpc-status-details-bin") ?? []).map((d) => d.toString("base64"))[0],
});
const call = (method, request, options = {}) =>
  new Promise((resolve) =>
    client[method](request, new grpc.Metadata(), options, (e, response) => resolve(e ? failure(e) : response)),
  );
const stream = (request, take, options = {}) =>
  new Promise((resolve) => {
    const calls = client.StreamCandles(request, new grpc.Metadata(), options);
    let seen = 0;
    calls.on("data", (r) => {
      say({ candle: r.candle });
      if (++seen === take) calls.cancel();
    });
    calls.on("error", (e) => resolve(failure(e)));
    calls.on("end", () => resolve({ code: 0 }));
  });

const health = (service) =>
  new Promise((resolve) =>
    new Health(target, grpc.credentials.createInsecure()).Check({ service }, (e, r) => resolve(e ? failure(e) : r)),
  );
const reflect = (requests) =>
  new Promise((resolve, reject) => {
    const calls = new ServerReflection(target, grpc.credentials.createInsecure()).ServerReflectionInfo();
    const answers = [];
    calls.on("data", (r) => answers.push(r));
    calls.on("error", reject);
    calls.on("end", () => resolve(answers));
    requests.forEach((r) => calls.write(r));
    calls.end();
  });

const scenarios = {
  health: async () => say([await health(""), await health("crypto.market.v1.MarketData"), await health("crypto.market.v1.MarketContext"), await health("no.Such")]),
  reflection: async () => {
    const [list, file, nothing] = await reflect([
      { list_services: "" },
      { file_containing_symbol: "crypto.market.v1.Candle" },
      { file_containing_symbol: "no.Such" },
    ]);
    say({
      services: list.list_services_response.service.map((s) => s.name),
      files: file.file_descriptor_response.file_descriptor_proto.length,
      error: nothing.error_response.error_code,
    });
  },
  pages: async () => {
    const first = await call("ListTrades", { symbol: "BTCUSDT", limit: 2 });
    const second = await call("ListTrades", { symbol: "BTCUSDT", limit: 2, page_token: first.next_page_token });
    say([...first.trades, ...second.trades].map((t) => t.trade_id));
  },
  coverage: async () => say(await call("GetCoverage", { symbol: "ETHUSDT" })),
  latest: async () => say(await call("GetLatestPrices", {})),
  list: async () => say(await call("ListCandles", { symbol: "BTCUSDT", interval: "1m", limit: 3 })),
  range: async () =>
    say(
      await call("ListCandles", {
        symbol: "btcusdt",
        from: { seconds: 1723161660, nanos: 0 },
        to: { seconds: 1723161780, nanos: 0 },
      }),
    ),
  unknownSymbol: async () => say(await call("ListCandles", { symbol: "DOGEUSDT" })),
  badInterval: async () => say(await call("ListCandles", { symbol: "BTCUSDT", interval: "2m" })),
  stream: async () => say(await stream({ symbol: "BTCUSDT", snapshot: 2 }, 3)),
  deadline: async () => {
    // The time is for the stream, not for the connection and the server's first look at the candles.
    await call("ListCandles", { symbol: "BTCUSDT" });
    say(await stream({ symbol: "BTCUSDT" }, 99, { deadline: Date.now() + 4000 }));
  },
  unimplemented: async () =>
    say(
      await new Promise((resolve) =>
        client.makeUnaryRequest("/crypto.market.v1.MarketData/Nothing", (b) => b, (b) => b, Buffer.alloc(0), (e) =>
          resolve(failure(e)),
        ),
      ),
    ),
};

await scenarios[scenario]();
client.close();
