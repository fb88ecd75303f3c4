#!/bin/sh
# Makes what a test of TLS needs, in the directory given: an authority (ca.pem), a server's certificate for 127.0.0.1
# (server.pem, server.key), one that has expired (expired.pem), and a client's with a key under the password "unlock"
# (client.pem, client.key).
set -eu
cd "$1"

cat >ca.conf <<'CONF'
[ca]
default_ca = authority
[authority]
new_certs_dir = .
database = index.txt
serial = serial.txt
default_md = sha256
policy = names
email_in_dn = no
[names]
commonName = supplied
[server]
subjectAltName = IP:127.0.0.1
CONF
: >index.txt
echo 01 >serial.txt

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=Test authority" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj "/CN=server" 2>/dev/null
openssl req -newkey rsa:2048 -passout pass:unlock -keyout client.key -out client.csr -subj "/CN=client" 2>/dev/null

sign() {
    openssl ca -batch -notext -config ca.conf -cert ca.pem -keyfile ca.key "$@" 2>/dev/null
}
sign -in server.csr -out server.pem -extensions server -days 2
sed -i 's/CN=server/CN=earlier/' index.txt
sign -in server.csr -out expired.pem -extensions server -startdate 20200101000000Z -enddate 20200201000000Z
sign -in client.csr -out client.pem -days 2
