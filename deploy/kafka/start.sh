#!/bin/bash
# The broker of docker-compose.yml, which asks everybody who they are: each account has its password in HUIYIN_KAFKA_PASSWORD_…
# The accounts are put into the cluster when it is formatted. What it held before it knew any is left where it is and not read:
# topics are made anew from the stores.
set -euo pipefail
umask 077

home=${KAFKA_HOME:-/opt/kafka}
data=${KAFKA_DATA:-/var/lib/kafka/data}/accounts
host=${KAFKA_HOST:-kafka}
work=${KAFKA_WORK:-/tmp}
client=${KAFKA_CLIENT_PORT:-9092} controller=${KAFKA_CONTROLLER_PORT:-9093} outside=${KAFKA_OUTSIDE_PORT:-9094}
node=$HUIYIN_KAFKA_PASSWORD_NODE
scram=org.apache.kafka.common.security.scram.ScramLoginModule
plain=org.apache.kafka.common.security.plain.PlainLoginModule

cat > "$work/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$host:$controller
listeners=CLIENT://:$client,HOST://:$outside,CONTROLLER://:$controller
advertised.listeners=CLIENT://$host:$client,HOST://127.0.0.1:$outside
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,HOST:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.scram-sha-512.sasl.jaas.config=$scram required username="node" password="$node";
listener.name.host.scram-sha-512.sasl.jaas.config=$scram required username="node" password="$node";
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=$plain required username="node" password="$node" user_node="$node";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:node
log.dirs=$data
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
PROPERTIES

cat > "$work/admin.properties" <<PROPERTIES
security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=$scram required username="admin" password="$HUIYIN_KAFKA_PASSWORD_ADMIN";
PROPERTIES

# A command line can be read by others on the machine; what is said on formatting is what is kept of each password.
for account in admin node intake assignment mediation accountability; do
    password=HUIYIN_KAFKA_PASSWORD_${account^^}
    printf '%s\n' --add-scram "SCRAM-SHA-512=[name=$account,password=${!password}]"
done > "$work/accounts"
if [ ! -e "$data/meta.properties" ]; then
    "$home/bin/kafka-storage.sh" format --cluster-id "$("$home/bin/kafka-storage.sh" random-uuid)" \
        --config "$work/server.properties" "@$work/accounts" > /dev/null
fi
rm "$work/accounts"
exec "$home/bin/kafka-server-start.sh" "$work/server.properties"
