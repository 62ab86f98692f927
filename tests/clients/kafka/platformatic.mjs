// A session with @platformatic/kafka: BOOTSTRAP STAGE, where the broker is restarted between "before" and "after".
import assert from 'node:assert/strict'
import zlib from 'node:zlib'
import { Admin, Consumer, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'

const [bootstrap, stage] = process.argv.slice(2)
const clientId = 'platformatic'
const bootstrapBrokers = [bootstrap]
const topic = 'platformatic'
const groupId = 'platformatic-group'
const admin = new Admin({ clientId, bootstrapBrokers })

async function produce(count, compression) {
  const producer = new Producer({
    clientId, bootstrapBrokers, serializers: stringSerializers, compression, idempotent: true, acks: -1
  })
  await producer.send({
    messages: Array.from({ length: count }, (_, i) => ({ topic, key: `k${i}`, value: `v${i}`, headers: { kind: 'test' } }))
  })
  await producer.close()
}

/** Takes so many records from the group's position on, and commits them. */
async function consume(count) {
  const consumer = new Consumer({ clientId, groupId, bootstrapBrokers, deserializers: stringDeserializers })
  const stream = await consumer.consume({
    topics: [topic], autocommit: false, mode: MessagesStreamModes.COMMITTED, fallbackMode: 'earliest',
    sessionTimeout: 10000, heartbeatInterval: 500, maxWaitTime: 500
  })
  const values = []
  for await (const message of stream) {
    values.push(message.value)
    await message.commit()
    if (values.length === count) break
  }
  await stream.close()
  await consumer.close(true)
  return values
}

async function before() {
  const created = await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 })
  assert.equal(created[0].partitions, 3)
  assert.match(created[0].id, /^[0-9a-f-]{36}$/)
  // zstd is Node's own, from version 22.15 on; where it is missing, a fifth of the records comes uncompressed.
  const zstd = zlib.zstdCompressSync ? 'zstd' : 'none'
  for (const compression of ['none', 'gzip', 'snappy', 'lz4', zstd]) await produce(20, compression)
  assert.equal((await consume(100)).length, 100)
}

async function after() {
  await produce(10, 'none')
  assert.equal((await consume(10)).length, 10)
  // Offsets by time: the ends, the first record since the epoch, and none after tomorrow.
  const offsetsAt = async timestamp => {
    const partitions = [0, 1, 2].map(partitionIndex => ({ partitionIndex, timestamp }))
    return (await admin.listOffsets({ topics: [{ name: topic, partitions }] }))[0].partitions.map(p => p.offset)
  }
  assert.equal((await offsetsAt(-1n)).reduce((sum, offset) => sum + offset, 0n), 110n)
  assert.deepEqual(await offsetsAt(1n), [0n, 0n, 0n])
  assert.deepEqual(await offsetsAt(BigInt(Date.now() + 86_400_000)), [-1n, -1n, -1n])
  const groups = await admin.listGroups()
  assert.equal(groups.get(groupId).state, 'EMPTY')
  await admin.deleteGroups({ groups: [groupId] })
  await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments: [] }] }).catch(error => {
    // An empty list of assignments is no valid request; what counts is that the broker says so and goes on.
    assert.ok(error)
  })
  await admin.deleteTopics({ topics: [topic] })
  assert.ok(!(await admin.listTopics()).includes(topic))
}

await (stage === 'before' ? before() : after())
await admin.close()
console.log('done')
