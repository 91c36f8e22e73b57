#!/bin/sh
# Makes the secrets of docker-compose.yml: a file each in deploy/secrets (or the directory given), mode 0600, owned by
# the account the containers run as. It refuses to overwrite: to rotate one, remove its file first (docs/operations.md).
#
#     sudo deploy/make-secrets.sh            as root: for the containers' usual account, 10001
#     deploy/make-secrets.sh                 else: for your own, which docker-compose.yml is told in .env
set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)
place=${1:-$here/secrets}
service_account=10001

fail() {
    echo "make-secrets: $1" >&2
    exit 1
}

# 256 random bits in hexadecimal: nothing that a URL, a pgpass file or a shell would have to quote.
random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

made=0
write() { # name, text
    (set -C && printf '%s\n' "$2" >"$place/$1") || fail "$place/$1 could not be written; it is left as it was"
    made=$((made + 1))
}

names="postgres_password postgres_pgpass owner_pgpass ingest_pgpass relay_pgpass api_pgpass accounts_pgpass ingest_mqtt_url monitor_mqtt_password grafana_db_password grafana_admin_password"

mkdir -p "$place"
chmod 700 "$place"
present=""
missing=""
for name in $names; do
    if [ -e "$place/$name" ] || [ -L "$place/$name" ]; then present="$present $name"; else missing="$missing $name"; fi
done
[ -n "$missing" ] || fail "all secrets are in $place already; nothing was changed. To rotate one, remove its file first"

for name in $missing; do
    case $name in
    # The superuser's password in two forms: the database image reads one, psql the other.
    postgres_password) write "$name" "$(if [ -e "$place/postgres_pgpass" ]; then cut -d: -f5 "$place/postgres_pgpass"; else random; fi)" ;;
    postgres_pgpass) write "$name" "*:*:*:postgres:$(cat "$place/postgres_password")" ;;
    ingest_mqtt_url) write "$name" "mqtt://ingest:$(random)@mosquitto:1884" ;;
    *_pgpass) write "$name" "*:*:*:vop_${name%_pgpass}:$(random)" ;;
    *) write "$name" "$(random)" ;;
    esac
done

if [ "$(id -u)" = 0 ]; then
    chown "$service_account:$service_account" "$place"
    for name in $missing; do chown "$service_account:$service_account" "$place/$name"; done
else
    echo "make-secrets: the files are yours; so that the containers can read them, docker-compose.yml's .env needs"
    echo "RUN_AS_UID=$(id -u)"
    echo "RUN_AS_GID=$(id -g)"
fi
echo "make-secrets: $made secrets made in $place${present:+; kept:$present}"
