#!/bin/sh
# Writes one whole backup: the database, what broker and ingest have promised and not delivered, the accounts, the
# company's own catalogue. By docker-compose.yml:   docker compose run --rm backup     (docs/operations.md#backup)
#
#     backup.sh DIRECTORY BROKER_DATA BROKER_ACCOUNTS INGEST_DATA CATALOG
#
# The database is libpq's (PGHOST, PGUSER a superuser, PGPASSFILE, PGDATABASE). BACKUP_KEEP (14) is how many are kept.
#
# In the order in which a message travels: broker, spool, database. What moves on meanwhile is then in two copies, and
# stored once, because elements have identity; the other way round it would be in none.
#
# A backup holds what people and their products said: keep it where only operators read. Secrets and certificates are
# not in it. Nothing is deleted before the new backup is whole.
set -eu
umask 077

directory=$1 broker=$2 accounts=$3 ingest=$4 catalog=$5
keep=${BACKUP_KEEP:-14}
began=$(date +%s)

fail() {
    echo "backup: $1" >&2
    exit 1
}

case $keep in '' | *[!0-9]* | 0) fail "BACKUP_KEEP is how many backups to keep, 1 or more; it is '$keep'" ;; esac
mkdir -p "$directory/metrics" || fail "$directory cannot be written: give it to the containers' account (docs/operations.md#backup)"
exec 9>"$directory/.lock"
flock -n 9 || fail "another backup into $directory is running"

# What an earlier one left when it was killed.
for unfinished in "$directory"/vop-*.part; do
    if [ -d "$unfinished" ]; then rm -rf "$unfinished"; fi
done

name=vop-$(date -u +%Y%m%dT%H%M%SZ)
while [ -e "$directory/$name" ]; do # made within the same second
    sleep 1
    name=vop-$(date -u +%Y%m%dT%H%M%SZ)
done
work=$directory/$name.part
mkdir "$work"

ask() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$1"
}

# Archive of the files that are below a directory, which may be none. One that vanishes while it is copied is left out.
pack() { # archive, directory, found by
    archive=$1 from=$2
    shift 2
    mkdir "$work/files"
    if [ -d "$from" ]; then
        (cd "$from" && find . -type f "$@") >"$work/found" || fail "$from cannot be read"
        while IFS= read -r file; do
            mkdir -p "$work/files/$(dirname "$file")"
            cp -p "$from/$file" "$work/files/$file" 2>"$work/said" || [ ! -e "$from/$file" ] || fail "$(cat "$work/said")"
        done <"$work/found"
        rm -f "$work/found" "$work/said"
    fi
    tar -cf "$work/$archive" -C "$work/files" .
    rm -rf "$work/files"
}
# Mosquitto replaces its file whole, by a rename: it is copied at once and never half.
pack broker.tar "$broker" -name mosquitto.db
pack accounts.tar "$accounts"
# A segment that is stored before it is copied is in the database, which comes last.
pack spool.tar "$ingest/spool"
pack catalog.tar "$catalog" -name '*.toml'

timescaledb=$(ask "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'")
{
    echo "format 1"
    echo "taken $name"
    echo "server $(ask 'SHOW server_version')"
    echo "timescaledb ${timescaledb:-none}"
    echo "schema $(ask 'SELECT max(version) FROM schema_migrations')"
    echo "devices $(ask 'SELECT count(*) FROM devices')"
    echo "apart deploy/secrets deploy/tls .env: not in this backup; keep them encrypted, elsewhere"
} >"$work/MANIFEST"

# One snapshot of everything, taken beside ingest. The extension's own tables refer to each other in circles, which
# pg_dump says at every run; restore.sh takes care of it.
pg_dump --format=custom --file="$work/database.dump" 2>"$work/said" || fail "pg_dump: $(cat "$work/said")"
grep -v -E '^pg_dump: (warning: there are circular|detail:|hint:)' "$work/said" >&2 || true
rm "$work/said"
# A dump that pg_restore cannot list cannot be restored either.
pg_restore --list "$work/database.dump" >/dev/null || fail "the dump that was just written cannot be read: look for a failing disk"

(cd "$work" && sha256sum MANIFEST ./*.tar database.dump >SHA256SUMS)
size=$(du -sk "$work" | cut -f 1)
sync
mv "$work" "$directory/$name"

# The newest `keep` stay, by name, which is by time.
find "$directory" -maxdepth 1 -type d -name 'vop-*Z' | sort -r | tail -n "+$((keep + 1))" | while IFS= read -r old; do
    rm -rf "$old"
    echo "backup: $(basename "$old") is removed: BACKUP_KEEP is $keep"
done

now=$(date +%s)
cat >"$directory/metrics/backup.prom.new" <<EOF
# HELP vop_backup_last_success_timestamp_seconds When the last whole backup was finished
# TYPE vop_backup_last_success_timestamp_seconds gauge
vop_backup_last_success_timestamp_seconds $now
# HELP vop_backup_seconds How long the last whole backup took
# TYPE vop_backup_seconds gauge
vop_backup_seconds $((now - began))
# HELP vop_backup_bytes Size of the last whole backup
# TYPE vop_backup_bytes gauge
vop_backup_bytes $((size * 1024))
EOF
mv "$directory/metrics/backup.prom.new" "$directory/metrics/backup.prom"
echo "backup: $directory/$name, $size KiB in $((now - began)) s"
