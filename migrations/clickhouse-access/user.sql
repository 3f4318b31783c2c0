-- Who logs in. The key's text is the password: ClickHouse has the hash that Postgres has.
CREATE USER IF NOT EXISTS {{user}}{{on_cluster}} IDENTIFIED WITH sha256_hash BY {{sha256}} SETTINGS PROFILE 'hexroute_analyst';
ALTER USER {{user}}{{on_cluster}} IDENTIFIED WITH sha256_hash BY {{sha256}} DEFAULT DATABASE {{database}} SETTINGS PROFILE 'hexroute_analyst' GRANTEES NONE;
GRANT{{on_cluster}} hexroute_analyst TO {{user}} WITH REPLACE OPTION;
GRANT{{on_cluster}} SELECT ON {{database}}.* TO {{user}} WITH REPLACE OPTION;
