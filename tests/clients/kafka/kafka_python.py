"""A session with python3-kafka: BOOTSTRAP STAGE, where the broker is restarted between "before" and "after"."""
import sys
import threading
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


class Member(threading.Thread):
    """A consumer of a group that polls in a thread of its own."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ending = threading.Event()
        self.consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id="kafka-python-pair",
                                      session_timeout_ms=6000, heartbeat_interval_ms=200)
        self.start()

    def run(self):
        while not self.ending.is_set():
            self.consumer.poll(timeout_ms=50)

    def die(self):
        """Without a word to the broker: no heartbeat any more, the connections cut."""
        self.ending.set()
        self.join()
        self.consumer._coordinator._heartbeat_thread.close()
        self.consumer._client.close()


def rebalance():
    """Two members share the partitions; one dies, the other gets all of them."""
    def settle(members, counts):
        end = time.time() + 60
        while sorted(len(m.consumer.assignment()) for m in members) != counts:
            assert time.time() < end, [m.consumer.assignment() for m in members]
            time.sleep(0.05)

    first, second = Member(), Member()
    settle([first, second], [1, 2])
    second.die()
    settle([first], [3])
    first.die()


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
    rebalance()


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
