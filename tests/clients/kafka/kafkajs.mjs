// A session with kafkajs: BOOTSTRAP STAGE, where the broker is restarted between the stages "before" and "after".
import assert from 'node:assert/strict'
import kafkajs from 'kafkajs'
import snappy from 'kafkajs-snappy'
import lz4 from 'lz4js'
import { ZstdCodec } from 'zstd-codec'

const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, Partitioners, logLevel } = kafkajs

const [bootstrap, stage] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'kafkajs', brokers: [bootstrap], logLevel: logLevel.ERROR })
const topic = 'kafkajs'
const groupId = 'kafkajs-group'
const keys = count => Array.from({ length: count }, (_, i) => `k${i}`)

// kafkajs brings gzip; the others are plugged in.
const zstd = await new Promise(resolve => ZstdCodec.run(codec => resolve(new codec.Simple())))
const codec = (compress, decompress) => () => ({
  compress: async encoder => Buffer.from(compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(decompress(buffer))
})
CompressionCodecs[CompressionTypes.Snappy] = snappy
CompressionCodecs[CompressionTypes.LZ4] = codec(lz4.compress, lz4.decompress)
CompressionCodecs[CompressionTypes.ZSTD] = codec(bytes => zstd.compress(bytes), bytes => zstd.decompress(bytes))

const admin = kafka.admin()
await admin.connect()

/** Consumes until so many records came; resolves with their values. */
async function consume(consumer, count) {
  const values = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error))
    consumer.run({
      eachMessage: async ({ message }) => {
        values.push(message.value.toString())
        if (values.length === count) resolve()
      }
    }).catch(reject)
  })
  return values
}

async function produce(count, compression) {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const messages = keys(count).map(key => ({ key, value: `${key}-value`, headers: { kind: 'test' } }))
  await producer.send({ topic, compression, messages, acks: -1 })
  await producer.disconnect()
}

async function before() {
  assert.equal(await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] }), true)
  assert.equal(await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] }), false)
  const { None, GZIP, Snappy, LZ4, ZSTD } = CompressionTypes
  for (const compression of [None, GZIP, Snappy, LZ4, ZSTD]) await produce(20, compression)

  // Two members share the partitions; when one leaves the other gets all of them.
  const first = kafka.consumer({ groupId, rebalanceTimeout: 30000, heartbeatInterval: 200, maxWaitTimeInMs: 300 })
  assert.equal((await consume(first, 100)).length, 100)
  const second = kafka.consumer({ groupId, rebalanceTimeout: 30000, heartbeatInterval: 200, maxWaitTimeInMs: 300 })
  await second.connect()
  await second.subscribe({ topic, fromBeginning: true })
  const shared = new Promise(resolve => second.on(second.events.GROUP_JOIN, event => resolve(event.payload.memberAssignment)))
  await second.run({ eachMessage: async () => {} })
  assert.ok((await shared)[topic].length < 3)
  const described = (await admin.describeGroups([groupId])).groups[0]
  assert.equal(described.members.length, 2)
  await second.disconnect()
  await first.disconnect()
  const offsets = await admin.fetchOffsets({ groupId, topics: [topic] })
  assert.equal(offsets[0].partitions.reduce((sum, p) => sum + Number(p.offset), 0), 100)
}

async function after() {
  // Committed offsets are still there, so only what is new comes.
  await produce(10, CompressionTypes.GZIP)
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 300 })
  assert.equal((await consume(consumer, 10)).length, 10)
  await consumer.disconnect()

  const byTime = await admin.fetchTopicOffsetsByTimestamp(topic, 1)
  assert.deepEqual(byTime.map(p => p.offset), ['0', '0', '0'])
  const future = await admin.fetchTopicOffsetsByTimestamp(topic, Date.now() + 100000)
  const ends = await admin.fetchTopicOffsets(topic)
  assert.deepEqual(future.map(p => p.offset), ends.map(p => p.high))

  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
  assert.equal((await admin.fetchTopicOffsets(topic)).find(p => p.partition === 0).low, '3')
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '100000' }] }]
  })
  const configs = await admin.describeConfigs({ includeSynonyms: true, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }] })
  assert.equal(configs.resources[0].configEntries.find(c => c.configName === 'retention.ms').configValue, '100000')
  assert.deepEqual(await admin.deleteGroups([groupId]), [{ groupId, errorCode: 0 }])
  await admin.deleteTopics({ topics: [topic] })
  assert.ok(!(await admin.listTopics()).includes(topic))
}

await (stage === 'before' ? before() : after())
await admin.disconnect()
console.log('done')
