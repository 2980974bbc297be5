#!/bin/sh
# Run once by the postgres image, while it makes its first database: another one for Keycloak, with a login of its own.
set -eu
psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --set password="$KEYCLOAK_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE keycloak LOGIN PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE ALL ON DATABASE keycloak, postgres, template1 FROM PUBLIC;
SQL
