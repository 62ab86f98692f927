"""
A session with python3-kafka: BOOTSTRAP STAGE, where the broker is restarted between "before" and "after"; "compact" makes a
compacted topic, and "member" joins a group and tells its partitions until it is killed.
"""
import os
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import TopicAlreadyExistsError

bootstrap, stage = sys.argv[1:3]
topic, group = "kafka-python", "kafka-python-group"
partitions = [TopicPartition(topic, p) for p in range(3)]
admin = KafkaAdminClient(bootstrap_servers=bootstrap)


def produce(count, compression):
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", compression_type=compression)
    for i in range(count):
        producer.send(topic, key=b"k%d" % i, value=b"v%d" % i, headers=[("kind", b"test")])
    producer.flush(20)
    producer.close()


def consume(count):
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
        consumer_timeout_ms=20000)
    values = []
    for record in consumer:
        values.append(record.value)
        if len(values) == count:
            break
    consumer.commit()
    consumer.close()
    return values


def compact():
    """Repeated keys and a tombstone; in the end each key's last record is left."""
    name = "kafka-python-compact"
    admin.create_topics([NewTopic(name, 1, 1, topic_configs={"cleanup.policy": "compact"})])
    settings = {"cleanup.policy": "compact", "segment.bytes": "2000", "min.cleanable.dirty.ratio": "0", "delete.retention.ms": "0"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, settings)])
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", compression_type="snappy", linger_ms=20)
    for turn in range(20):
        for key in range(5):
            deleted = key == 3 and turn > 10
            producer.send(name, key=b"k%d" % key, value=None if deleted else b"%d " % turn + os.urandom(200))
        producer.flush(60)
    # The segment that is written to is not compacted, so what counts must lie before it.
    for _ in range(3):
        producer.send(name, key=b"end", value=os.urandom(2000))
        producer.flush(60)
    producer.close()

    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    partition = TopicPartition(name, 0)
    consumer.assign([partition])
    end, patience = consumer.end_offsets([partition])[partition], time.time() + 120
    while True:
        consumer.seek(partition, 0)
        records = []
        while not records or records[-1].offset < end - 1:
            records += consumer.poll(timeout_ms=1000).get(partition, [])
        kept = [record for record in records if record.key != b"end"]
        if len(kept) <= 4 or time.time() > patience:
            break
    assert [record.key for record in kept] == [b"k0", b"k1", b"k2", b"k4"], kept
    assert all(record.value.startswith(b"19 ") for record in kept), kept
    consumer.close()


def member():
    """Joins a group and tells its partitions until it is killed."""
    consumer = KafkaConsumer(
        "pair", bootstrap_servers=bootstrap, group_id="pair", session_timeout_ms=3000, heartbeat_interval_ms=200)
    told = None
    while True:
        consumer.poll(timeout_ms=50)
        if len(consumer.assignment()) != told:
            told = len(consumer.assignment())
            print("assigned", told, flush=True)


def before():
    admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    try:
        admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
        raise AssertionError("a topic was created twice")
    except TopicAlreadyExistsError:
        pass
    for compression in (None, "gzip", "snappy", "lz4", "zstd"):
        produce(20, compression)
    assert len(consume(100)) == 100


def after():
    produce(10, "gzip")
    assert len(consume(10)) == 10
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    values = []
    while len(values) < 110:
        values += [record.value for batch in consumer.poll(timeout_ms=1000).values() for record in batch]
    assert len(values) == 110, len(values)
    ends = consumer.end_offsets(partitions)
    assert sum(ends.values()) == 110, ends
    assert set(consumer.beginning_offsets(partitions).values()) == {0}
    by_time = consumer.offsets_for_times({p: 1 for p in partitions})
    assert {found.offset for found in by_time.values()} == {0}, by_time
    assert set(consumer.offsets_for_times({p: int(time.time() * 1000) + 100000 for p in partitions}).values()) == {None}
    consumer.close()
    committed = admin.list_consumer_group_offsets(group)
    assert sum(o.offset for o in committed.values()) == 110, committed
    assert (group, "consumer") in admin.list_consumer_groups()
    admin.create_partitions({topic: NewPartitions(5)})
    admin.delete_consumer_groups([group])
    admin.delete_topics([topic])
    assert topic not in admin.list_topics()


{"before": before, "after": after, "compact": compact, "member": member}[stage]()
admin.close()
print("done")
