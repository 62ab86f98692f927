"""A session with python3-kafka: BOOTSTRAP STAGE, where the broker is restarted between "before" and "after"."""
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewPartitions, NewTopic
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


def before():
    admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    try:
        admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
        raise AssertionError("a topic was created twice")
    except TopicAlreadyExistsError:
        pass
    produce(60, None)
    produce(40, "gzip")
    assert len(consume(100)) == 100


def after():
    produce(10, "gzip")
    assert len(consume(10)) == 10
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    consumer.assign(partitions)
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


before() if stage == "before" else after()
admin.close()
print("done")
