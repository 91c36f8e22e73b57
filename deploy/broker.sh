#!/bin/sh
# Starts Mosquitto with the accounts of the services, made from the secrets at every start.
#
#     broker.sh CONFIG SERVICES_ACL SECRETS_DIR RUN_DIR CERTIFICATE
#
# RUN_DIR is in memory: no password is left on a disk, and no argument list shows one.
set -eu
umask 077
config=$1 acl=$2 secrets=$3 run=$4 certificate=$5

# The password of mqtt://ingest:PASSWORD@host:port, as deploy/make-secrets.sh writes it (nothing is percent-encoded).
ingest=$(sed -n 's|^mqtts\{0,1\}://ingest:\([^:@]*\)@.*|\1|p' "$secrets/ingest_mqtt_url")
monitor=$(cat "$secrets/monitor_mqtt_password")
if [ -z "$ingest" ] || [ -z "$monitor" ]; then
    echo "broker.sh: ingest_mqtt_url or monitor_mqtt_password in $secrets holds no password: run deploy/make-secrets.sh" >&2
    exit 1
fi

if [ ! -r "$certificate" ]; then
    echo "broker.sh: there is no readable $certificate for TLS: run deploy/make-certificates.sh" >&2
    exit 1
fi

printf 'ingest:%s\nmonitor:%s\n' "$ingest" "$monitor" >"$run/service_passwords"
mosquitto_passwd -U "$run/service_passwords"
cat "$acl" >"$run/service_acl"
# Options of the health check's mosquitto_sub, which looks for them in XDG_CONFIG_HOME.
printf -- '-u monitor\n-P %s\n' "$monitor" >"$run/mosquitto_sub"

exec mosquitto -c "$config"
