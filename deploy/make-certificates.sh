#!/bin/sh
# Makes the broker's certificates for docker-compose.yml in deploy/tls (or DIRECTORY): an authority of its own, once, and
# a server certificate under the names that devices connect to. Run again it renews the server certificate, under the
# same names if none are given; the authority stays (docs/operations.md#certificates).
#
#     sudo deploy/make-certificates.sh mqtt.example.com 192.0.2.7
#     sudo deploy/make-certificates.sh                                 renew
#
#     ca.crt             for devices: whoever checks the broker against it needs nothing else
#     ca.key             makes certificates: mounted nowhere, and better kept off this machine between renewals
#     broker/server.pem  certificate and key in one file, so that a renewal replaces both in one step
set -euf
umask 077

authority_days=3650
# Public authorities give 398 at most; a device that refuses more refuses none of ours.
server_days=397
service_account=10001

here=$(cd "$(dirname "$0")" && pwd)
place=$here/tls
if [ "${1:-}" = --to ]; then
    place=${2:?make-certificates: --to needs a directory}
    shift 2
fi

fail() {
    echo "make-certificates: $1" >&2
    exit 1
}

command -v openssl >/dev/null || fail "openssl is not installed"
mkdir -p "$place/broker"
chmod 755 "$place"
# Beside what it makes: a rename within one file system is one step.
work=$(mktemp -d "$place/.making.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ $# = 0 ]; then
    [ -e "$place/names" ] || fail "under which names do devices connect? deploy/make-certificates.sh mqtt.example.com"
    names=$(cat "$place/names")
else
    names=$(printf '%s\n' "$@")
fi

# The containers' own name for it, and this machine's.
alternatives=DNS:mosquitto,DNS:localhost,IP:127.0.0.1
for name in $names; do
    case $name in
    *[!A-Za-z0-9.:*-]* | '' | -*) fail "$name is neither a host name nor an address" ;;
    *:* | *[!0-9.]*) case $name in *:*) alternatives=$alternatives,IP:$name ;; *) alternatives=$alternatives,DNS:$name ;; esac ;;
    *) alternatives=$alternatives,IP:$name ;;
    esac
done

new_key() { # file
    openssl ecparam -name prime256v1 -genkey -noout -out "$1"
}

if [ ! -e "$place/ca.crt" ]; then
    [ ! -e "$place/ca.key" ] || fail "$place/ca.key is there and ca.crt is not: put it back, or remove both for a new authority"
    new_key "$work/ca.key"
    openssl req -x509 -new -sha256 -key "$work/ca.key" -days "$authority_days" -out "$work/ca.crt" \
        -subj "/CN=vop broker authority $(date -u +%Y-%m-%d)" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign"
    chmod 644 "$work/ca.crt"
    mv "$work/ca.key" "$place/ca.key"
    mv "$work/ca.crt" "$place/ca.crt"
    echo "make-certificates: a new authority; devices need $place/ca.crt"
fi
[ -e "$place/ca.key" ] || fail "$place/ca.key is not there: bring it back for the renewal"

new_key "$work/server.key"
cat >"$work/extensions" <<EOF
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=$alternatives
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
EOF
openssl req -new -sha256 -key "$work/server.key" -subj "/CN=$(printf '%s\n' "$names" | head -n 1 | cut -c 1-64)" -out "$work/server.csr"
openssl x509 -req -sha256 -in "$work/server.csr" -CA "$place/ca.crt" -CAkey "$place/ca.key" \
    -set_serial "0x$(openssl rand -hex 16)" -days "$server_days" -extfile "$work/extensions" \
    -out "$work/server.crt" 2>"$work/said" || fail "openssl: $(cat "$work/said")"
openssl verify -CAfile "$place/ca.crt" "$work/server.crt" >/dev/null || fail "the new certificate does not verify; nothing was changed"
cat "$work/server.crt" "$work/server.key" >"$work/server.pem"
printf '%s\n' "$names" >"$work/names"

if [ "$(id -u)" = 0 ]; then chown "$service_account:$service_account" "$place/broker" "$work/server.pem"; fi
mv "$work/names" "$place/names"
mv "$work/server.pem" "$place/broker/server.pem"
echo "make-certificates: $place/broker/server.pem for $(printf '%s' "$alternatives" | tr , ' '), $(openssl x509 -noout -enddate -in "$place/broker/server.pem")"
echo "make-certificates: a running broker takes it over with   docker compose kill --signal HUP mosquitto"
