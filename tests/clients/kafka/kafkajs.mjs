// A session with kafkajs: BOOTSTRAP STAGE, where the broker is restarted between the stages "before" and "after"; "compact"
// makes a compacted topic, and "member" joins a group and tells its partitions until it is killed.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
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

async function compact() {
  const topic = 'kafkajs-compact'
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }] })
  const settings = { 'cleanup.policy': 'compact', 'segment.bytes': '2000', 'min.cleanable.dirty.ratio': '0', 'delete.retention.ms': '0' }
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{
      type: ConfigResourceTypes.TOPIC, name: topic, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value }))
    }]
  })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const send = messages => producer.send({ topic, compression: CompressionTypes.GZIP, messages, acks: -1 })
  for (let round = 0; round < 20; round++) {
    const value = key => key === 'k3' && round > 10 ? null : `${round} ${randomBytes(100).toString('hex')}`
    await send(keys(5).map(key => ({ key, value: value(key) })))
  }
  // The segment that is written to is not compacted, so what counts must lie before it.
  for (let i = 0; i < 3; i++) await send([{ key: 'end', value: randomBytes(1000).toString('hex') }])
  await producer.disconnect()

  const end = Number((await admin.fetchTopicOffsets(topic))[0].high)
  const patience = Date.now() + 120_000
  for (let attempt = 0; ; attempt++) {
    const consumer = kafka.consumer({ groupId: `kafkajs-compact-${attempt}`, maxWaitTimeInMs: 300 })
    const records = await readUntil(consumer, topic, end - 1)
    await consumer.disconnect()
    const kept = records.filter(record => record.key !== 'end')
    if (kept.length > 4 && Date.now() < patience) continue
    assert.deepEqual(kept.map(record => record.key), ['k0', 'k1', 'k2', 'k4'])
    assert.ok(kept.every(record => record.value.startsWith('19 ')))
    return
  }
}

/** Reads partition 0 from its beginning up to an offset. */
async function readUntil(consumer, topic, lastOffset) {
  const records = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error))
    consumer.run({
      eachMessage: async ({ message }) => {
        records.push({ key: message.key.toString(), value: message.value?.toString() })
        if (Number(message.offset) === lastOffset) resolve()
      }
    }).catch(reject)
  })
  return records
}

async function member() {
  const consumer = kafka.consumer({
    groupId: 'pair', sessionTimeout: 3000, rebalanceTimeout: 30000, heartbeatInterval: 200, maxWaitTimeInMs: 200
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => console.log(`assigned ${payload.memberAssignment.pair?.length ?? 0}`))
  await consumer.connect()
  await consumer.subscribe({ topic: 'pair' })
  await consumer.run({ eachMessage: async () => {} })
  await new Promise(() => setInterval(() => {}, 1000)) // until it is killed
}

async function after() {
  // Committed offsets are still there, so only what is new comes.
  await produce(10, CompressionTypes.GZIP)
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 300 })
  assert.equal((await consume(consumer, 10)).length, 10)
  // kafkajs reads as a group always; what it has of an assignment is to go to an offset of a partition.
  const again = new Promise(resolve => consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.partition === 0 && payload.firstOffset === '2') resolve()
  }))
  consumer.seek({ topic, partition: 0, offset: '2' })
  await again
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

await { before, after, compact, member }[stage]()
await admin.disconnect()
console.log('done')
