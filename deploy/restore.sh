#!/bin/sh
# Puts a backup of backup.sh back. By docker-compose.yml, with everything but the database stopped:
#
#     docker compose run --rm restore vop-20300131T020000Z       (docs/operations.md#restore)
#
#     restore.sh ROLES_SQL SECRETS BACKUPS BROKER_DATA BROKER_ACCOUNTS INGEST_DATA NAME [--replace]
#
# The database is libpq's (PGHOST, PGUSER a superuser, PGPASSFILE, PGDATABASE), the same version of TimescaleDB as the
# backup's. It refuses a database that has anything in it; with --replace it drops that first. Files of broker and ingest
# go only where there are none.
set -eu
umask 077

roles=$1 secrets=$2 backup=$3/${7:?restore: which backup? its name, as in vop-20300131T020000Z} broker=$4 accounts=$5 ingest=$6
replace=${8:-}
database=${PGDATABASE:-vop}

fail() {
    echo "restore: $1" >&2
    exit 1
}

case $database in *[!a-z0-9_]*) fail "PGDATABASE is a plain name; it is '$database'" ;; esac
case $replace in '' | --replace) ;; *) fail "there is no option $replace" ;; esac
[ -f "$backup/SHA256SUMS" ] || fail "$backup is no whole backup; there are: $(cd "$3" && echo vop-*Z)"
(cd "$backup" && sha256sum -c SHA256SUMS >/dev/null) || fail "$backup is damaged: a checksum does not fit; take another one"
value() { sed -n "s/^$1 //p" "$backup/MANIFEST"; }
[ "$(value format)" = 1 ] || fail "$backup is of a newer format than this program: use the program of its time or later"

ask() { # database, statement
    psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$1" --command="$2"
}
as_roles() {
    psql --no-psqlrc --quiet --dbname=postgres --set=secrets="$secrets" --file="$roles"
}

ask postgres "SELECT 1" >/dev/null || fail "the database does not answer: docker compose up --detach timescaledb"
# Roles belong to the server and not to a dump; their passwords are the secrets'.
as_roles
others=$(ask postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = '$database' AND backend_type = 'client backend'")
[ "$others" = 0 ] || fail "$others sessions are in the database: stop the services first (docker compose stop), then start timescaledb"
if [ "$replace" = --replace ]; then
    ask postgres "DROP DATABASE \"$database\" WITH (FORCE)"
    as_roles
fi
tables=$(ask "$database" "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
[ "$tables" = 0 ] || fail "$database has $tables tables already and is left as it is; --replace drops them for the backup's"

timescaledb=$(value timescaledb)
if [ "$timescaledb" != none ]; then
    offered=$(ask postgres "SELECT version FROM pg_available_extension_versions WHERE name = 'timescaledb' AND version = '$timescaledb'")
    [ -n "$offered" ] || fail "the backup is of TimescaleDB $timescaledb, which this server does not have: start the image of that version, restore, upgrade then"
    # Each the first of its session: the library loads once, in the version asked for.
    ask "$database" "CREATE EXTENSION IF NOT EXISTS timescaledb VERSION '$timescaledb'" 2>/dev/null ||
        fail "TimescaleDB $timescaledb could not be made in $database: is it preloaded, and no other version there? docker compose logs timescaledb"
    ask "$database" "SELECT timescaledb_pre_restore()" >/dev/null
fi
done=no
trap 'if [ $done = no ]; then echo "restore: $database is not whole; mend what is said above and run it again with --replace" >&2; fi' EXIT
pg_restore --dbname="$database" --exit-on-error "$backup/database.dump"
if [ "$timescaledb" != none ]; then ask "$database" "SELECT timescaledb_post_restore()" >/dev/null; fi
# No dump has the planner's figures: without them the first charts are slow.
ask "$database" "ANALYZE"
devices=$(ask "$database" "SELECT count(*) FROM devices")
[ "$devices" -ge "$(value devices)" ] || fail "there are $devices devices and the backup says $(value devices)"
done=yes

unpack() { # archive, directory, found by
    archive=$1 into=$2
    shift 2
    if [ -n "$(find "$into" -type f "$@" 2>/dev/null | head -n 1)" ]; then
        echo "restore: there are files in $into, which stay; $archive is left out"
    else
        mkdir -p "$into"
        tar -xf "$backup/$archive" -C "$into"
    fi
}
unpack broker.tar "$broker" -name mosquitto.db
unpack accounts.tar "$accounts"
unpack spool.tar "$ingest/spool"

echo "restore: $database is as of $(value taken), schema $(value schema), $devices devices; products of your own are in $backup/catalog.tar. docker compose up --detach goes on from there"
