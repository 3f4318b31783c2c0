-- For a key, whose rows are read: a user that nobody can be, since no host may connect as it and its hash is of no password.
-- The views of the key read with its rights. Until rows.sql has told otherwise it sees no row.
CREATE USER IF NOT EXISTS {{reader}}{{on_cluster}} IDENTIFIED WITH sha256_hash BY '0000000000000000000000000000000000000000000000000000000000000000' HOST NONE;
CREATE ROW POLICY IF NOT EXISTS {{reader}}{{on_cluster}} ON {{tables}} FOR SELECT USING 0 TO {{reader}};
GRANT{{on_cluster}} hexroute_reader TO {{reader}} WITH REPLACE OPTION;
CREATE DATABASE IF NOT EXISTS {{database}}{{on_cluster}} ENGINE = Atomic;
